"""`solidarity up`: starts everything, supervises it, and stops everything on a signal."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
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
RAISE_AGAIN_AFTER = 0.5  # seconds


class Stopped(BaseException):
    """A request to stop: Ctrl-C, SIGTERM, or a closed terminal."""


def up(var: Path, port: int, say: Callable[[str], None], *, with_parent: bool = False) -> None:
    """Run everything until a signal to stop. Files are stored below `var`. Raises StartError if it cannot start.

    `with_parent` also stops it when the process that started it ends, such as `make`.
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
    """Lock `var` for this process, or raise StartError. The kernel frees the lock when the process ends in any way."""
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
    """Raise Stopped on a signal to stop, and again at intervals until it is handled.

    Python prints and drops an exception that a signal handler raises within a callback, such as those that run after
    a fork, or within a finalizer.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second signal must not interrupt stopping
        signal.setitimer(signal.ITIMER_REAL, RAISE_AGAIN_AFTER)
        if not _is_stopping(sys.exception()):
            raise Stopped

    for number in (*STOP_SIGNALS, signal.SIGALRM):
        signal.signal(number, stop)


def _is_stopping(error: BaseException | None) -> bool:
    """Whether Stopped is being handled, perhaps in the handling of another exception."""
    return error is not None and (isinstance(error, Stopped) or _is_stopping(error.__context__))


def _ignore_stop_signals() -> None:
    for number in (*STOP_SIGNALS, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
