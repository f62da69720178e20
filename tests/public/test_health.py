"""GET /healthz: the state of each part of the system, judged by its last finished work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from harness.databases import superuser_connection
from harness.people import World
from pydantic import SecretStr
from sqlalchemy import update

from solidarity.app import create_app
from solidarity.public.health import HealthProbes
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.scope import NobodyScope
from tenants.work import FinishedWork, ProcessKind
from workers.base import note_finished

WELL = {"database": "ok", "walls": "ok", "broker": "ok", "worker": "ok", "beat": "ok"}
CLOSED_ADDRESS = "127.0.0.1:9"  # no server listens on this port


@pytest.fixture
def healthy_world(world: World) -> World:
    """Worker and beat have just finished something."""
    with world.app.app_context():
        for process in ProcessKind:
            note_finished(process)
    return world


def make_older(world: World, process: ProcessKind, seconds: float) -> None:
    with world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        moment = clock.now() - timedelta(seconds=seconds)
        session.execute(update(FinishedWork).where(FinishedWork.who == process).values(finished_at=moment))


def health_over(settings: Settings) -> tuple[int, dict[str, str]]:
    answer = create_app(settings).test_client().get("/healthz")
    return answer.status_code, answer.get_json()


def test_all_is_well(healthy_world: World, client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, WELL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("process", list(ProcessKind))
def test_who_finished_nothing_for_a_minute_is_named(
    healthy_world: World, client: FlaskClient, process: ProcessKind
) -> None:
    make_older(healthy_world, process, 55)
    assert client.get("/healthz").status_code == 200
    make_older(healthy_world, process, 75)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json() == WELL | {process: "has finished nothing for 75 seconds"}


def test_who_never_finished_anything_is_named(world: World, client: FlaskClient) -> None:
    message = "has finished nothing yet"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, WELL | {"worker": message, "beat": message})


def test_a_broker_that_is_away_is_named(healthy_world: World) -> None:
    settings = healthy_world.settings.model_copy(update={"redis_url": SecretStr(f"redis://{CLOSED_ADDRESS}/0")})
    assert health_over(settings) == (503, WELL | {"broker": "does not answer"})


def test_a_database_that_is_away_is_named(healthy_world: World) -> None:
    settings = healthy_world.settings.model_copy(
        update={"database_url": SecretStr(f"postgresql://o:o@{CLOSED_ADDRESS}/solidarity")}
    )
    status, parts = health_over(settings)
    assert status == 503
    assert parts == {
        "database": "does not answer",
        "walls": "not known while the database does not answer",
        "broker": "ok",
        "worker": "not known while the database does not answer",
        "beat": "not known while the database does not answer",
    }


def test_a_fallen_wall_is_named_within_a_minute_and_no_longer_once_it_is_mended(
    world: World, superuser_url: str
) -> None:
    health = HealthProbes(world.settings)
    moment = clock.now()

    def walls_after(statement: str, seconds: int) -> str:
        with superuser_connection(world.settings, superuser_url) as connection:
            connection.execute(statement.encode())
        return health.look(moment + timedelta(seconds=seconds))["walls"]

    assert walls_after("select 1", 0) == "ok"
    assert walls_after("alter table activities no force row level security", 59) == "ok"
    assert walls_after("select 1", 60) == "differ from the migrations; see solidarity doctor"
    assert walls_after("alter table activities force row level security", 120) == "ok"


def test_a_fallen_wall_makes_the_answer_503(healthy_world: World, superuser_url: str) -> None:
    with superuser_connection(healthy_world.settings, superuser_url) as connection:
        connection.execute("drop policy wall on activities")
    fallen = WELL | {"walls": "differ from the migrations; see solidarity doctor"}
    assert health_over(healthy_world.settings) == (503, fallen)


def test_pages_work_without_the_broker_and_say_so(healthy_world: World) -> None:
    settings = healthy_world.settings.model_copy(update={"redis_url": SecretStr(f"redis://{CLOSED_ADDRESS}/0")})
    page = create_app(settings).test_client().get("/")
    assert page.status_code == 200
    assert "What you save is kept, but figures and emails are delayed" in page.get_data(as_text=True)
    assert "What you save is kept, but figures and emails are delayed" not in create_app(
        healthy_world.settings
    ).test_client().get("/").get_data(as_text=True)
