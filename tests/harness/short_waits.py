"""How a test shortens the waits of real workers: what takes minutes in the product takes seconds in its processes.

The product's own defaults stay as they are. What must be longer than what keeps its order: a lease is longer than the
wait for an answer, the grace is longer than the patience of the mail server (mail_server.py).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

VARIABLE = "TEST_SHORT_WAITS"
OFFERED, MARKED = "offered without its dot", "handing over, no dot"  # where a worker can be stopped


@dataclass(frozen=True)
class ShortWaits:
    """Seconds, and how often a mail is tried; `clock` is a file that says the time, `stops_at` a marked point."""

    lease: float = 3.0
    grace: float = 3.0
    answer: float = 1.0
    speak: float = 2.0
    first_pause: float = 0.3
    longest_pause: float = 1.0
    attempts: int = 8
    tick: float = 1.0
    redeliver: float = 6.0
    sending: float = 4.0
    clock: str = ""
    stops_at: str = ""

    def as_environment(self) -> dict[str, str]:
        """Return it as an environment carries it."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def of_environment(cls) -> ShortWaits:
        """Return what the environment of this process says."""
        return cls(**json.loads(os.environ[VARIABLE]))
