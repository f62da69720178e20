"""Removal of an activity with a reason, and the hint that two entries look like the same event."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from harness.activity_form import WELL_FILLED, send
from harness.databases import owner_connection
from harness.people import Person, World, post
from psycopg import errors as refused_by

from tenants.action_kit.activities.queries import own_totals
from tenants.action_kit.activities.services import withdraw_activity
from tenants.db import new_id, opened
from tenants.scope import ChapterScope

NEW = "/c/recife/activities/new"
LATER = datetime(2027, 1, 1, tzinfo=UTC)  # long after the week of undo
HINT = "Another entry of this day looks like the same event."


@pytest.fixture
def alice(world: World, as_person: Callable[[Person], FlaskClient]) -> FlaskClient:
    return as_person(world.alice)


@pytest.fixture
def activity(alice: FlaskClient) -> str:
    """The address of an activity that Alice has logged."""
    return send(alice, NEW).location


def page(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def totals_of(world: World) -> tuple[int, int]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        totals = own_totals(session)
    return totals.activities, totals.people


def withdraw(world: World, address: str, reason: str = "Logged twice") -> bool:
    fields: Any = {"actor_id": world.alice.user_id, "at": LATER, "activity_id": UUID(address.rsplit("/", 1)[1])}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return withdraw_activity(session, **fields, reason=reason)


def test_a_removed_activity_counts_nowhere_and_its_reason_stays(
    alice: FlaskClient, world: World, activity: str
) -> None:
    assert f"{activity}/withdrawal" in page(alice, activity)
    answer = post(alice, f"{activity}/withdrawal", reason="Logged twice")
    assert answer.location == activity
    html = page(alice, activity)
    assert "This entry was removed. It is not counted anywhere." in html
    assert "Logged twice" in html
    assert "Roda de conversa" in html
    assert f"{activity}/withdrawal" not in html
    assert totals_of(world) == (0, 0)
    trail = page(alice, "/c/recife/trail")
    assert "Removed an activity" in trail
    assert trail.count("Roda de conversa") == 2  # once logged, once removed


@pytest.mark.parametrize("reason", ["", " \n", "\u2060\u200b"])
def test_a_reason_is_needed(alice: FlaskClient, world: World, activity: str, reason: str) -> None:
    answer = post(alice, f"{activity}/withdrawal", reason=reason)
    assert answer.status_code == 422
    assert "Enter the reason." in answer.get_data(as_text=True)
    assert totals_of(world) == (1, 44)


def test_it_is_removed_once_and_keeps_the_first_reason(alice: FlaskClient, world: World, activity: str) -> None:
    assert [withdraw(world, activity), withdraw(world, activity, "Another reason")] == [True, False]
    assert "Another reason" not in page(alice, activity)
    answer = send(alice, f"{activity}/revision", title="Corrected")
    assert "This entry was removed. Log it again." in page(alice, answer.location)


def test_two_removals_at_once_give_one(world: World, activity: str) -> None:
    outcomes, barrier = list[bool](), threading.Barrier(2)

    def press() -> None:
        barrier.wait(10)
        outcomes.append(withdraw(world, activity))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == [False, True]


def test_bob_reads_and_removes_nothing(world: World, activity: str) -> None:
    bob = world.browser_of(world.bob)
    assert bob.get(f"{activity}/withdrawal").status_code == 404
    assert post(bob, f"{activity}/withdrawal", form="/me", reason="No").status_code == 404
    assert totals_of(world) == (1, 44)


@pytest.mark.parametrize(
    "values",
    [
        "withdrawn_at = now()",
        "withdrawn_reason = 'x'",
        "withdrawn_at = now(), withdrawn_by = id, withdrawn_reason = ''",
    ],
)
def test_the_database_stores_no_half_withdrawal(world: World, activity: str, values: str) -> None:
    assert activity
    with owner_connection(world.settings) as owner, pytest.raises(refused_by.CheckViolation):
        owner.execute(f"update activities set {values}")


@pytest.mark.parametrize(
    ("changes", "is_similar"),
    [
        ({"title": WELL_FILLED["title"].upper(), "place": "Elsewhere"}, True),
        ({"title": "Another title"}, True),  # of the same kind, at the same place
        ({"title": "Another title", "place": ""}, False),
        ({"title": "Another title", "kind": "training"}, False),
        ({"held_on": "2026-01-20"}, False),
    ],
)
def test_two_entries_that_look_like_one_event_get_a_hint_and_both_count(
    alice: FlaskClient, world: World, activity: str, changes: dict[str, str], is_similar: bool
) -> None:
    second = send(alice, NEW, form_key=str(new_id()), **changes).location
    assert (HINT in page(alice, second)) == (HINT in page(alice, activity)) == is_similar
    assert totals_of(world) == (2, 88)
    withdraw(world, second)
    assert HINT not in page(alice, activity)
