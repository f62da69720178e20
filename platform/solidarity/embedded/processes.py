"""Starting and ending child processes that never outlive this process.

Linux signals a child when its parent dies (prctl PR_SET_PDEATHSIG), even if the parent was killed with -9. The parent
is the *thread* that started the child, so start children from a thread that lives as long as they should.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from solidarity.embedded.errors import StartError
from solidarity.embedded.servers.os_account import Account

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    exit_signal: signal.Signals | None,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    reads: IO[bytes] | int = subprocess.DEVNULL,
    keeps: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session. It gets `exit_signal`, if any, when the calling thread ends.

    Output is appended to `log`, or goes to our own output if None. Because of the session, Ctrl-C at the terminal does
    not reach the child, so that we decide the order of stopping. The child inherits the open files in `keeps`.
    """
    output = None if log is None else log.open("ab")
    try:
        return subprocess.Popen(  # noqa: S603 - only programs of ours
            [str(part) for part in command],
            stdin=reads,
            pass_fds=keeps,
            stdout=output,
            stderr=output,
            env=None if environment is None else dict(environment),
            cwd=folder,
            start_new_session=True,
            preexec_fn=None if exit_signal is None else _die_with(os.getpid(), exit_signal),  # noqa: PLW1509 - nothing else can set it after setuid
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    finally:
        if output is not None:
            output.close()


def _die_with(parent: int, exit_signal: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(exit_signal))
        if os.getppid() != parent:  # the parent died between the fork and the line above
            os._exit(1)

    return prepare


def end_with_parent() -> None:
    """Make the kernel send SIGTERM to this process when its parent dies."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def ask(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    """Send a signal to a process if it still runs, and do not wait."""
    if process is not None and process.poll() is None:
        process.send_signal(number)


def end(process: subprocess.Popen[bytes] | None, *steps: tuple[signal.Signals | None, float]) -> None:
    """Stop a process: send each signal and wait its seconds. Finally kill its whole session.

    A signal of None only waits, for a process that got its signal before.
    """
    if process is None:
        return
    for number, seconds in steps:
        if number is not None:
            ask(process, number)
        try:
            process.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            continue
    sweep(process)


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and the rest of its session, and wait for the process."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def await_end(number: int, *, works_in: Path, seconds: float) -> None:
    """Wait until process `number` ends, if its working folder is `works_in`. Raises StartError after `seconds`."""
    deadline = time.monotonic() + seconds
    while _folder_of(number) == works_in:
        if time.monotonic() > deadline:
            raise StartError(f"Another server (process {number}) is running on {works_in}; stop it first.")
        time.sleep(0.05)


def _folder_of(number: int) -> Path | None:
    try:
        return Path(f"/proc/{number}/cwd").readlink()
    except OSError:
        return None


def free_port() -> int:
    """Return a port of the loopback address that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen on `host` and `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether a server accepts connections on `port` of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
