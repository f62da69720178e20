"""Removal of what was added by mistake and is not used: at any time, and undone like any other change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.people import World, post
from sqlalchemy import select
from sqlalchemy.orm import Session
from undoing.undo_button import act, after, flashes, press

from tenants import clock
from tenants.action_kit.funding import budgets, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import (
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    SourceState,
    Transaction,
    TransactionKind,
)
from tenants.action_kit.launch import services as launch
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import ChecklistItem
from tenants.db import new_id, opened
from tenants.errors import Refused
from tenants.scope import ChapterScope

FUNDING = "/c/recife/funding"
LONG_AGO = clock.now() - timedelta(days=60)  # beyond the week in which adding it can be undone
DAY = clock.local_day(LONG_AGO, "America/Recife")


@pytest.fixture
def alice(world: World) -> FlaskClient:
    return world.browser_of(world.alice)


@contextmanager
def opened_in_recife(world: World) -> Iterator[Session]:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        yield session


def by_alice(world: World) -> dict[str, Any]:
    return {"actor_id": world.alice.user_id, "at": LONG_AGO}


def line_of(world: World) -> BudgetLine:
    with opened_in_recife(world) as session:
        return budgets.add_budget_line(session, **by_alice(world), title="Hall", amount_minor=1_000)


def source_of(world: World) -> FundingSource:
    fields: Any = {"kind": SourceKind.DONOR, "state": SourceState.PLEDGED, "amount_minor": 500, "currency": "BRL"}
    with opened_in_recife(world) as session:
        return budgets.add_source(session, **by_alice(world), name="City", **fields)


def spend(world: World, session: Session, line: BudgetLine) -> Transaction:
    entry = TransactionEntry(TransactionKind.EXPENSE, 10, "BRL", DAY, "Sound", budget_line_id=line.id)
    return services.record_transaction(session, **by_alice(world), form_key=new_id(), entry=entry)


def contents(world: World, *models: Any) -> list[dict[str, Any]]:
    """Return all columns of all rows of models in Recife."""
    with opened_in_recife(world) as session:
        return [
            {column.key: getattr(row, column.key) for column in model.__table__.columns}
            for model in models
            for row in session.scalars(select(model).order_by(model.id))
        ]


def test_a_budget_line_is_removed_with_its_revisions_and_comes_back_whole(alice: FlaskClient, world: World) -> None:
    line = line_of(world)
    with opened_in_recife(world) as session:
        budgets.revise_budget(
            session, **by_alice(world), line_id=line.id, seen=1, amount_minor=7, reason="A smaller hall"
        )
    before = contents(world, BudgetLine, BudgetRevision)
    assert len(before) == 3
    undo = act(alice, f"{FUNDING}/budget/{line.id}/removal")
    assert contents(world, BudgetLine, BudgetRevision) == []
    assert "Hall" in alice.get("/c/recife/trail").get_data(as_text=True)
    assert press(alice, undo)[0] == "status"
    assert contents(world, BudgetLine, BudgetRevision) == before


def test_a_source_is_removed_and_comes_back_whole(alice: FlaskClient, world: World) -> None:
    source = source_of(world)
    before = contents(world, FundingSource)
    assert f"{source.id}/removal" in alice.get(FUNDING).get_data(as_text=True)
    undo = act(alice, f"{FUNDING}/sources/{source.id}/removal")
    assert contents(world, FundingSource) == []
    assert press(alice, undo)[0] == "status"
    assert contents(world, FundingSource) == before


def test_a_line_with_an_expense_stays_even_if_the_expense_counts_nowhere(alice: FlaskClient, world: World) -> None:
    line = line_of(world)
    with opened_in_recife(world) as session:
        expense = spend(world, session, line)
        services.refuse_expense(
            session, actor_id=world.dana.user_id, at=LONG_AGO, transaction_id=expense.id, reason="Twice", is_desk=True
        )
    answer = post(alice, f"{FUNDING}/budget/{line.id}/removal", form=FUNDING)
    assert [words for _, words in flashes(after(alice, answer))] == [
        "Transactions on this budget line are already recorded, so it cannot be removed."
    ]
    assert len(contents(world, BudgetLine, BudgetRevision)) == 2


def test_a_line_is_not_removed_while_an_expense_on_it_is_being_recorded(world: World) -> None:
    line, refusals = line_of(world), list[Refused]()

    def remove() -> None:
        try:
            with opened_in_recife(world) as session:
                budgets.remove_budget_line(session, **by_alice(world), line_id=line.id)
        except Refused as error:
            refusals.append(error)

    with opened_in_recife(world) as session:
        spend(world, session, line)
        removal = threading.Thread(target=remove)
        removal.start()
        removal.join(0.5)
        assert removal.is_alive(), "it waits for the expense"
    removal.join(20)
    assert [list(error.errors) for error in refusals] == [["decision"]]
    assert len(contents(world, BudgetLine, BudgetRevision, Transaction)) == 3


@pytest.fixture
def item(world: World) -> ChecklistItem:
    """The chapter's own item of a checklist."""
    start = clock.now() + timedelta(days=90)
    with opened_in_recife(world) as session:
        event = launch.plan_event(
            session, **by_alice(world), entry=EventEntry("Marco zero", "", "", "UTC", start, None)
        )
        return launch.add_item(
            session, **by_alice(world), event_id=event.id, title="Flowers", due_on=event.held_on - timedelta(days=2)
        )


