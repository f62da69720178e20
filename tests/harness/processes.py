"""Processes that a test starts, stops and kills, such as the whole product as production runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from solidarity.embedded import commands, health
from solidarity.embedded.processes import end, free_port, spawn
from solidarity.settings import Settings

READY_SECONDS = 40.0
PYTHON = (sys.executable, "-P")


@dataclass
class ProcessGroup:
    """Named processes. Each writes to `folder`/<name>.log. Start them from a thread that outlives them.

    As a context manager it kills all running processes at the end.
    """

    folder: Path
    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    starts: Counter[str] = field(default_factory=Counter)

    def command(self, name: str) -> Sequence[str | Path]:
        """Return the command that starts the process `name`."""
        raise NotImplementedError

    def start(self, *names: str, **environment: str) -> None:
        """Start processes, with `environment` added to their own."""
        for name in names:
            self.starts[name] += 1
            self.running[name] = spawn(
                self.command(name),
                log=self.folder / f"{name}.log",
                exit_signal=signal.SIGKILL,
                environment={**self.environment, **environment},
            )

    def stop(self, *names: str, seconds: float = 0.5) -> None:
        """Stop processes in order (SIGTERM), and kill each that takes longer than `seconds`."""
        for name in names:
            end(self.running.pop(name), (signal.SIGTERM, seconds))

    def kill(self, *names: str) -> None:
        """Kill processes and all their children (SIGKILL)."""
        for name in names:
            end(self.running.pop(name))

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal, such as SIGSTOP, to a process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)

    def log(self, name: str) -> str:
        """Return the log of a process."""
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def ended(self) -> list[str]:
        """Return the names of the processes that have exited by themselves."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def restart_ended(self) -> list[str]:
        """Restart the processes that have exited by themselves, as a supervisor does, and return their names."""
        names = self.ended()
        self.kill(*names)
        self.start(*names)
        return names

    def eventually(self, holds: Callable[[], bool], *, description: str, seconds: float = 60.0) -> None:
        """Wait until `holds()` is true. Fail after `seconds`, or with the log of a process that exits by itself."""

        def holds_while_running() -> bool:
            names = self.ended()
            assert not names, f"{names} ended by themselves: {self.log(names[0])[-2000:]}"
            return holds()

        eventually(holds_while_running, description=description, seconds=seconds)

    def __enter__(self) -> Self:
        """Create the folder of the logs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Kill all running processes."""
        self.kill(*list(self.running))


@dataclass
class Product(ProcessGroup):
    """The processes `web`, `worker`, `beat`, and others such as `beat-2`; `address` is the URL of the web."""

    address: str = ""

    @classmethod
    def over(cls, settings: Settings, folder: Path) -> Product:
        """Return the product over a database, with a free port. No process runs yet."""
        address = f"http://127.0.0.1:{free_port()}"
        return cls(folder, environment_of(settings, BASE_URL=address), address=address)

    def command(self, name: str) -> Sequence[str | Path]:
        """Return the command of a process of the product."""
        port = int(self.address.rsplit(":", 1)[1])
        return {
            "web": commands.web(host="127.0.0.1", port=port, workers=1),
            "worker": [*commands.CELERY, "worker", "--pool=solo", "--without-gossip", "--without-mingle", "-l", "INFO"],
            "beat": commands.beat(schedule=self.folder / name),
        }[name.partition("-")[0]]

    def wait_for_web(self) -> None:
        """Wait until /healthz answers, with any result."""
        self.eventually(lambda: health.ask(self.address) is not None, description="the web answers")

    def is_well(self) -> bool:
        """Whether /healthz reports that every part is well."""
        return is_well(self.address)


@contextmanager
def running_product(
    settings: Settings, folder: Path, parts: Sequence[str] = ("web", "worker", "beat")
) -> Iterator[Product]:
    """Start `parts` over `settings`, yield the product when the web answers, and kill all at the end."""
    with Product.over(settings, folder) as product:
        product.start(*parts)
        if "web" in parts:
            product.wait_for_web()
        yield product


def is_well(address: str) -> bool:
    """Whether /healthz at `address` reports that every part is well."""
    answer = health.ask(address)
    return answer is not None and answer.well


def run_command(
    *arguments: str, environment: Mapping[str, str], seconds: float = 60.0, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `solidarity` with `arguments` until it exits, in exactly this environment."""
    command = [*PYTHON, "-m", "solidarity.cli.main", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=seconds, **options
    )


def environment_of(settings: Settings, **extra: str) -> dict[str, str]:
    """Return the environment of this process, overridden by the variables of `settings` and `extra`."""
    variables = {
        name.upper(): value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        for name, value in settings
        if value is not None
    }
    return {**os.environ, **variables, **extra}


def eventually(holds: Callable[[], bool], *, description: str, seconds: float = READY_SECONDS) -> float:
    """Wait until `holds()` is true, and return the seconds that it took. Fail with `description` after `seconds`."""
    started_at = time.monotonic()
    while not holds():
        assert time.monotonic() - started_at < seconds, f"waited {seconds:.0f} s in vain: {description}"
        time.sleep(0.05)
    return time.monotonic() - started_at


def children_of(number: int) -> list[int]:
    """Return the process ids of the children of process `number`."""
    try:
        text = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def is_stopped(number: int) -> bool:
    """Whether process `number` is stopped (SIGSTOP)."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "T"
