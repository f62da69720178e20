"""A Valkey server of our own: the message broker between the web and the workers. It uses an append-only file."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from solidarity.embedded.errors import StartError
from solidarity.embedded.processes import ask, await_end, end, free_port, spawn
from solidarity.embedded.servers.binaries import find_valkey
from solidarity.embedded.servers.secret_files import read_or_make

READY_SECONDS = 60.0  # loading a long append-only file takes time; a server that exits is noticed at once
STOP_SECONDS = 10.0
ORPHAN_SECONDS = 10.0  # how long the server of a killed predecessor may take to end


class Valkey:
    """A server whose files are all below `home`. It listens on the loopback address only and asks for a password."""

    name = "valkey"

    def __init__(self, home: Path, *, log: Path | None = None) -> None:
        self.home = home.resolve()
        self.log = log or self.home / "log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Valkey:
        """Start the server and return once it answers. Raises StartError with the reason if it fails."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._await_predecessor()
        # Settings are passed by standard input, so that no process list shows the password.
        with tempfile.TemporaryFile() as settings:
            settings.write(self._settings())
            settings.seek(0)
            self._process = spawn(
                [find_valkey(), "-"], log=self.log, exit_signal=signal.SIGTERM, folder=self.home, reads=settings
            )
        self._number.write_text(str(self._process.pid), encoding="ascii")
        self._wait_until_ready()
        return self

    @property
    def url(self) -> str:
        """The URL for REDIS_URL."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._running.pid

    def alive(self) -> bool:
        """Whether the server's process runs."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask the server to shut down, and do not wait."""
        ask(self._process, signal.SIGTERM)

    def stop(self) -> None:
        """Shut down in order, after writing the append-only file, or by force if that takes too long."""
        end(self._process, (signal.SIGTERM, STOP_SECONDS))

    def kill(self) -> None:
        """Kill the server with -9, as a fault would."""
        self._running.kill()
        self._running.wait()

    def restart(self) -> None:
        """Stop the server if it runs and start it again on the same port."""
        self.stop()
        self.start()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise StartError("Valkey has not been started.")
        return self._process

    @property
    def _password(self) -> str:
        return read_or_make(self.home / "password")

    @property
    def _number(self) -> Path:
        return self.home / "process"

    def _await_predecessor(self) -> None:
        """Wait for the server of a killed predecessor: two servers must not write one append-only file."""
        if self._number.exists():
            await_end(int(self._number.read_text(encoding="ascii")), works_in=self.home, seconds=ORPHAN_SECONDS)

    def _settings(self) -> bytes:
        return "\n".join(
            (
                "bind 127.0.0.1",
                f"port {self.port}",
                f"requirepass {self._password}",
                "appendonly yes",
                "appendfsync everysec",
                "maxmemory-policy noeviction",
                'save ""',
                "daemonize no",
            )
        ).encode()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with redis.Redis.from_url(self.url, socket_timeout=5, retry=None) as client:
                    client.ping()
                return
            except redis.RedisError as error:
                if not self.alive():
                    raise StartError(f"Valkey ended while starting; see {self.log}.") from error
                if time.monotonic() > deadline:
                    raise StartError(f"Valkey does not answer after {READY_SECONDS:.0f} s: {error}") from error
                time.sleep(0.02)
