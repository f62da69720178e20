"""The embedded PostgreSQL: access, recovery after kills, and no processes left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from solidarity.embedded.errors import StartError
from solidarity.embedded.servers.postgres import Postgres

START_AND_BE_KILLED = """
import os, signal, sys
from pathlib import Path
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey
home = Path(sys.argv[1])
Postgres(home / "postgres").start()
Valkey(home / "valkey").start()
print("started", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def shared_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server for tests that do not change it, inside a folder that no other account may enter."""
    closed_folder = tmp_path_factory.mktemp("closed")
    assert closed_folder.stat().st_mode & 0o077 == 0
    server = Postgres(closed_folder / "postgres").start()
    yield server
    server.stop()


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    server = Postgres(home / "postgres").start()
    yield server
    server.stop()


def test_it_runs_as_somebody_harmless_on_the_loopback_address(shared_postgres: Postgres) -> None:
    uid = Path(f"/proc/{shared_postgres.pid}").stat().st_uid
    assert uid != 0
    assert uid == shared_postgres.data.stat().st_uid
    with psycopg.connect(shared_postgres.superuser_url) as connection:
        addresses = connection.execute("show listen_addresses").fetchone()
        sockets = connection.execute("show unix_socket_directories").fetchone()
    assert addresses == ("127.0.0.1",)
    assert sockets == ("",)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_gets_in_without_the_password(shared_postgres: Postgres, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(shared_postgres.url("postgres", password, "postgres"))


def test_the_owner_is_no_superuser_and_making_it_twice_is_harmless(shared_postgres: Postgres) -> None:
    assert shared_postgres.make_owner("one") != shared_postgres.make_owner("two")
    with psycopg.connect(shared_postgres.url("solidarity_owner", "two", "solidarity")) as connection:
        rights = "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
        assert connection.execute(rights).fetchone() == (False, True, True, True)


def test_the_superuser_password_can_be_read_by_its_owner_only(shared_postgres: Postgres) -> None:
    assert (shared_postgres.home / "superuser.password").stat().st_mode & 0o077 == 0
    assert shared_postgres.data.stat().st_mode & 0o077 == 0


def test_data_of_another_major_is_refused_in_words(postgres: Postgres) -> None:
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("14\n", encoding="ascii")
    with pytest.raises(StartError, match="made by PostgreSQL 14") as error:
        Postgres(postgres.home).start()
    assert "pg_dump" in str(error.value)


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StartError, match="not a PostgreSQL data folder"):
        Postgres(home).start()
    assert (home / "data" / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_a_lock_file_with_the_number_of_a_living_stranger_does_not_keep_it_from_starting(postgres: Postgres) -> None:
    postgres.kill()
    lock = postgres.data / "postmaster.pid"
    lines = lock.read_text(encoding="utf-8").splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]), encoding="utf-8")
    postgres.start()
    assert postgres.alive()


def test_kill_9_of_the_starter_leaves_no_server_and_the_next_start_works(
    home: Path, living_in: Callable[[Path], dict[int, str]], nothing_lives_in: Callable[[Path, float], None]
) -> None:
    starter = subprocess.run(
        [sys.executable, "-c", START_AND_BE_KILLED, str(home)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (starter.returncode, starter.stdout) == (-9, "started\n"), starter.stderr
    second_server = Postgres(home / "postgres").start()  # at once: it waits until the orphan releases the data
    assert any("postgres" in command for command in living_in(home).values())
    second_server.stop()
    nothing_lives_in(home, 5)


class Writers:
    """Threads that insert rows one by one, and record those that the server acknowledged."""

    def __init__(self, url: str, count: int) -> None:
        self.acknowledged: set[int] = set()
        self._url = url
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _write(self, writer: int) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                for row in range(writer * 1_000_000, (writer + 1) * 1_000_000):
                    connection.execute("insert into written (id) values (%s)", (row,))
                    self.acknowledged.add(row)
        except psycopg.OperationalError:
            return  # the server was killed; only rows acknowledged before count


def lost_rows(postgres: Postgres, seconds: float) -> tuple[int, int]:
    """Kill the server under four writers, restart it, and return the numbers of acknowledged and of lost rows."""
    with psycopg.connect(postgres.superuser_url) as connection:
        connection.execute("create table if not exists written (id bigint primary key)")
        connection.execute("truncate written")
    writers = Writers(postgres.superuser_url, 4)
    writers.start()
    time.sleep(seconds)
    postgres.kill()
    writers.join()
    postgres.start()
    with psycopg.connect(postgres.superuser_url) as connection:
        present = {row[0] for row in connection.execute("select id from written")}
    return len(writers.acknowledged), len(writers.acknowledged - present)


def test_every_acknowledged_row_is_there_after_kill_9(postgres: Postgres) -> None:
    acknowledged_count, lost_count = lost_rows(postgres, 0.5)
    assert acknowledged_count > 20
    assert lost_count == 0


@pytest.mark.slow
def test_every_acknowledged_row_is_there_after_kill_9_three_times_in_a_row(postgres: Postgres) -> None:
    rounds = [lost_rows(postgres, seconds) for seconds in (1.0, 2.3, 3.7)]
    print(f"acknowledged and lost, by round: {rounds}")  # noqa: T201 - the figure is for people
    assert all(acknowledged_count > 100 for acknowledged_count, _lost_count in rounds)
    assert [lost_count for _acknowledged_count, lost_count in rounds] == [0, 0, 0]
