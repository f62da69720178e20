"""The page of step 3 as the chapter reads it: sums agree with their parts, and dollars name their exchange rate."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from harness.people import World, post
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from solidarity.chapter.funding.amounts import Reader
from tenants import clock
from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import ExchangeRate, SourceKind, SourceState, TransactionKind
from tenants.action_kit.funding.rates import load_rates
from tenants.action_kit.funding.sources import list_sources
from tenants.db import new_id, opened
from tenants.scope import ChapterScope

FUNDING = "/c/recife/funding"
NOW = clock.now()
DAY = clock.local_day(NOW, "America/Recife")


def recife(world: World) -> AbstractContextManager[Session]:
    return opened(ChapterScope(world.recife.id))


def give(world: World, session: Session, **source: Any) -> UUID:
    values = {"name": "City", "kind": SourceKind.DONOR, "currency": "BRL", **source}
    return budgets.add_source(session, actor_id=world.alice.user_id, at=NOW, **values).id


def load(world: World, *lines: str) -> None:
    engine = create_engine(world.settings.database("owner"))
    with engine.begin() as owner:
        load_rates(owner, ["currency,starts_on,per_usd\n", *lines])
    engine.dispose()


@pytest.fixture
def funded_world(world: World) -> World:
    """A budget of BRL 100 and five sources, one of them in kind and one in another currency."""
    with world.app.app_context(), recife(world) as session:
        budgets.add_budget_line(
            session, actor_id=world.alice.user_id, at=NOW, title="Launch event", amount_minor=10_000
        )
        own_id = give(world, session, name="Own", state=SourceState.COMMITTED, amount_minor=2_000)
        give(world, session, name="Town", state=SourceState.COMMITTED, amount_minor=3_000)
        give(world, session, name="Port", state=SourceState.PLEDGED, amount_minor=900)
        give(world, session, name="Hall", state=SourceState.PLEDGED, amount_minor=7_000, kind=SourceKind.IN_KIND)
        fund_id = give(world, session, name="Fund", state=SourceState.COMMITTED, amount_minor=5_000, currency="EUR")
        for source_id, amount, currency in ((own_id, 2_000, "BRL"), (fund_id, 4_000, "EUR")):
            entry = TransactionEntry(TransactionKind.INCOME, amount, currency, DAY, "Transfer", source_id=source_id)
            by_alice: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOW}
            services.record_transaction(session, **by_alice, form_key=new_id(), entry=entry)
    return world


def test_sources_add_up_to_the_row_under_them(funded_world: World) -> None:
    with funded_world.app.app_context(), recife(funded_world) as session:
        rows = [row for row in list_sources(session, currency="BRL") if row.source.kind != SourceKind.IN_KIND]
        totals = queries.totals(session, currency="BRL")
    sums = sum(row.agreed for row in rows), sum(row.arrived for row in rows)
    assert sums == (totals.agreed, totals.arrived) == (5_000, 2_000)
    assert totals.elsewhere == 1


def test_alice_reads_dollars_at_the_rate_of_the_day(funded_world: World) -> None:
    browser = funded_world.browser_of(funded_world.alice)
    without = browser.get(FUNDING).text
    assert "There is no exchange rate for this currency yet" in without
    assert "with USD below" not in without
    load(funded_world, f"BRL,{DAY - timedelta(days=40)},4\n", f"BRL,{DAY},5\n", f"BRL,{DAY + timedelta(days=1)},9\n")
    page = browser.get(FUNDING).text
    assert re.search(r"USD\s1 is BRL\s5 at the UN operational rate of ", page)
    assert re.search(r"<b><bdi>BRL\s50</bdi></b><span><bdi>USD\s10</bdi></span>", page), "still to find: BRL 50"
    assert re.search(r"Pledged: EUR\s50", page)
    assert re.search(r"EUR\s40</bdi> unconverted", page), "what came is in its row"
    assert "1 amount in another currency has no exchange rate." in page
    assert "As of " in page


def test_gifts_in_kind_stand_apart(funded_world: World) -> None:
    page = funded_world.browser_of(funded_world.bob).get(FUNDING).text
    table = page[page.index("Sources of funding</h2>") : page.index("In-kind contributions")]
    assert "Port" in table
    assert "Hall" not in table
    assert re.search(r"Hall</bdi> <bdi[^>]*>BRL\s70", page)
    assert "Mark as agreed" not in page, "bob reads, he changes nothing"


def test_a_chapter_without_money_reads_what_to_do_and_no_empty_table(world: World) -> None:
    page = world.browser_of(world.alice).get(FUNDING).text
    assert "<thead>" not in page
    assert "A list on paper can be copied line by line" in page
    assert 'href="/c/recife/funding/budget/new"' in page
    assert 'href="/c/recife/funding/budget/new"' not in world.browser_of(world.bob).get(FUNDING).text


@given(st.integers(-(10**12), 10**12), st.decimals("0.000001", "100000", places=6))
def test_dollars_for_reading_are_whole_and_never_lose_their_sign(minor: int, per_usd: Decimal) -> None:
    text = Reader("BRL", ExchangeRate(currency="BRL", starts_on=date(2026, 2, 1), per_usd=per_usd)).dollars(minor)
    dollars = int(text.replace(",", "").replace("\u2212", "-"))
    assert abs(dollars - Decimal(minor) / 100 / per_usd) <= Decimal("0.505")


def test_a_first_transaction_offers_to_make_its_line_or_source(world: World) -> None:
    alice = world.browser_of(world.alice)
    page = alice.get(f"{FUNDING}/transactions/new").text
    assert "There is no budget line yet. An expense needs one." in page
    assert "There is no source of money yet. Income needs one." in page
    assert f'href="{FUNDING}/budget/new?then=expense"' in page
    answer = post(alice, f"{FUNDING}/budget/new?then=expense", title="Hall", amount="10")
    assert f"{FUNDING}/transactions/new?kind=expense&side=" in str(answer.location)
    page = alice.get(answer.location).text
    assert "There is no budget line yet" not in page
    assert re.search(r"<option selected value=\"[0-9a-f-]{36}\">Hall</option>", page)
    fields = {"name": "City", "kind": "donor", "state": "pledged", "amount": "10", "currency": "BRL"}
    answer = post(alice, f"{FUNDING}/sources/new?then=income", **fields)
    page = alice.get(answer.location).text
    assert "There is no source of money yet" not in page
    assert re.search(r"<option selected value=\"[0-9a-f-]{36}\">City</option>", page)
    assert 'value="10"' in page, "what is missing of the pledge"
    assert post(alice, f"{FUNDING}/budget/new", title="Cards", amount="10").location == FUNDING


def test_without_a_rate_nothing_is_said_in_dollars(funded_world: World) -> None:
    alice = funded_world.browser_of(funded_world.alice)
    page = alice.get(FUNDING).text
    assert "There is no exchange rate for this currency yet" in page
    assert not re.search(r"USD\s0\b", page)
    with funded_world.app.app_context(), recife(funded_world) as session:
        line_id = queries.list_lines(session)[0].line.id
        entry = TransactionEntry(TransactionKind.EXPENSE, 700, "BRL", DAY, "Sound", budget_line_id=line_id)
        by_alice: dict[str, Any] = {"actor_id": funded_world.alice.user_id, "at": NOW}
        expense = services.record_transaction(session, **by_alice, form_key=new_id(), entry=entry)
        by_dana: dict[str, Any] = {"actor_id": funded_world.dana.user_id, "at": NOW}
        services.approve_expense(session, **by_dana, transaction_id=expense.id, is_desk=True)
    page = alice.get(FUNDING).text
    assert "1 payment is not converted to dollars." in page
    assert not re.search(r"USD\s0\b", page)
    load(funded_world, f"BRL,{DAY},7\n")
    post(alice, f"{FUNDING}/conversions", form=FUNDING)
    assert re.search(r"USD\s1 spent so far", alice.get(FUNDING).text)
