"""The guard: a small process that outlives a killed supervisor by seconds and ends what is left of its commands.

The kernel tells each command that the supervisor is gone, but not what a command has started itself; and a worker that
has lost database and broker at once may take long to stop. The guard holds one end of a pipe, hears which sessions
there are, and when the supervisor's end closes, gives them a few seconds and kills them.
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
    """The supervisor's side: start it, name the sessions to end, and let it go when all is stopped."""

    def __init__(self) -> None:
        self._sessions: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, session: int) -> None:
        """Have this session ended should we die; a session bears the number of its first process."""
        self._sessions.add(session)
        self._tell(f"+{session}\n")

    def forget(self, session: int) -> None:
        """Leave this session alone from now on: it has ended, and its number may be given to another."""
        self._sessions.discard(session)
        self._tell(f"-{session}\n")

    def stop(self) -> None:
        """Let the guard end."""
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
        # No signal when we die: that is when its work begins.
        command = [sys.executable, "-P", "-m", "solidarity.embedded.guard"]
        self._process = spawn(command, log=None, exit_signal=None, reads=subprocess.PIPE)


def main() -> None:
    """Listen until the supervisor's end of the pipe closes, then end what it has left."""
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
