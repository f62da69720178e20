"""Plans and expenses that wait for UN Women: which are listed, in what order, since when, and for whom."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from desk.page_texts import next_address, page, rows_of, statements_in, statements_of
from harness.people import Place, World, desk_person, join, person

from tenants import clock
from tenants.action_kit.funding.budgets import add_budget_line
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import TransactionKind
from tenants.action_kit.funding.services import approve_expense, record_transaction
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.services import approve_plan, submit_plan
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import new_id, opened
from tenants.obligations.selects import DAYS_TO_DECIDE
from tenants.overview.waiting import WaitingSummary, waiting_summary
from tenants.people.permissions import DeskRole, Role
from tenants.scope import ChapterScope, DeskScope

ADDRESS = "/desk/approvals"
SUBJECT = re.compile(r'href="/c/[^"]+(?:#s-|/transactions/)([0-9a-f-]{36})"')


def ago(**of: float) -> datetime:
    return clock.now() - timedelta(**of)


def spend(world: World, place: Place, at: datetime, *, times: int = 1) -> list[UUID]:
    """Record `times` expenses as the focal point of a chapter, one after the other, and return their ids."""
    actor: dict[str, Any] = {"actor_id": (world.alice if place is world.recife else world.charlie).user_id, "at": at}
    currency = "BRL" if place is world.recife else "RWF"
    with world.app.test_request_context(), opened(ChapterScope(place.id)) as session:
        line = add_budget_line(session, **actor, title="Launch event", amount_minor=10_000).id
        entry = TransactionEntry(
            kind=TransactionKind.EXPENSE,
            amount_minor=100,
            currency=currency,
            dated_on=at.date() - timedelta(days=1),
            what="Sound system",
            budget_line_id=line,
        )
        return [record_transaction(session, **actor, form_key=new_id(), entry=entry).id for _ in range(times)]


def send_plan(world: World, place: Place, at: datetime) -> UUID:
    actor: dict[str, Any] = {"actor_id": (world.alice if place is world.recife else world.charlie).user_id, "at": at}
    with world.app.test_request_context(), opened(ChapterScope(place.id)) as session:
        start_from_template(session, **actor)
        return submit_plan(session, **actor).id


def deputise(world: World) -> None:
    with world.app.app_context():
        join(world.recife, person("Duda"), Role.DEPUTY)


def summary(world: World, *countries: str) -> WaitingSummary:
    with world.app.app_context(), opened(DeskScope(countries)) as session:
        return waiting_summary(session, countries)


def test_a_lone_focal_points_expense_and_plan_wait_here_and_lead_to_where_they_are_decided(world, as_person):
    [expense] = spend(world, world.recife, ago(hours=1))
    plan = send_plan(world, world.recife, ago(hours=5))
    markup = page(as_person(world.dana), ADDRESS)
    assert "2 requests are waiting for UN Women" in markup
    assert f'href="/c/recife/funding/transactions/{expense}"' in markup
    assert f'href="/c/recife/plan#s-{plan}"' in markup
    assert "Sound system" not in markup, "what the chapter wrote stays in it"


def test_what_a_chapter_decides_itself_is_here_only_if_un_women_may_decide_it_too(world, as_person):
    deputise(world)
    spend(world, world.recife, ago(hours=1))
    send_plan(world, world.recife, ago(hours=5))
    rows = rows_of(page(as_person(world.dana), ADDRESS))
    assert [row.split()[0].rstrip(",") for row in rows] == ["Plan"], "an expense is the deputy's to decide on"


def test_what_is_decided_waits_no_longer(world, as_person):
    [expense] = spend(world, world.recife, ago(hours=1))
    plan = send_plan(world, world.recife, ago(hours=5))
    decision: dict[str, Any] = {"actor_id": world.dana.user_id, "at": clock.now(), "is_desk": True}
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        approve_plan(session, **decision, version_id=plan)
    assert [row.split()[0].rstrip(",") for row in rows_of(page(as_person(world.dana), ADDRESS))] == ["Expense"]
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        approve_expense(session, **decision, transaction_id=expense)
    assert "Nothing is waiting for UN Women" in page(as_person(world.dana), ADDRESS)


def test_the_oldest_is_first_whatever_it_is(world, as_person):
    spend(world, world.huye, ago(days=3))
    send_plan(world, world.recife, ago(days=2))
    send_plan(world, world.huye, ago(days=4))
    spend(world, world.recife, ago(days=1))
    rows = rows_of(page(as_person(world.dana), ADDRESS))
    assert [(row.split()[0].rstrip(","), "Huye" in row) for row in rows] == [
        ("Plan", True),
        ("Expense", True),
        ("Plan", False),
        ("Expense", False),
    ]


@pytest.mark.parametrize(("minutes", "is_late"), [(-1, False), (1, True)])
def test_it_is_late_once_as_long_has_passed_as_is_given_to_decide(world, as_person, minutes, is_late):
    send_plan(world, world.recife, ago(days=DAYS_TO_DECIDE, minutes=minutes))
    dana = as_person(world.dana)
    for markup in (page(dana, ADDRESS), page(dana, "/desk").partition('<section id="wait">')[2]):
        assert ('class="st st-late"' in markup) is is_late
        assert ("2 days" in markup) is is_late
        assert ("1 day" in markup) is not is_late


def test_a_country_desk_sees_what_waits_in_her_countries_alone(world, as_person):
    for place in (world.recife, world.huye):
        send_plan(world, place, ago(days=1))
        spend(world, place, ago(days=2))
    with world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("RW",))
    markup = page(as_person(rosa), ADDRESS)
    assert "2 requests are waiting for UN Women" in markup
    assert len(rows_of(markup)) == 2
    assert "Recife" not in markup


def test_the_heading_counts_all_that_waits_and_every_one_is_on_one_page(world, as_person):
    spend(world, world.recife, ago(days=3), times=60)
    plan = send_plan(world, world.huye, ago(days=9))
    dana, address, seen, pages = as_person(world.dana), ADDRESS, [], []
    while address:
        markup = page(dana, address)
        assert "61 requests are waiting for UN Women" in markup
        pages.append(address)
        seen += SUBJECT.findall(markup)
        address = next_address(markup)
    assert len(pages) == 3
    assert seen[0] == str(plan)
    assert len(seen) == len(set(seen)) == 61
    before = SUBJECT.findall(page(dana, next_address(markup, "prev")))
    assert before == seen[25:50]


def test_an_address_that_makes_no_sense_is_not_found_and_one_beyond_the_end_leads_back(world, as_person):
    dana = as_person(world.dana)
    for cursor in ("", "yesterday", f"2026-01-01T00:00:00_{new_id()}", "2026-01-01T00:00:00+00:00_"):
        assert dana.get(ADDRESS, query_string={"before": cursor}).status_code == 404, cursor
    answer = dana.get(ADDRESS, query_string={"before": f"2026-01-01T00:00:00+00:00_{new_id()}"})
    assert (answer.status_code, answer.location) == (302, ADDRESS)


def test_the_page_takes_as_many_statements_with_much_as_with_little(world, as_person):
    dana = as_person(world.dana)
    spend(world, world.recife, ago(days=3))
    statement_count = statements_of(dana, ADDRESS)
    spend(world, world.recife, ago(days=3), times=20)
    send_plan(world, world.huye, ago(days=3))
    assert statements_of(dana, ADDRESS) == statement_count <= 12


def test_the_summary_counts_each_kind_and_says_since_when_the_oldest_waits_in_one_statement(world):
    assert summary(world, *ALL_COUNTRIES) == WaitingSummary(0, 0, 0, None)
    oldest = ago(days=4, hours=5)
    spend(world, world.recife, ago(days=1), times=2)
    send_plan(world, world.recife, oldest)
    send_plan(world, world.huye, ago(days=2))
    result = summary(world, *ALL_COUNTRIES)
    assert (result.count, result.reports, result.plans, result.expenses, result.oldest) == (4, 0, 2, 2, oldest)
    assert result.oldest_days(clock.now()) == 4
    assert summary(world, "RW").count == 1
    assert summary(world, "RW").oldest_days(clock.now()) == 2
    assert summary(world, "EG").oldest_days(clock.now()) is None
    assert statements_in(world.app, lambda: summary(world, *ALL_COUNTRIES)) == 1
