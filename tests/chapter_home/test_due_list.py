"""The list of due obligations for each reader: responsible person, due date and available actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import url_for
from flask.testing import FlaskClient
from harness.deliveries import make_obligation
from harness.people import Person, World, join, person
from harness.statements import logged
from sqlalchemy import select

from solidarity.chapter import context
from solidarity.i18n.locale import format_quarter
from solidarity.labels.obligations.wording import WORDS, place_of, words_of
from solidarity.labels.obligations.words import quarter_name
from tenants import clock
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.focal_point.obligations import VACANCY
from tenants.action_kit.funding.obligations import EXPENSE_TO_APPROVE
from tenants.action_kit.launch.obligations import CHECKLIST_ITEM
from tenants.action_kit.plan.obligations import PLAN_TO_APPROVE, PLAN_TO_SUBMIT, PLANNED_ACTIVITY_DUE, RETURNED_PLAN
from tenants.action_kit.reports.obligations import REPORT_DUE, REPORT_TO_APPROVE
from tenants.chapters.models import Chapter
from tenants.db import db, new_id, opened
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.obligation_kinds import KINDS
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.reminders.pauses import acknowledge
from tenants.scope import ChapterScope

HOME_PAGE = "/c/recife/"
AsPerson = Callable[[Person], FlaskClient]
HOSTILE = "<script>alert(1)</script>"
REPORTS = {kind for kind in KINDS if WORDS[kind].subject_name is quarter_name}


@pytest.fixture
def today() -> date:
    return clock.local_day(clock.now(), "America/Recife")


@pytest.fixture
def obligations(monkeypatch: pytest.MonkeyPatch) -> list[Obligation]:
    """The obligations of Recife, which the test sets."""
    obligations: list[Obligation] = []
    monkeypatch.setattr(
        context, "obligations_due", lambda *_args, **_kwargs: sorted(obligations, key=lambda due: due.due_on)
    )
    return obligations


def member(world: World, person: Person) -> UUID:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return session.scalars(select(Membership.id).where(Membership.user_id == person.user_id)).one()


@contextmanager
def recife(world: World) -> Iterator[Chapter]:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        yield session.scalars(select(Chapter)).one()


def section(client: FlaskClient) -> str:
    answer = client.get(HOME_PAGE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).partition('<section class="due')[2].partition("</section>")[0]


def rows(client: FlaskClient) -> list[str]:
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in section(client).split("<li>")[1:]]


def test_alice_reads_what_is_late_first_then_what_is_near_then_the_rest(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    alice = member(world, world.alice)
    obligations += [
        make_obligation(world, PLAN_TO_SUBMIT, today + timedelta(days=40), owner=alice),
        make_obligation(world, RETURNED_PLAN, today + timedelta(days=1), owner=alice),
        make_obligation(world, QUIET_CHAPTER, today - timedelta(days=9), owner=alice),
    ]
    due_list = section(as_person(world.alice))
    order = [
        due_list.index(words) for words in ("Overdue", "9 days ago", "This week", "tomorrow", "Later", "Send the plan")
    ]
    assert order == sorted(order)


def test_what_has_waited_for_un_women_longer_than_its_date_is_neither_overdue_nor_in_this_week(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    waiting = make_obligation(world, REPORT_TO_APPROVE, today - timedelta(days=3), title="2026-07-01")
    obligations.append(replace(waiting, awaits_desk=True))
    for reader in (world.alice, world.dana):
        due_list = section(as_person(reader))
        assert "Waiting for UN Women</h3>" in due_list
        assert "Overdue</h3>" not in due_list
        assert "This week and next</h3>" not in due_list
        sheet = as_person(reader).get("/c/recife/due").get_data(as_text=True)
        assert "<caption>Waiting for UN Women</caption>" in sheet
        assert "Nothing is due this week" not in sheet


def test_each_reader_sees_whose_it_is(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    alice, bob, subject = member(world, world.alice), member(world, world.bob), new_id()
    obligations += [
        make_obligation(world, PLAN_TO_APPROVE, today, owner=owner, subject=subject) for owner in (alice, bob)
    ]
    obligations.append(make_obligation(world, REPORT_TO_APPROVE, today, title="2026-07-01"))
    (plan, report) = rows(as_person(world.alice))
    assert "you, Bob" in plan
    assert "UN Women desk" in report
    assert "you, Alice" in rows(as_person(world.bob))[0]
    assert "Alice, Bob" in rows(as_person(world.dana))[0]


def test_only_who_may_do_it_is_offered_the_button(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    obligations.append(make_obligation(world, QUIET_CHAPTER, today, owner=member(world, world.alice)))
    assert 'href="/c/recife/activities/new"' in section(as_person(world.alice))
    for reader in (world.bob, world.dana):
        due_list = section(as_person(reader))
        assert "Log recent activities" in due_list
        assert "/activities/new" not in due_list
        assert "<form" not in due_list


def test_dana_is_led_to_what_only_the_desk_can_do(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    obligations.append(make_obligation(world, VACANCY, today))
    desk_list, read = section(as_person(world.dana)), section(as_person(world.bob))
    assert re.search(r'<a class="btn[^>]*href="/c/recife/focal-point">Choose someone', desk_list)
    assert 'href="/c/recife/focal-point"' in read, "whoever reads may look"
    assert "Choose someone" not in read


def test_nobody_is_offered_to_decide_on_her_own_plan_but_the_desk_is(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    if "plan.show" not in world.app.view_functions:
        pytest.skip("the plan has no page")
    obligations.append(make_obligation(world, PLAN_TO_APPROVE, today))
    assert ">Review the plan<span" not in section(as_person(world.alice))
    assert ">Review the plan<span" in section(as_person(world.dana))
    obligations[:] = [make_obligation(world, PLAN_TO_APPROVE, today, owner=member(world, world.alice))]
    assert ">Review the plan<span" in section(as_person(world.alice))


def test_one_press_does_what_one_press_may_do(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    obligation = make_obligation(world, CHECKLIST_ITEM, today, owner=member(world, world.alice), title="A talk")
    money = make_obligation(world, EXPENSE_TO_APPROVE, today, owner=member(world, world.alice), title="Paint")
    obligations += [obligation, money]
    due_list = section(as_person(world.alice))
    assert f"/duties/{money.subject_id}/" not in due_list, "money does not wait"
    assert re.search(rf'<form method="post" action="/c/recife/launch/[^"]*{obligation.subject_id}', due_list)
    assert '<input type="hidden" name="back" value="home">' in due_list
    assert "<form" not in section(as_person(world.dana))


def test_a_planned_activity_leads_those_who_log_it_to_the_form_and_others_to_the_plan(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    obligation = make_obligation(world, PLANNED_ACTIVITY_DUE, today, owner=member(world, world.alice), title="A talk")
    obligations.append(obligation)
    form_url = f'href="/c/recife/activities/new/{obligation.subject_id}"'
    due_list = section(as_person(world.alice))
    assert form_url in due_list
    assert "It took place" in due_list
    assert f"/plan/lines/{obligation.subject_id}" not in due_list, "one press saves nothing"
    for reader in (world.bob, world.dana):
        assert form_url not in section(as_person(reader))


def test_what_somebody_else_knows_about_is_no_alarm(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    due = make_obligation(world, REPORT_DUE, today - timedelta(days=12), owner=member(world, world.alice))
    obligations.append(due)
    bob = rows(as_person(world.bob))[0]
    assert "has known about this since" not in bob
    with world.app.app_context(), opened(ChapterScope(world.recife.id, actor_id=world.alice.user_id)) as session:
        alice = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        acknowledge(session, member=alice, due=due, today=today, at=clock.now())
    since = f"Alice has known about this since {today.day} "
    bob = section(as_person(world.bob))
    assert since in bob
    assert "mailto:" not in bob, "he may not see addresses"
    assert f'href="mailto:{world.alice.email}">Offer help' in section(as_person(world.dana))
    alice_row = rows(as_person(world.alice))[0]
    assert since not in alice_row
    assert "No more emails until it is done." in alice_row


def test_titles_stay_text(world: World, as_person: AsPerson, obligations: list[Obligation], today: date) -> None:
    obligations += [make_obligation(world, kind, today, title=HOSTILE) for kind in KINDS if kind not in REPORTS]
    due_list = section(as_person(world.alice))
    assert HOSTILE not in due_list
    assert "&lt;script&gt;" in due_list


def test_the_list_ends_and_says_how_much_more_there_is(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    obligations += [make_obligation(world, CHECKLIST_ITEM, today, title=f"Thing {number}") for number in range(15)]
    alice = as_person(world.alice)
    assert len(rows(alice)) == 12
    assert "3 more tasks are due later." in section(alice)


def test_with_nothing_due_it_says_so_kindly(world: World, as_person: AsPerson, obligations: list[Obligation]) -> None:
    assert obligations == []
    assert "Nothing is due in the next few weeks. Well done." in section(as_person(world.alice))


def test_the_page_has_one_primary_button(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date
) -> None:
    obligations += [make_obligation(world, kind, today - timedelta(days=1)) for kind in KINDS]
    for reader in (world.alice, world.bob, world.dana):
        assert as_person(reader).get(HOME_PAGE).get_data(as_text=True).count("btn-primary") <= 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_much_is_due(
    world: World, as_person: AsPerson, obligations: list[Obligation], today: date, count: int
) -> None:
    with world.app.app_context():
        late = person("Eve")
        join(world.recife, late, Role.COORDINATOR)
    owners = [member(world, owner) for owner in (world.alice, late)]
    obligations += [
        make_obligation(world, CHECKLIST_ITEM, today, owner=owners[number % 2], title=f"Thing {number}")
        for number in range(count)
    ]
    alice = as_person(world.alice)
    with world.app.app_context():
        engines = list(db.engines.values())
    with logged(engines) as statements:
        section(alice)
    assert len(statements) <= 12 - 1  # the query of obligations is replaced in this test


@pytest.mark.parametrize("kind", KINDS, ids=repr)
@pytest.mark.parametrize("has_title", [True, False])
def test_every_kind_says_what_why_and_which_verb(
    world: World, today: date, kind: ObligationKind, has_title: bool
) -> None:
    title = ("2026-07-01" if kind in REPORTS else "50% of “it”") if has_title else None
    with recife(world) as chapter:
        words = words_of(make_obligation(world, kind, today, title=title), chapter, today=today, quiet_weeks=4)
    for text in (words.headline, words.title, words.why, words.button, words.one_click_button):
        assert text.strip()
        assert "%(" not in text
    if title and WORDS[kind].title_with_name:
        assert ("July to September 2026" if kind in REPORTS else title) in words.title


def test_a_code_of_our_checklist_is_said_in_words_and_an_item_of_hers_in_her_own(world: World, today: date) -> None:
    with recife(world) as chapter:
        checklist_title, custom_title = (
            words_of(
                make_obligation(world, CHECKLIST_ITEM, today, title=title),
                chapter,
                today=today,
                quiet_weeks=4,
            ).title
            for title in ("venue_contract", "Ask the baker")
        )
    assert (checklist_title, custom_title) == ("Sign the venue contract", "Ask the baker")


def test_a_quarter_ends_with_its_year(world: World) -> None:
    with recife(world):
        assert format_quarter(date(2026, 10, 1), "BR") == "October to December 2026"


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_each_kind_leads_to_its_page_and_to_its_row_where_there_is_one(
    world: World, today: date, kind: ObligationKind
) -> None:
    obligation = make_obligation(world, kind, today)
    with recife(world) as chapter:
        endpoint, values = place_of(obligation, chapter)
        assert url_for(endpoint, **values).startswith("/c/recife/")
        assert values.get("_anchor") == (f"s-{obligation.subject_id}" if WORDS[kind].links_to_row else None)
