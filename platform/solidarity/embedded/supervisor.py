"""The supervisor of servers and commands: starts them in order, restarts them, and stops them in reverse order."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from solidarity.embedded.errors import StartError
from solidarity.embedded.guard import Guard
from solidarity.embedded.processes import ask, end, spawn, sweep

LOOK_EVERY = 0.2  # seconds
LONGEST_PAUSE = 30.0  # seconds between two attempts to start a server that keeps exiting
SETTLED_AFTER = 60.0  # seconds of running after which earlier exits no longer count


class Server(Protocol):
    """A process that a supervisor can keep running."""

    @property
    def name(self) -> str:
        """The name in the log."""

    def start(self) -> object:
        """Start it, and return when it is ready."""

    def alive(self) -> bool:
        """Whether it runs."""

    def ask_to_stop(self) -> None:
        """Ask it to stop, and do not wait."""

    def stop(self) -> None:
        """Stop it in order, or by force if it does not stop."""


class Command:
    """A command of ours as a child process: the web server, a worker, beat or the mail sink.

    `grace` is how many seconds it has after SIGTERM before its whole session is killed. If this process is killed,
    `guard` ends the session.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        guard: Guard,
        grace: float = 10.0,
    ) -> None:
        self.name = name
        self._guard = guard
        self._command = command
        self._environment = environment
        self._log = log
        self._grace = grace
        self._asked = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command. First kill the children that an exited predecessor left in its session."""
        self._clear()
        self._asked = False
        self._process = spawn(self._command, log=self._log, exit_signal=signal.SIGTERM, environment=self._environment)
        self._guard.watch(self._process.pid)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def wait(self) -> int:
        """Wait until the process ends by itself, and return its exit code."""
        return 0 if self._process is None else self._process.wait()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        self._asked = True
        ask(self._process, signal.SIGTERM)

    def stop(self) -> None:
        """Send SIGTERM unless it was sent before, and kill the session after at most `grace` seconds."""
        end(self._process, (None if self._asked else signal.SIGTERM, self._grace))
        self._clear()

    def _clear(self) -> None:
        if self._process is not None:
            sweep(self._process)
            self._guard.forget(self._process.pid)
            self._process = None


@dataclass
class _Watched:
    server: Server
    started: float
    exits: int = 0
    next_try: float = 0.0


class Supervisor:
    """Keeps servers running until `stop`. `say` gets a line for each exit and for each failed restart."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._stages: list[list[_Watched]] = []
        self.guard = Guard()

    def start(self, *servers: Server) -> None:
        """Start servers that do not depend on each other, and supervise them from now on."""
        stage = [_Watched(server, time.monotonic()) for server in servers]
        self._stages.append(stage)
        for entry in stage:
            entry.server.start()

    def look(self) -> None:
        """Restart each server that has exited, once its pause is over."""
        for entry in self._watched:
            if not entry.server.alive():
                self._mend(entry)
            elif entry.exits and time.monotonic() - entry.started > SETTLED_AFTER:
                entry.exits = 0

    def watch(self) -> None:
        """Supervise until an exception, such as a request to stop."""
        while True:
            self.look()
            time.sleep(LOOK_EVERY)

    def exits(self, name: str) -> int:
        """Return how often a server has exited lately."""
        return sum(entry.exits for entry in self._watched if entry.server.name == name)

    def stop(self) -> None:
        """Stop everything, the last started first."""
        while self._stages:
            stage = self._stages.pop()
            for entry in stage:
                entry.server.ask_to_stop()
            for entry in stage:
                entry.server.stop()
        self.guard.stop()

    @property
    def _watched(self) -> list[_Watched]:
        return [entry for stage in self._stages for entry in stage]

    def _mend(self, entry: _Watched) -> None:
        now = time.monotonic()
        name = entry.server.name
        if not entry.next_try:
            pause = 0.0 if not entry.exits else min(2.0**entry.exits, LONGEST_PAUSE)
            entry.exits += 1
            entry.next_try = now + pause
            self._tell(f"{name} died; it is started again{f' in {pause:.0f} s' if pause else ''}.")
        if now < entry.next_try:
            return
        entry.next_try = 0.0
        entry.started = now
        try:
            entry.server.start()
        except StartError as error:
            self._tell(f"{name} could not be started: {error}")

    def _tell(self, line: str) -> None:
        self._say(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}")