def test_an_own_item_is_removed_and_comes_back(alice: FlaskClient, world: World, item: ChecklistItem) -> None:
    before = contents(world, ChecklistItem)
    undo = act(alice, f"/c/recife/launch/items/{item.id}/removal")
    assert contents(world, ChecklistItem) == [row for row in before if row["id"] != item.id]
    assert press(alice, undo)[0] == "status"
    assert contents(world, ChecklistItem) == before


def test_a_removed_item_comes_back_although_another_one_took_its_place(
    alice: FlaskClient, world: World, item: ChecklistItem
) -> None:
    undo = act(alice, f"/c/recife/launch/items/{item.id}/removal")
    with opened_in_recife(world) as session:
        launch.add_item(session, **by_alice(world), event_id=item.event_id, title="Water", due_on=item.due_on)
    assert press(alice, undo)[0] == "status"
    titles = [row["title"] for row in contents(world, ChecklistItem) if row["title"]]
    assert sorted(titles) == ["Flowers", "Water"]


@pytest.mark.parametrize("make_unremovable", ["done", "ours"])
def test_an_item_that_is_done_or_ours_stays(
    alice: FlaskClient, world: World, item: ChecklistItem, make_unremovable: str
) -> None:
    with opened_in_recife(world) as session:
        item_id = item.id
        if make_unremovable == "done":
            launch.finish_item(session, **by_alice(world), item_id=item.id)
        else:
            item_id = session.scalars(select(ChecklistItem.id).where(ChecklistItem.code.is_not(None)).limit(1)).one()
    before = contents(world, ChecklistItem)
    answer = post(alice, f"/c/recife/launch/items/{item_id}/removal", form="/c/recife/launch")
    assert answer.status_code == 422
    assert "Only items that the chapter added and that are not done can be removed." in answer.get_data(as_text=True)
    assert contents(world, ChecklistItem) == before


@pytest.mark.parametrize("address", ["budget/{}/removal", "sources/{}/removal"])
def test_bob_and_charlie_remove_nothing(world: World, address: str) -> None:
    row = line_of(world) if address.startswith("budget") else source_of(world)
    for reader in (world.bob, world.charlie):
        answer = post(world.browser_of(reader), f"{FUNDING}/{address.format(row.id)}", form="/me")
        assert answer.status_code == 404
    assert contents(world, BudgetLine, FundingSource) != []
