"""The evidence of a number, for each kind of row: an expense, a count at an event, or the chapter's own statement."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from desk.figure_pages import PARTICIPATIONS, WOMEN, Table, heading, read, words
from harness.people import Place
from harness.reporting import LAST, NOON, Reporting

from tenants.action_kit.evaluation.indicators import CORE
from tenants.action_kit.funding.budgets import add_budget_line
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import TransactionKind
from tenants.action_kit.funding.services import approve_expense, record_transaction
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import TallyKind
from tenants.action_kit.launch.services import plan_event, record_tally
from tenants.db import new_id

EVENT_AT = datetime(LAST.ends_on.year, LAST.ends_on.month, 10, 12, tzinfo=UTC)


@pytest.fixture
def dakar(reporting):
    """A chapter whose currency is the dollar."""
    return reporting.onboard("dakar", "SN")


def reported(reporting: Reporting, place: Place) -> None:
    reporting.send(place)
    reporting.approve(place)
    reporting.compile()


def test_money_opens_to_its_expense(reporting, dakar, as_person):
    alice, dana = reporting.world.alice.user_id, reporting.world.dana.user_id
    with reporting.inside(dakar) as session:
        line = add_budget_line(session, actor_id=alice, at=EVENT_AT, title="Launch event", amount_minor=10_000).id
        entry = TransactionEntry(
            kind=TransactionKind.EXPENSE,
            amount_minor=1_250,
            currency="USD",
            dated_on=EVENT_AT.date(),
            what="Sound system",
            budget_line_id=line,
        )
        transaction_id = record_transaction(session, actor_id=alice, at=EVENT_AT, form_key=new_id(), entry=entry).id
    with reporting.inside(dakar) as session:
        approve_expense(session, actor_id=dana, at=NOON, transaction_id=transaction_id, is_desk=True)
    reported(reporting, dakar)

    client = as_person(reporting.world.dana)
    assert heading(read(client, "/desk/figures/spent/2025-Q4/country/SN")) == "Money spent: $12.50"
    page = read(client, f"/desk/figures/spent/2025-Q4/chapter/{dakar.id}")
    assert Table(page).rows[1] == ["Expense", "10 Dec 2025", "Expense", "1", "$12.50"]
    assert "Sound system" not in page, "what was bought stays in the chapter"
    address, _, anchor = Table(page).links[0].partition("#")
    assert f'id="{anchor}"' in read(client, address)


def test_what_was_counted_at_an_event_opens_to_the_event_and_is_never_one_sum(reporting, dakar, as_person):
    alice = reporting.world.alice.user_id
    with reporting.inside(dakar) as session:
        entry = EventEntry("Launch in the stadium", "Stadium", "Town hall", "UTC", EVENT_AT, None)
        event_id = plan_event(session, actor_id=alice, at=EVENT_AT, entry=entry).id
        for kind, people in ((TallyKind.ATTENDANCE, 40), (TallyKind.SIGNUPS, 7)):
            record_tally(
                session, actor_id=alice, at=EVENT_AT, event_id=event_id, kind=kind, counts={WOMEN: people}, seen=0
            )
    reported(reporting, dakar)

    client = as_person(reporting.world.dana)
    for indicator, value, name in (
        ("participations", "40", "People counted at an event"),
        ("signups_tallied", "7", "Sign-ups counted at an event"),
    ):
        page = read(client, f"/desk/figures/{indicator}/2025-Q4/chapter/{dakar.id}")
        assert Table(page).rows[1] == ["Launch in the stadium", "10 Dec 2025", name, "1", value]
        assert "47" not in words(page)
        address, _, anchor = Table(page).links[0].partition("#")
        assert f'id="{anchor}"' in read(client, address)
    assert not re.search(r"\b47\b", words(read(client, "/desk")))


def test_a_chapter_where_nothing_was_done_has_reported_that(reporting, dakar, as_person):
    reported(reporting, dakar)
    page = read(as_person(reporting.world.dana), f"{PARTICIPATIONS}/chapter/{dakar.id}")
    assert heading(page) == "Participations: 0"
    assert "The chapter reported that nothing was recorded for this period." in words(page)


@pytest.mark.parametrize("indicator", CORE, ids=lambda indicator: indicator.code)
def test_every_indicator_has_its_definition_and_says_what_may_be_added_up(reporting, as_person, indicator):
    page = words(read(as_person(reporting.world.dana), f"/desk/figures/{indicator.code}/2025-Q4/world/world"))
    assert str(indicator.definition) in page
    assert "What can be added up" in page
