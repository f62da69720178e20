"""Workers and beats as real processes, with waits of seconds where the product waits minutes.

The product's own defaults stay as they are. What must be longer than what keeps its order: a lease is longer than the
wait for an answer, the grace is longer than the patience of the mail server.
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
OFFER_POINT, HANDOVER_POINT = "offered without its dot", "handing over, no dot"  # where a worker can be stopped


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


@dataclass
class WorkerProcesses(ProcessGroup):
    """Processes whose names begin with `beat` are beats, all others workers. `program` is what starts Celery."""

    program: Path = CELERY_WITH_SHORT_WAITS
    pool: Sequence[str] = SOLO
    ready_before: dict[str, int] = field(default_factory=dict)

    @classmethod
    def over(cls, settings: Settings, folder: Path, waits: ShortWaits, pool: Sequence[str] = SOLO) -> WorkerProcesses:
        """Return the processes over a database; none of them runs yet."""
        return cls(folder, environment_of(settings, **waits.as_environment()), pool=pool)

    def command(self, name: str) -> Sequence[str | Path]:
        """Return the command of a worker or a beat."""
        celery: list[str | Path] = [*PYTHON, self.program]
        if name.startswith("beat"):
            return [*celery, "beat", "-s", self.folder / name, "--pidfile=", "-l", "WARNING"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
        return [*celery, "worker", *quiet, "-n", f"{name}-{self.starts[name]}@here", *self.pool]

    def start(self, *names: str, **environment: str) -> None:
        """Start some; `environment` is added to theirs."""
        self.ready_before.update({name: self.log(name).count(READY) for name in names})
        super().start(*names, **environment)

    def kill_child(self, name: str, chance: random.Random) -> bool:
        """Kill one of its children with -9; False where there is none."""
        children = children_of(self.running[name].pid)
        if children:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
        return bool(children)

    def is_ready(self, name: str) -> bool:
        """Whether a worker has written that it is ready since it was started last."""
        return self.log(name).count(READY) > self.ready_before[name]

    def wait_until_ready(self, *names: str) -> None:
        """Wait until some workers have written that they are ready."""
        self.eventually(lambda: all(map(self.is_ready, names)), description=f"{names} are ready")

    def wait_until_stopped(self, name: str) -> None:
        """Wait until one has stopped itself (SIGSTOP)."""
        self.eventually(lambda: is_stopped(self.running[name].pid), description=f"{name} has stopped")
