"""Valkey is killed, stalled and flushed, PostgreSQL is killed during sending. Each mail arrives once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from faults.conftest import MakeWorkers
from faults.test_workers import each_arrives_once
from harness.databases import running_app
from harness.deliveries import invite_people
from harness.mail_server import MailServer
from harness.mail_sink import point_mail_at
from harness.people import World, make_world
from harness.services import running_postgres, running_valkey, temporary_folder
from harness.worker_processes import ShortWaits, WorkerProcesses
from pydantic import SecretStr

from solidarity.database.migrate import migrate
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey
from solidarity.settings import Settings

INVITATION_COUNT = 40
STALL_SECONDS = 3.0


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A separate Valkey for one test."""
    with running_valkey(tmp_path) as valkey:
        yield valkey


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A separate PostgreSQL with fsync, for one test."""
    with temporary_folder() as folder, running_postgres(folder) as postgres:
        yield postgres


def test_mails_arrive_once_though_valkey_is_killed_stalled_and_flushed(
    world: World, make_workers: MakeWorkers, mail_server: MailServer, valkey: Valkey
) -> None:
    workers = make_workers(redis_url=SecretStr(valkey.url))
    mail_server.delay = 0.05
    first = invite_people(world, INVITATION_COUNT, "early")
    workers.start("worker", "beat")
    workers.eventually(lambda: mail_server.to(*first.addresses).total() > 0, description="the first mail arrives")
    valkey.kill()
    second = invite_people(world, INVITATION_COUNT, "during")
    time.sleep(0.5)
    valkey.start()
    each_arrives_once(workers, mail_server, first)

    os.kill(valkey.pid, signal.SIGSTOP)
    time.sleep(STALL_SECONDS)
    os.kill(valkey.pid, signal.SIGCONT)
    with redis.Redis.from_url(valkey.url) as broker:
        broker.flushall()
    each_arrives_once(workers, mail_server, second)
    third = invite_people(world, INVITATION_COUNT, "late")
    each_arrives_once(workers, mail_server, third)


@pytest.mark.slow
def test_mails_arrive_once_though_the_database_is_stopped_hard(
    postgres: Postgres, mail_server: MailServer, tmp_path: Path
) -> None:
    settings = Settings().model_copy(update={"database_url": SecretStr(postgres.make_owner("the owner's password"))})
    migrate(settings)
    mail_server.delay = 0.05
    with running_app(settings) as app:
        with app.app_context():
            world = make_world().placed(app, settings)
        invitations = invite_people(world, INVITATION_COUNT)
        settings = point_mail_at(app, port=mail_server.port, outbox=mail_server.folder)
        with WorkerProcesses.over(settings, tmp_path / "logs", ShortWaits(attempts=30)) as workers:
            workers.start("worker", "beat")
            for stop in (signal.SIGKILL, signal.SIGQUIT):  # SIGQUIT is PostgreSQL's immediate shutdown
                before = mail_server.to().total()
                workers.eventually(lambda: mail_server.to().total() > before + 3, description="mail goes out")  # noqa: B023
                os.kill(postgres.pid, stop)
                time.sleep(1)
                postgres.restart()
            each_arrives_once(workers, mail_server, invitations)
