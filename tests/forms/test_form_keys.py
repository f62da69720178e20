"""Forms that create something, sent more than once. tests/isolation/entry_points sends those of every route twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from harness.databases import owner_connection
from harness.people import World
from time_machine import travel

from tenants import clock
from tenants.form_keys import RETENTION
from workers.celery_factory import make_celery

NEW_SOURCE = "/c/recife/funding/sources/new"
SOURCE = {"name": "Cidade", "kind": "donor", "state": "pledged", "amount": "10", "currency": "BRL"}
NEW_EVENT = "/c/recife/launch/event"
Count = Callable[[str], int]


@pytest.fixture
def alice(world: World) -> FlaskClient:
    return world.browser_of(world.alice)


@pytest.fixture
def count(world: World) -> Count:
    def count_rows(table: str) -> int:
        with owner_connection(world.settings) as owner:
            return len(owner.execute(f"select id from {table}").fetchall())

    return count_rows


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(csrf_token|form_key|seen)"[^>]*value="([^"]+)"', page))


def opened_form(client: FlaskClient, address: str) -> dict[str, str]:
    return hidden_fields(client.get(address).get_data(as_text=True))


def test_a_source_sent_again_leads_to_the_same_page_and_is_saved_once(alice: FlaskClient, count: Count) -> None:
    body = {**opened_form(alice, NEW_SOURCE), **SOURCE}
    first, second = alice.post(NEW_SOURCE, data=body), alice.post(NEW_SOURCE, data=body)
    assert (second.status_code, second.location) == (302, first.location)
    assert "This was already saved." in alice.get(second.location).get_data(as_text=True)
    assert count("funding_sources") == 1


def test_a_launch_sent_again_is_not_told_that_there_is_one(alice: FlaskClient, count: Count) -> None:
    day = (clock.now() + timedelta(days=60)).date().isoformat()
    event = {"title": "Launch", "held_on": day, "start_time": "10:00", "zone": "UTC"}
    body = {**opened_form(alice, NEW_EVENT), **event}
    assert [alice.post(NEW_EVENT, data=body).status_code for _ in range(2)] == [302, 302]
    assert count("launch_events") == 1


def test_other_values_under_a_used_key_are_kept_and_saved_only_on_request(alice: FlaskClient, count: Count) -> None:
    body = {**opened_form(alice, NEW_SOURCE), **SOURCE}
    alice.post(NEW_SOURCE, data=body)
    answer = alice.post(NEW_SOURCE, data={**body, "name": "Estado"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "already saved, with other values" in page
    assert 'value="Estado"' in page
    assert count("funding_sources") == 1
    assert hidden_fields(page)["form_key"] != body["form_key"]
    assert alice.post(NEW_SOURCE, data={**body, **hidden_fields(page), "name": "Estado"}).status_code == 302
    assert count("funding_sources") == 2


def test_a_refused_form_leaves_its_key_unused(alice: FlaskClient, count: Count) -> None:
    body = {**opened_form(alice, NEW_SOURCE), **SOURCE}
    assert alice.post(NEW_SOURCE, data={**body, "name": ""}).status_code == 422
    assert count("form_keys") == 0
    assert alice.post(NEW_SOURCE, data=body).status_code == 302
    assert (count("form_keys"), count("funding_sources")) == (1, 1)


def test_a_key_is_used_on_one_page_only(alice: FlaskClient, count: Count) -> None:
    body = {**opened_form(alice, NEW_SOURCE), **SOURCE}
    alice.post(NEW_SOURCE, data=body)
    line = {**body, "title": "Printing"}
    assert alice.post("/c/recife/funding/budget/new", data=line).status_code == 409
    assert count("budget_lines") == 0


@pytest.mark.parametrize("key", ["", "1", "no-key"])
def test_a_form_without_its_key_is_a_bad_request(alice: FlaskClient, key: str) -> None:
    body = {**opened_form(alice, NEW_SOURCE), **SOURCE, "form_key": key}
    assert alice.post(NEW_SOURCE, data=body).status_code == 400


def test_the_daily_upkeep_forgets_keys_after_some_weeks_and_keeps_younger_ones(
    world: World, alice: FlaskClient, count: Count
) -> None:
    for name in ("Cidade", "Porto"):
        alice.post(NEW_SOURCE, data={**opened_form(alice, NEW_SOURCE), **SOURCE, "name": name})
    with owner_connection(world.settings) as owner:
        (oldest,) = owner.execute("select min(used_at) from form_keys").fetchone() or (None,)
    assert oldest is not None
    celery = make_celery(world.app)
    celery.loader.import_default_modules()
    task = celery.tasks["workers.upkeep.clear_old_rows"]
    just_now = oldest + RETENTION
    for moment, deletions in ((just_now, 0), (just_now + timedelta(milliseconds=1), 1), (just_now, 0)):
        with travel(moment, tick=False):
            assert task() == deletions
    assert count("form_keys") == 1
    assert count("funding_sources") == 2
