"""The log of the running product: JSON lines, one id from the request to the task, and no personal data."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from end_to_end.desk_client import DeskClient
from harness.people import World
from harness.processes import Product, eventually, running_product
from sqlalchemy import select

from solidarity.accounts.password_reset import password_link
from tenants.db import opened
from tenants.people.models import User
from tenants.scope import NobodyScope

PARTS = ("web", "worker", "beat")
TASK = "workers.reminders.send_mail"
Line = dict[str, Any]


@pytest.fixture(scope="module")
def world(worlds: Callable[[], AbstractContextManager[World]]) -> Iterator[World]:
    """One world for all tests of this module, because starting the processes takes long."""
    with worlds() as world:
        yield world


@pytest.fixture(scope="module")
def live(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(world.settings, tmp_path_factory.mktemp("live"), parts=PARTS) as live:
        yield live


def log_of(live: Product, part: str) -> Path:
    return live.folder / f"{part}.log"


def lines(live: Product, part: str, **values: object) -> list[Line]:
    """Return the complete log lines of one part that have these values."""
    raw_lines = log_of(live, part).read_text().splitlines(keepends=True)
    parsed = [json.loads(line) for line in raw_lines if line.endswith("\n")]
    return [line for line in parsed if values.items() <= line.items()]


def logged(live: Product, part: str, **values: object) -> Line:
    """Wait for a line with these values, and return the last one."""
    eventually(lambda: bool(lines(live, part, **values)), description=f"{part} logs {values}")
    return lines(live, part, **values)[-1]


def ask(address: str) -> int:
    try:
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(address, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def link_of(world: World) -> str:
    """Return the path, with its token, of the page on which Alice chooses a new password."""
    with world.app.test_request_context(), opened(NobodyScope()) as session:
        user = session.scalars(select(User).where(User.email == world.alice.email)).one()
        return password_link(user).removeprefix(world.settings.base_url)


def test_the_id_of_a_request_is_in_every_line_of_the_task_it_enqueues(world: World, live: Product) -> None:
    answer = DeskClient(world.alice, live.address).post("/forgot", form="/forgot", email=world.alice.email)
    assert answer.status == 302
    request = logged(live, "web", event="request.finished", endpoint="accounts.forgot", method="POST")
    assert request["status"] == 302
    assert request["duration_ms"] > 0
    task = logged(live, "worker", event="task.finished", request_id=request["request_id"])
    of_the_task = lines(live, "worker", task_id=task["task_id"])
    assert task["task"] == TASK
    assert {line["request_id"] for line in of_the_task} == {request["request_id"]}
    assert {line["logger"] for line in of_the_task} >= {"workers.base", "celery.app.trace"}


def test_a_task_that_beat_sends_has_an_id_of_its_own(live: Product) -> None:
    tick = logged(live, "worker", event="task.finished", task="workers.reminders.tick")
    assert tick["request_id"] == tick["task_id"]


def test_every_line_is_json_with_time_level_event_and_logger(world: World, live: Product) -> None:
    assert ask(f"{live.address}/") == 200
    logged(live, "web", event="request.finished", endpoint="public.front")
    logged(live, "worker", event="task.finished")
    logged(live, "beat", logger="celery.beat")
    for part in PARTS:
        for line in lines(live, part):
            assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
            assert line["level"] in {"info", "warning", "error"}
            assert line["event"]
            assert line["logger"]


def test_neither_token_nor_address_nor_query_is_logged_even_when_a_page_breaks(
    world: World, live: Product, superuser_url: str
) -> None:
    link = link_of(world)
    address = f"{live.address}{link}?mail={world.alice.email}"
    assert ask(address) == 200
    database = world.settings.database("owner").database
    with psycopg.connect(superuser_url, dbname=database, autocommit=True) as admin:
        admin.execute("alter table users rename to users_away")
        try:
            assert ask(address) == 500
        finally:
            admin.execute("alter table users_away rename to users")
    failure = logged(live, "web", event="request.failed", endpoint="accounts.reset")
    assert "SQLSTATE 42P01" in failure["exception"]
    assert failure["request_id"] == logged(live, "web", endpoint="accounts.reset", status=500)["request_id"]
    log = "".join(log_of(live, part).read_text() for part in PARTS)
    token = link.rsplit("/", 1)[1]
    assert [private for private in (token, "/reset/", world.alice.email, "mail=") if private in log] == []
