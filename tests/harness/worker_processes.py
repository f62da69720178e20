"""Workers and beats in a hurry, as real processes that can be killed, stopped and started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from faults.hurry import Hurry
from processes import environment_of, eventually

from solidarity.embedded.processes import end, spawn
from solidarity.settings import Settings

TESTS = Path(__file__).resolve().parents[1]
SOLO = ("--pool=solo",)
PREFORK = ("--pool=prefork", "--concurrency=2")
READY = "ready."


@dataclass
class Fleet:
    """Processes by name, such as `worker-0`; `folder` has their logs. `program` is a file that Celery is started by."""

    folder: Path
    environment: Mapping[str, str]
    program: Path = TESTS / "faults" / "hurried.py"
    pool: Sequence[str] = SOLO
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    starts: Counter[str] = field(default_factory=Counter)
    were_ready: dict[str, int] = field(default_factory=dict)

    def start(self, *names: str, **more: str) -> None:
        """Start some; `more` is added to their environment."""
        for name in names:
            self.starts[name] += 1
            self.were_ready[name] = self.said(name).count(READY)
            self.running[name] = spawn(
                [sys.executable, "-P", self.program, *self._arguments(name)],
                log=self.folder / f"{name}.log",
                death_signal=signal.SIGKILL,
                environment={**self.environment, **more},
            )

    def stop(self, *names: str) -> None:
        """Stop some in order."""
        for name in names:
            end(self.running.pop(name), (signal.SIGTERM, 3.0))

    def kill(self, name: str) -> None:
        """Kill one with -9, with all its children."""
        end(self.running.pop(name))

    def kill_child(self, name: str, chance: random.Random) -> bool:
        """Kill one of its children with -9; False where there is none."""
        children = children_of(self.running[name].pid)
        if children:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
        return bool(children)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one and its children, such as SIGSTOP."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)

    def eventually(self, holds: Callable[[], bool], *, what: str, seconds: float = 60.0) -> None:
        """Wait until `holds()`; fail, with what they wrote, when it never does or a process has ended by itself."""

        def asked() -> bool:
            ended = [name for name, process in self.running.items() if process.poll() is not None]
            assert not ended, f"{ended} ended by themselves: {self.said(ended[0])[-2000:]}"
            return holds()

        eventually(asked, what=what, seconds=seconds)

    def wait_until_ready(self, *names: str) -> None:
        """Wait until some workers have said that they are ready."""
        self.eventually(lambda: all(map(self.is_ready, names)), what=f"{names} are ready")

    def is_ready(self, name: str) -> bool:
        """Whether a worker has said that it is ready since it was started last."""
        return self.said(name).count(READY) > self.were_ready[name]

    def mend(self) -> list[str]:
        """Start again whatever has ended by itself, as whoever runs the product does; return what it was."""
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        for name in ended:
            self.kill(name)
            self.start(name)
        return ended

    def wait_until_asleep(self, name: str) -> None:
        """Wait until one has stopped itself."""
        self.eventually(lambda: _state_of(self.running[name].pid) == "T", what=f"{name} has fallen asleep")

    def said(self, name: str) -> str:
        """Return what one has written."""
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _arguments(self, name: str) -> list[str]:
        if name.startswith("beat"):
            return ["beat", "-s", str(self.folder / name), "--pidfile=", "-l", "WARNING"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
        return ["worker", *quiet, "-n", f"{name}-{self.starts[name]}@here", *self.pool]


@contextmanager
def fleet_over(settings: Settings, folder: Path, hurry: Hurry, pool: Sequence[str] = SOLO) -> Iterator[Fleet]:
    """Yield a fleet over a database that runs nothing yet; end whatever runs afterwards."""
    fleet = Fleet(folder, environment_of(settings, **hurry.as_environment()), pool=pool)
    with ending(fleet):
        yield fleet


@contextmanager
def ending(fleet: Fleet) -> Iterator[None]:
    """End whatever runs afterwards."""
    fleet.folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for name in list(fleet.running):
            fleet.kill(name)


def children_of(number: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        listed = Path(f"/proc/{number}/task/{number}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _state_of(number: int) -> str:
    """Return the kernel's letter for what a process does: T is stopped."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
