"""Undo of sources, transactions and budgets."""

from __future__ import annotations

import re
from uuid import UUID

from harness.people import post
from undoing.recife import CHAPTER_URL, every
from undoing.undo_button import act, press, undo_forms

from tenants import clock
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding.models import FundingSource, SourceKind, SourceState, Transaction
from tenants.db import opened
from tenants.scope import ChapterScope


def changed_today(kind: str, side: UUID, description: str) -> dict[str, str]:
    """Return the form of a transaction of five reais today, from a source or for a budget line."""
    day = clock.local_day(clock.now(), "America/Recife").isoformat()
    fields = {"kind": kind, "side": str(side), "what": description, "amount": "5", "currency": "BRL"}
    return fields | {"dated_on": day, "form_key": str(side)}


def test_a_source_goes_again_unless_money_came_from_it(world, as_person):
    alice = as_person(world.alice)
    fields = {"name": "City", "kind": "donor", "state": "pledged", "amount": "10", "currency": "BRL"}
    undo = act(alice, f"{CHAPTER_URL}/funding/sources/new", **fields)
    assert press(alice, undo)[0] == "status"
    assert every(world, FundingSource) == []
    undo = act(alice, f"{CHAPTER_URL}/funding/sources/new", **fields)
    (source,) = every(world, FundingSource)
    act(alice, f"{CHAPTER_URL}/funding/transactions/new", **changed_today("income", source.id, "First part"))
    assert press(alice, undo) == ("alert", "Money from this source is already recorded, so it cannot be removed.")
    assert len(every(world, FundingSource)) == 1


def test_money_that_came_gets_its_counter_entry_and_that_cannot_be_undone(world, as_person):
    alice = as_person(world.alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        source = budgets.add_source(
            session,
            actor_id=world.alice.user_id,
            at=clock.now(),
            name="City",
            kind=SourceKind.DONOR,
            state=SourceState.COMMITTED,
            amount_minor=1000,
            currency="BRL",
        )
    undo = act(alice, f"{CHAPTER_URL}/funding/transactions/new", **changed_today("income", source.id, "First part"))
    assert press(alice, undo)[0] == "status"
    amounts = {row.kind: row.amount_minor for row in every(world, Transaction)}
    assert amounts == {"income": 500, "reversal": 500}
    assert press(alice, undo)[0] == "alert"
    assert len(every(world, Transaction)) == 2


def test_an_expense_that_waits_offers_no_undo(world, as_person):
    alice = as_person(world.alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = budgets.add_budget_line(
            session, actor_id=world.alice.user_id, at=clock.now(), title="Hall", amount_minor=1000
        )
    response = post(alice, f"{CHAPTER_URL}/funding/transactions/new", **changed_today("expense", line.id, "Rent"))
    assert not undo_forms(alice.get(response.location).get_data(as_text=True))


def test_a_budget_is_revised_back(world, as_person):
    alice = as_person(world.alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = budgets.add_budget_line(
            session, actor_id=world.alice.user_id, at=clock.now(), title="Hall", amount_minor=1000
        )
    undo = act(alice, f"{CHAPTER_URL}/funding/budget/{line.id}/revision", seen="1", amount="99", reason="More people")
    assert press(alice, undo)[0] == "status"
    page = alice.get(f"{CHAPTER_URL}/funding/budget/{line.id}/revision").get_data(as_text=True)
    assert "The previous change was undone." in page
    assert re.findall(r'<b class="num"><bdi>[^<]*?(\d+)', page) == ["10", "99", "10"]
