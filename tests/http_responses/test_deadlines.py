"""Every request ends and keeps nobody from signing in: slow clients, endless pages, a frozen database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from harness.people import World
from harness.processes import environment_of, eventually
from harness.services import running_postgres, temporary_folder
from pydantic import SecretStr

from solidarity.database.migrate import migrate
from solidarity.embedded import commands
from solidarity.embedded.processes import end, free_port, listens
from solidarity.http.deadlines import may_be_interrupted
from solidarity.settings import Settings

SLOW_CLIENTS = 64  # the web server has 32 threads
REQUEST_SECONDS = 3
ANSWERED_WITHIN = 2.0  # seconds


class Web:
    """A web server with pages for tests."""

    def __init__(self, port: int) -> None:
        self.port = port

    def status(self, path: str) -> int:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                answer.read()
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code

    def client(self, sent: bytes) -> socket.socket:
        """Return a connection on which `sent` has been sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(sent)
        return connection

    def sign_in_answers(self, seconds: float) -> None:
        """Fail if a page of another person takes long within the next `seconds`."""
        deadline = time.monotonic() + seconds
        while (started_at := time.monotonic()) < deadline:
            assert self.status("/sign-in") == 200
            assert time.monotonic() - started_at < ANSWERED_WITHIN
            time.sleep(0.1)


@contextmanager
def running_web(settings: Settings, log: Path) -> Iterator[Web]:
    """Start the web server over `settings`, with pages for tests, and stop it at the end."""
    port = free_port()
    command = [part.replace("solidarity.wsgi", "endless_app") for part in commands.web(host="127.0.0.1", port=port)]
    environment = environment_of(settings, REQUEST_SECONDS=str(REQUEST_SECONDS), PYTHONPATH=str(Path(__file__).parent))
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        eventually(lambda: listens(port), description=f"the web server listens; see {log}")
        web = Web(port)
        assert web.status("/sign-in") == 200
        yield web
    finally:
        end(process, (signal.SIGTERM, 10))


@pytest.fixture
def web(world: World, tmp_path: Path) -> Iterator[Web]:
    with running_web(world.settings, tmp_path / "log") as instance:
        yield instance


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /sign-in HTTP/1.1\r\nHost: local",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nemail=",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_slow_clients_keep_nobody_waiting(web: Web, sent: bytes) -> None:
    with ExitStack() as connections:
        for _ in range(SLOW_CLIENTS):
            connections.enter_context(web.client(sent))
        web.sign_in_answers(1.0)


def test_a_page_that_computes_for_ever_ends_with_a_page_of_ours_and_keeps_nobody_waiting(web: Web) -> None:
    with ThreadPoolExecutor() as pool:
        started_at = time.monotonic()
        endless = [pool.submit(web.status, "/endless") for _ in range(2)]
        web.sign_in_answers(REQUEST_SECONDS - 1)
        assert [future.result() for future in endless] == [503, 503]
        assert time.monotonic() - started_at >= REQUEST_SECONDS
    web.sign_in_answers(1.0)


def test_a_page_ends_when_its_client_has_left(world: World, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running_web(world.settings, log) as web:
        with web.client(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            time.sleep(0.2)
        eventually(
            lambda: "ClientLeft" in log.read_text(encoding="utf-8"),
            description="it ends",
            seconds=REQUEST_SECONDS - 0.5,
        )


def test_a_frozen_database_keeps_nobody_waiting_and_is_used_again_afterwards(tmp_path: Path) -> None:
    with temporary_folder() as folder, running_postgres(folder) as postgres:
        settings = Settings().model_copy(
            update={"database_url": SecretStr(postgres.make_owner("the owner's password"))}
        )
        migrate(settings)
        with running_web(settings, tmp_path / "log") as web, ThreadPoolExecutor() as pool:
            assert web.status("/database") == 200
            with frozen(postgres.pid):
                pages = [pool.submit(web.status, "/database") for _ in range(12)]
                web.sign_in_answers(REQUEST_SECONDS)
                assert {future.result() for future in pages} == {503}
            eventually(lambda: web.status("/database") == 200, description="the database is used again", seconds=10)


@contextmanager
def frozen(postmaster: int) -> Iterator[None]:
    """Stop all processes of a PostgreSQL server for a while."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
    processes = [postmaster, *map(int, children)]
    for number in processes:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in processes:
            os.kill(number, signal.SIGCONT)


def test_code_that_may_hold_a_lock_is_not_interrupted() -> None:
    condition, stop = threading.Condition(), threading.Event()

    def compute() -> None:
        while not stop.is_set():
            sum(range(1000))

    def wait() -> None:
        with condition:
            condition.wait()

    computing, waiting = threading.Thread(target=compute), threading.Thread(target=wait)
    computing.start()
    waiting.start()
    try:
        eventually(
            lambda: may_be_interrupted(computing.ident or 0), description="code of ours is interrupted", seconds=5
        )
        eventually(lambda: not may_be_interrupted(waiting.ident or 0), description="it waits", seconds=5)
        assert not any(may_be_interrupted(waiting.ident or 0) for _ in range(1000))
    finally:
        stop.set()
        with condition:
            condition.notify_all()
        computing.join()
        waiting.join()
