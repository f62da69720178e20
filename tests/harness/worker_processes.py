"""Workers and beats as real processes, with waits of seconds instead of minutes.

The product's own defaults do not change, and the order of the waits is kept: a lease is longer than the wait for an
answer, the grace period is longer than the patience of the mail server.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from harness.processes import PYTHON, ProcessGroup, children_of, environment_of, is_stopped

from solidarity.settings import Settings

SOLO = ("--pool=solo",)
PREFORK = ("--pool=prefork", "--concurrency=2")
READY = "ready."
CELERY_WITH_SHORT_WAITS = Path(__file__).with_name("celery_with_short_waits.py")
VARIABLE = "TEST_SHORT_WAITS"
OFFER_POINT, HANDOVER_POINT = "offered without its dot", "handing over, no dot"  # the points at which a worker can stop


@dataclass(frozen=True)
class ShortWaits:
    """Waits in seconds, and the attempts for a mail. `clock` is a file with the time, `stops_at` a marked point."""

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
        """Return the waits as an environment variable."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def of_environment(cls) -> ShortWaits:
        """Return the waits in the environment of this process."""
        return cls(**json.loads(os.environ[VARIABLE]))


@dataclass
class WorkerProcesses(ProcessGroup):
    """Workers and beats. A name of a beat begins with `beat`. `program` is the script that starts Celery."""

    program: Path = CELERY_WITH_SHORT_WAITS
    pool: Sequence[str] = SOLO
    ready_before: dict[str, int] = field(default_factory=dict)

    @classmethod
    def over(cls, settings: Settings, folder: Path, waits: ShortWaits, pool: Sequence[str] = SOLO) -> WorkerProcesses:
        """Return the group for a database. No process runs yet."""
        return cls(folder, environment_of(settings, **waits.as_environment()), pool=pool)

    def command(self, name: str) -> Sequence[str | Path]:
        """Return the command of a worker or a beat."""
        celery: list[str | Path] = [*PYTHON, self.program]
        if name.startswith("beat"):
            return [*celery, "beat", "-s", self.folder / name, "--pidfile=", "-l", "WARNING"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
        return [*celery, "worker", *quiet, "-n", f"{name}-{self.starts[name]}@here", *self.pool]

    def start(self, *names: str, **environment: str) -> None:
        """Start processes, with `environment` added to their own."""
        self.ready_before.update({name: self.log(name).count(READY) for name in names})
        super().start(*names, **environment)

    def kill_child(self, name: str, chance: random.Random) -> bool:
        """Kill a random child of a process (SIGKILL). Return whether it had one."""
        children = children_of(self.running[name].pid)
        if children:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
        return bool(children)

    def is_ready(self, name: str) -> bool:
        """Whether a worker has logged that it is ready since its last start."""
        return self.log(name).count(READY) > self.ready_before[name]

    def wait_until_ready(self, *names: str) -> None:
        """Wait until the workers have logged that they are ready."""
        self.eventually(lambda: all(map(self.is_ready, names)), description=f"{names} are ready")

    def wait_until_stopped(self, name: str) -> None:
        """Wait until a process has stopped itself (SIGSTOP)."""
        self.eventually(lambda: is_stopped(self.running[name].pid), description=f"{name} has stopped")
