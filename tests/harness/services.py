"""The servers of a test run: PostgreSQL, Valkey and mail sink. All are real and started by the run itself.

The xdist controller starts them once and passes `environment` to its workers. The servers exit with the controller,
even if it is killed (SIGKILL). A test that stops or kills a server starts its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.mail_sink import running_sink

from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.secret_files import read_or_make
from solidarity.embedded.servers.valkey import Valkey

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
LOGINS = ("web", "worker", "desk", "compiler", "backup")


@dataclass(frozen=True)
class Services:
    """Running servers. `environment` holds all settings that a process of the product needs to use them."""

    folder: Path
    superuser_url: str
    environment: dict[str, str]


@contextmanager
def running_services(*, room: int = ROOM) -> Iterator[Services]:
    """Start all three on free ports, in memory if it has `room` free bytes."""
    with (
        temporary_folder(room=room) as folder,
        running_sink(folder) as mailbox,
        running_valkey(folder) as valkey,
        running_postgres(folder, fsync=False) as postgres,
    ):
        owner_url = postgres.make_owner(read_or_make(folder / "secrets" / "OWNER_DB_PASSWORD"))
        environment = _environment(folder, owner_url, valkey.url, mailbox.port)
        yield Services(folder, postgres.superuser_url, environment)


@contextmanager
def temporary_folder(*, room: int = ROOM) -> Iterator[Path]:
    """Yield a new folder and remove it. It is in memory, to clone databases faster, if that has `room` free bytes."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > room
    folder = Path(tempfile.mkdtemp(prefix="solidarity-tests-", dir=MEMORY if in_memory else None))
    folder.chmod(0o755)  # root runs PostgreSQL as another account, which must be able to enter the folder
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres(folder: Path, *, fsync: bool = True) -> Iterator[Postgres]:
    """Run PostgreSQL in `folder`/postgres."""
    postgres = Postgres(folder / "postgres", fsync=fsync).start()
    try:
        yield postgres
    finally:
        postgres.stop()


@contextmanager
def running_valkey(folder: Path) -> Iterator[Valkey]:
    """Run Valkey in `folder`/valkey, with persistence as in the product."""
    valkey = Valkey(folder / "valkey").start()
    try:
        yield valkey
    finally:
        valkey.stop()


def _environment(folder: Path, owner_url: str, redis_url: str, smtp_port: int) -> dict[str, str]:
    names = sorted({f"{login.upper()}_DB_PASSWORD" for login in LOGINS} | {"SECRET_KEY"})
    return {
        "DATABASE_URL": owner_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "FILES_DIR": str(folder / "files"),
        "OUTBOX_DIR": str(folder / "mail"),
        **{name: read_or_make(folder / "secrets" / name) for name in names},
    }
