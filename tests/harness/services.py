"""The servers that the tests stand on: one PostgreSQL, one Valkey, one mail sink, all real and all ours.

The xdist controller starts them once and hands `environment` to its workers. Each process dies with the controller,
even when that is killed with -9.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from solidarity.embedded.processes import end, free_port, listens, spawn
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.secret_files import read_or_make
from solidarity.embedded.servers.valkey import Valkey

MEMORY = "/dev/shm"
ROOM = 4 * 1024**3
LOGINS = ("web", "worker", "desk", "compiler", "backup")


@dataclass(frozen=True)
class Services:
    """Running servers; `environment` holds every setting that a process of ours needs to use them."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    sink: subprocess.Popen[bytes]
    environment: dict[str, str]

    @property
    def superuser_url(self) -> str:
        """The database `postgres` as superuser, for what no login of ours may do."""
        return self.postgres.superuser_url

    @property
    def outbox(self) -> Path:
        """The folder that holds the mails sent, one `.eml` each."""
        return self.folder / "mail"

    def stop(self) -> None:
        """End every server and remove its files."""
        end(self.sink, (signal.SIGTERM, 5.0))
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_services(*, room: int = ROOM) -> Services:
    """Start all three on free ports in a new folder for temporary files, in memory where there are `room` bytes."""
    folder = Path(tempfile.mkdtemp(prefix="solidarity-tests-", dir=_memory(room)))
    folder.chmod(0o755)  # root runs PostgreSQL as someone else, who must pass through
    smtp_port = free_port()
    sink = start_sink(folder, smtp_port)
    valkey = Valkey(folder / "valkey").start()
    postgres = Postgres(folder / "postgres", fsync=False).start()
    owner_url = postgres.make_owner(read_or_make(folder / "secrets" / "OWNER_DB_PASSWORD"))
    wait_for_sink(sink, smtp_port)
    return Services(folder, postgres, valkey, sink, _environment(folder, owner_url, valkey.url, smtp_port))


def _memory(room: int) -> str | None:
    """Return the folder that lies in memory, where a database is cloned four times as fast; None where it is small."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > room:
        return MEMORY
    return None


def start_sink(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a mail sink that stores in `folder`/mail."""
    command: list[str | Path] = [
        sys.executable,
        "-P",
        "-m",
        "solidarity.embedded.mail_sink",
        folder / "mail",
        str(port),
    ]
    return spawn(command, log=folder / "sink.log", death_signal=signal.SIGTERM)


def wait_for_sink(sink: subprocess.Popen[bytes], port: int, seconds: float = 20.0) -> None:
    """Return once the sink takes connections; fail when it ended or never does."""
    deadline = time.monotonic() + seconds
    while not listens(port):
        assert sink.poll() is None, "the mail sink ended while starting"
        assert time.monotonic() < deadline, "the mail sink does not answer"
        time.sleep(0.02)


def _environment(folder: Path, owner_url: str, redis_url: str, smtp_port: int) -> dict[str, str]:
    passwords = {f"{login.upper()}_DB_PASSWORD" for login in LOGINS}
    made = {name: read_or_make(folder / "secrets" / name) for name in sorted(passwords | {"SECRET_KEY"})}
    return {
        "DATABASE_URL": owner_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "FILES_DIR": str(folder / "files"),
        "OUTBOX_DIR": str(folder / "mail"),
        **made,
    }
