"""The page of step 3 as the chapter reads it: sums agree with their parts, and dollars name their exchange rate."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from harness.people import World
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from solidarity.chapter.funding.amounts import Reader
from tenants import clock
from tenants.action_kit.funding import budgets, queries
from tenants.action_kit.funding.models import ExchangeRate, SourceKind, SourceState
from tenants.action_kit.funding.rates import load_rates
from tenants.db import opened
from tenants.scope import ChapterScope

FUNDING = "/c/recife/funding"
NOW = clock.now()
DAY = clock.local_day(NOW, "America/Recife")


def recife(world: World) -> AbstractContextManager[Session]:
    return opened(ChapterScope(world.recife.id))


def give(world: World, session: Session, **source: Any) -> None:
    values = {"name": "City", "kind": SourceKind.DONOR, "currency": "BRL", **source}
    budgets.add_source(session, actor_id=world.alice.user_id, at=NOW, **values)


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
        give(world, session, name="Own", state=SourceState.RECEIVED, amount_minor=2_000)
        give(world, session, name="Town", state=SourceState.COMMITTED, amount_minor=3_000)
        give(world, session, name="Port", state=SourceState.PLEDGED, amount_minor=900)
        give(world, session, name="Hall", state=SourceState.PLEDGED, amount_minor=7_000, kind=SourceKind.IN_KIND)
        give(world, session, name="Fund", state=SourceState.RECEIVED, amount_minor=5_000, currency="EUR")
    return world


def test_sources_add_up_to_the_row_under_them(funded_world: World) -> None:
    with funded_world.app.app_context(), recife(funded_world) as session:
        rows = [
            row
            for row in queries.list_sources(session)
            if row.source.currency == "BRL" and row.source.kind != SourceKind.IN_KIND
        ]
        totals = queries.totals(session, currency="BRL")
    agreed_amount = sum(row.source.amount_minor for row in rows if row.source.state != SourceState.PLEDGED)
    assert (agreed_amount, sum(row.came for row in rows)) == (totals.agreed, totals.arrived) == (5_000, 2_000)


def test_alice_reads_dollars_at_the_rate_of_the_day(funded_world: World) -> None:
    browser = funded_world.browser_of(funded_world.alice)
    without = browser.get(FUNDING).text
    assert "There is no exchange rate for this currency yet" in without
    assert "with USD below" not in without
    load(funded_world, f"BRL,{DAY - timedelta(days=40)},4\n", f"BRL,{DAY},5\n", f"BRL,{DAY + timedelta(days=1)},9\n")
    page = browser.get(FUNDING).text
    assert re.search(r"USD\s1 is BRL\s5 at the UN operational rate of ", page)
    assert re.search(r"<b><bdi>BRL\s50</bdi></b><span><bdi>USD\s10</bdi></span>", page), "still to find: BRL 50"
    assert re.search(r"EUR\s50</bdi></span></span>", page), "another currency has no dollars beside it"
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
    assert "You can start by copying a list from paper" in page
    assert 'href="/c/recife/funding/budget/new"' in page
    assert 'href="/c/recife/funding/budget/new"' not in world.browser_of(world.bob).get(FUNDING).text


@given(st.integers(-(10**12), 10**12), st.decimals("0.000001", "100000", places=6))
def test_dollars_for_reading_are_whole_and_never_lose_their_sign(minor: int, per_usd: Decimal) -> None:
    text = Reader("BRL", ExchangeRate(currency="BRL", starts_on=date(2026, 2, 1), per_usd=per_usd)).dollars(minor)
    dollars = int(text.replace(",", "").replace("\u2212", "-"))
    assert abs(dollars - Decimal(minor) / 100 / per_usd) <= Decimal("0.505")
