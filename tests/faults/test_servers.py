"""Valkey killed, stalled, flushed; PostgreSQL stopped hard in the middle of sending: each mail arrives once."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from clones import running
from faults.conftest import Launch
from faults.fleet import fleet_over
from faults.guests import invite_guests
from faults.hostile_sink import HostileSink
from faults.hurry import Hurry
from faults.test_workers import each_arrives_once
from mailroom import point_mail_at
from people import World, make_world
from pydantic import SecretStr

from solidarity.database.migrate import migrate
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey
from solidarity.settings import Settings

GUESTS = 40
STALL_SECONDS = 3.0


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of this test's own."""
    valkey = Valkey(tmp_path / "valkey").start()
    yield valkey
    valkey.stop()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this test's own that writes for good."""
    home = Path(tempfile.mkdtemp(prefix="solidarity-stopped-"))
    home.chmod(0o755)
    postgres = Postgres(home).start()
    yield postgres
    postgres.stop()
    shutil.rmtree(home, ignore_errors=True)


def test_mails_arrive_once_though_valkey_is_killed_stalled_and_flushed(
    world: World, fleet_of: Launch, sink: HostileSink, valkey: Valkey
) -> None:
    fleet = fleet_of(redis_url=SecretStr(valkey.url))
    sink.slowness = 0.05
    first = invite_guests(world, GUESTS, "early")
    fleet.start("worker", "beat")
    fleet.eventually(lambda: sink.to(*first.keys()).total() > 0, what="the first mail arrives")
    valkey.kill()
    second = invite_guests(world, GUESTS, "during")
    time.sleep(0.5)
    valkey.start()
    each_arrives_once(fleet, sink, first)

    os.kill(valkey.pid, signal.SIGSTOP)
    time.sleep(STALL_SECONDS)
    os.kill(valkey.pid, signal.SIGCONT)
    with redis.Redis.from_url(valkey.url) as broker:
        broker.flushall()
    each_arrives_once(fleet, sink, second)
    third = invite_guests(world, GUESTS, "late")
    each_arrives_once(fleet, sink, third)


@pytest.mark.slow
def test_mails_arrive_once_though_the_database_is_stopped_hard(
    postgres: Postgres, sink: HostileSink, tmp_path: Path
) -> None:
    settings = Settings().model_copy(update={"database_url": SecretStr(postgres.make_owner("the owner's password"))})
    migrate(settings)
    sink.slowness = 0.05
    with running(settings) as app:
        with app.app_context():
            world = make_world().placed(app, settings)
        guests = invite_guests(world, GUESTS)
        settings = point_mail_at(app, port=sink.port, outbox=sink.folder)
        with fleet_over(settings, tmp_path / "logs", Hurry(attempts=30)) as fleet:
            fleet.start("worker", "beat")
            for stop in (signal.SIGKILL, signal.SIGQUIT):  # SIGQUIT is its own immediate shutdown
                before = sink.to().total()
                fleet.eventually(lambda: sink.to().total() > before + 3, what="mail goes out")  # noqa: B023
                os.kill(postgres.pid, stop)
                time.sleep(1)
                postgres.restart()
            each_arrives_once(fleet, sink, guests)
