"""A PostgreSQL server of our own.

It listens on the loopback address only, asks every login for a password (SCRAM), uses no socket file, and runs in the
foreground as our child. So it stops (fast shutdown) when this process ends in any way.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from solidarity.embedded.errors import StartError
from solidarity.embedded.processes import ask, await_end, end, free_port, spawn, sweep
from solidarity.embedded.servers.binaries import find_postgres, postgres_major, runnable_copy
from solidarity.embedded.servers.os_account import Account, account_for, shared_folder
from solidarity.embedded.servers.secret_files import read_or_make

OWNER = "solidarity_owner"
BACKUP = "solidarity_backup"
READY_SECONDS = 120.0  # recovery after a crash may take long; a server that exits is noticed at once
ORPHAN_SECONDS = 20.0  # how long the server of a killed predecessor may take for its fast shutdown
STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))  # fast, then immediate shutdown
# Only for data that may be lost, as in tests. They connect thousands of times, and each time hashes a password.
UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "scram_iterations=1")
# An error is logged without the values of the row, the statement and its parameters: they are personal data.
QUIET_LOG = ("log_error_verbosity=terse", "log_min_error_statement=panic", "log_parameter_max_length_on_error=0")


class Postgres:
    """A server whose files are all below `home`: `data`, `log` and the superuser's password.

    `fsync=False` is for tests. Every method that starts the server raises StartError with the reason if it fails.
    """

    name = "postgres"

    def __init__(self, home: Path, *, fsync: bool = True, log: Path | None = None) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = log or self.home / "log"
        self.port = free_port()
        self._settings = () if fsync else UNSAFE
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Postgres:
        """Create the data folder if it is missing, start the server, and return once it answers a query."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._refuse_other_major(postgres_major(find_postgres()))
        if not self.data.exists():
            self._make_data()
        self._clear_stale_lock()
        self._launch()
        return self

    @property
    def superuser_url(self) -> str:
        """The URL of database `postgres` for the superuser. For bootstrapping and tests only."""
        return self.url("postgres", self._superuser_password, "postgres")

    def url(self, login: str, password: str, database: str) -> str:
        """Return a libpq URL on this server."""
        return f"postgresql://{login}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return self._running.pid

    def alive(self) -> bool:
        """Whether the server's process runs."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask the server to shut down, and do not wait."""
        ask(self._process, signal.SIGINT)

    def stop(self) -> None:
        """Shut down in order: fast, then immediate, then by force."""
        end(self._process, *STOP_STEPS)

    def kill(self) -> None:
        """Kill the postmaster with -9, as a fault would. Its children notice this and end by themselves."""
        self._running.kill()
        self._running.wait()

    def restart(self) -> None:
        """Stop the server if it runs and start it again on the same port."""
        self.stop()
        self.start()

    def make_owner(self, password: str, database: str = "solidarity") -> str:
        """Create the owner's login and its database if missing, and return the owner's URL.

        The owner is no superuser. It bypasses row-level security, which it needs to validate keys over all chapters.
        """
        rights = sql.SQL("LOGIN NOSUPERUSER CREATEDB CREATEROLE BYPASSRLS PASSWORD {}").format(sql.Literal(password))
        owner = sql.Identifier(OWNER)
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            existing_role = connection.execute("select 1 from pg_roles where rolname = %s", (OWNER,)).fetchone()
            verb = sql.SQL("ALTER" if existing_role else "CREATE")
            connection.execute(sql.SQL("{} ROLE {} {}").format(verb, owner, rights))
            _make_backup_login(connection)
            if not connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
                name = sql.Identifier(database)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
        return self.url(OWNER, password, database)

    @cached_property
    def _account(self) -> Account | None:
        return account_for(self.data)

    @cached_property
    def _programs(self) -> Path:
        return runnable_copy(find_postgres(), self._account, self.home)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise StartError("PostgreSQL has not been started.")
        return self._process

    @property
    def _superuser_password(self) -> str:
        return read_or_make(self.home / "superuser.password")

    def _refuse_other_major(self, major: int) -> None:
        mark = self.data / "PG_VERSION"
        try:
            data_major = int(mark.read_text(encoding="ascii")) if self.data.exists() else major
        except PermissionError as error:
            raise StartError(
                f"{self.data} belongs to another account; start Solidarity as the one that made it."
            ) from error
        except (FileNotFoundError, ValueError) as error:
            raise StartError(f"{self.data} is not a PostgreSQL data folder; move it away to begin anew.") from error
        if data_major != major:
            raise StartError(
                f"{self.data} was made by PostgreSQL {data_major}, which PostgreSQL {major} cannot read. Set PG_BIN to "
                f"the bin folder of a PostgreSQL {data_major}, or carry the data over: dump it with pg_dump "
                f"{data_major}, move the folder away, start again, and restore with pg_restore {major}."
            )

    def _make_data(self) -> None:
        """Run initdb in a temporary folder and rename it when complete, so that no incomplete one is ever started."""
        for leftover in self.home.glob("data.new-*"):
            shutil.rmtree(leftover)
        fresh = self.home / f"data.new-{os.getpid()}"
        fresh.mkdir(mode=0o700)
        if self._account is not None:
            self._account.owns(fresh)
        if self._initdb(fresh) != 0:
            raise StartError(f"PostgreSQL could not make its data folder {self.data}: {self._last_words()}")
        fresh.rename(self.data)

    def _initdb(self, data: Path) -> int:
        """Run initdb and return its exit code. On a request to stop, its children are ended too."""
        room = shared_folder(self._account)
        # The password goes through a file that the account owns, because it could not open a pipe of ours.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=room) as password:
            password.write(self._superuser_password)
            password.flush()
            if self._account is not None:
                self._account.owns(Path(password.name))
            process = self._spawn(data, "initdb", *self._initdb_options(), f"--pwfile={password.name}")
            try:
                return process.wait()
            finally:
                sweep(process)

    def _initdb_options(self) -> list[str]:
        """Return options that make the rules for characters the same on every machine, whatever its C library."""
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if postgres_major(self._programs) >= 17 else ["--locale=C.UTF-8"]
        sync = ["--no-sync"] if self._settings else []
        return ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "-k", "--no-instructions", *locale, *sync]

    def _launch(self) -> None:
        settings = (
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_timezone=UTC",
            *QUIET_LOG,
            *self._settings,
        )
        options = [part for setting in settings for part in ("-c", setting)]
        self._process = self._spawn(self.data, "postgres", *options)
        self._wait_until_ready()

    def _spawn(self, data: Path, program: str, *options: str) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL on a data folder.

        If the account cannot traverse the folders above (a checkout below /root), it inherits the open data folder and
        uses it by its path in /proc/self/fd. No folder's mode is ever changed.
        """
        descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        within = self._account is None or self._account.reaches(data)
        try:
            return spawn(
                [self._programs / program, "-D", data if within else f"/proc/self/fd/{descriptor}", *options],
                log=self.log,
                exit_signal=signal.SIGINT,
                account=self._account,
                folder=Path("/"),
                keeps=() if within else (descriptor,),
                environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            )
        finally:
            os.close(descriptor)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            if not self.alive():
                raise StartError(f"PostgreSQL ended while starting: {self._last_words()}")
            try:
                with psycopg.connect(self.superuser_url, connect_timeout=5) as connection:
                    connection.execute("select 1")
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise StartError(f"PostgreSQL does not answer after {READY_SECONDS:.0f} s: {error}") from error
                time.sleep(0.03)

    def _clear_stale_lock(self) -> None:
        """Wait for the server of a killed predecessor, and remove its lock file.

        PostgreSQL refuses to start while any process of the same account has the number in that file.
        """
        lock = self.data / "postmaster.pid"
        if lock.exists():
            await_end(int(lock.read_text(encoding="utf-8").split()[0]), works_in=self.data, seconds=ORPHAN_SECONDS)
            lock.unlink(missing_ok=True)

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-5:]) or "it said nothing."


def _make_backup_login(connection: psycopg.Connection[TupleRow]) -> None:
    """Create the backup's login before PostgreSQL 16, where only a superuser and no owner can grant BYPASSRLS."""
    existing_role = connection.execute("select 1 from pg_roles where rolname = %s", (BACKUP,)).fetchone()
    if connection.info.server_version < 160000 and not existing_role:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS").format(sql.Identifier(BACKUP)))
