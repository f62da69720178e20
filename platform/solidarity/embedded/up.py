"""`solidarity up`: everything together, from nothing to an address to open, and back to nothing when told to stop."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from solidarity.embedded.environment import RUNNING_FILE
from solidarity.embedded.errors import StartError
from solidarity.embedded.launch import Launch
from solidarity.embedded.processes import end_with_parent
from solidarity.embedded.supervisor import Supervisor

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """Someone asked us to stop: Ctrl-C, SIGTERM, or the terminal went away."""


def up(var: Path, port: int, say: Callable[[str], None], *, with_parent: bool = False) -> None:
    """Run everything until told to stop; files go below `var`. Raises StartError when it cannot start.

    `with_parent` also stops when the process that started us ends, as `make` may.
    """
    if with_parent:
        end_with_parent()
    supervisor = Supervisor(say)
    with _only_one(var):
        try:
            _hear_stop_signals()
            Launch(var.resolve(), port, supervisor, say).run()
            supervisor.watch()
        except Stopped:
            say("Stopping ...")
        finally:
            _ignore_stop_signals()
            supervisor.stop()
            (var / RUNNING_FILE).unlink(missing_ok=True)
    say("Stopped.")


@contextmanager
def _only_one(var: Path) -> Iterator[None]:
    """Hold `var` for this process alone; the kernel lets go of it when we end, however that happens."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise StartError(f"Solidarity already runs on {var} (process {holder}); stop that one first.") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _hear_stop_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        _ignore_stop_signals()  # one is enough: stopping takes a moment and must run to its end
        raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)


def _ignore_stop_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
