"""The guard: a small process that ends the remaining processes of a killed supervisor, and then itself.

The kernel signals each command that the supervisor has died, but not the children of a command. A worker that lost
database and broker at once may also take long to stop. The guard reads from a pipe which sessions exist. When the
supervisor's end of the pipe closes, the guard waits a few seconds and kills these sessions.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

from solidarity.embedded.processes import spawn

GRACE_SECONDS = 4.0


class Guard:
    """The supervisor's side: starts the guard, registers sessions, and ends the guard when all are stopped."""

    def __init__(self) -> None:
        self._sessions: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, session: int) -> None:
        """Register a session, to be ended if this process dies. Its number is the id of its first process."""
        self._sessions.add(session)
        self._tell(f"+{session}\n")

    def forget(self, session: int) -> None:
        """Remove a session that has ended, because its number can be reused."""
        self._sessions.discard(session)
        self._tell(f"-{session}\n")

    def stop(self) -> None:
        """End the guard, and wait for it."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process is None or self._process.poll() is not None:
            self._start()
            line = "".join(f"+{session}\n" for session in self._sessions)
        pipe = self._process.stdin if self._process is not None else None
        if pipe is not None:
            pipe.write(line.encode())
            pipe.flush()

    def _start(self) -> None:
        # No signal when this process dies: the guard must outlive it.
        command = [sys.executable, "-P", "-m", "solidarity.embedded.guard"]
        self._process = spawn(command, log=None, exit_signal=None, reads=subprocess.PIPE)


def main() -> None:
    """Read sessions until the supervisor's end of the pipe closes, then end those that remain."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sessions: set[int] = set()
    for line in sys.stdin:
        (sessions.add if line[0] == "+" else sessions.discard)(int(line[1:]))
    deadline = time.monotonic() + GRACE_SECONDS
    while any(_lives(session) for session in sessions) and time.monotonic() < deadline:
        time.sleep(0.1)
    for session in sessions:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)


def _lives(session: int) -> bool:
    try:
        os.killpg(session, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
