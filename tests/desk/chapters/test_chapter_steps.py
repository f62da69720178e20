"""The list of chapters with their six steps, and what is overdue since when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from desk.page_texts import enter, next_address, page, rows_of, statements_of, text_of, watched
from harness.people import SINCE, Place, World, desk_person
from sqlalchemy import select

from solidarity.desk.chapters import views as chapters
from solidarity.desk.chapters.step_states import states_of_chapters
from tenants import clock
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.obligations import DAYS_TO_SUBMIT, PLAN_TO_SUBMIT
from tenants.action_kit.plan.services import approve_plan, submit_plan
from tenants.action_kit.reports.services import open_report, submit_report
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.queries import list_shared
from tenants.db import db, opened
from tenants.keyset import Window
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope, DeskScope, bind

LIST = "/desk/chapters"
QUARTER = Period.of(clock.now().date()).previous


def listed(markup: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/desk/chapters/[^"]+"><bdi>(.*?)</bdi>', markup)


def row_of(markup: str, name: str) -> str:
    [row] = [row for row in rows_of(markup) if row.startswith(name)]
    return row


def glyph_of(row: str) -> dict[str, str]:
    """Return the states that a row's glyph names for screen readers: "2 Implementation plan" -> "Overdue"."""
    states = "|".join(("Nothing due", "In progress", "Done", "Overdue", "Needs attention"))
    return dict(re.findall(rf"(\d [A-Z][a-z ]+): ({states})", row))


def plan(world: World, place: Place, *, is_approved: bool = False) -> None:
    with world.app.test_request_context(), opened(ChapterScope(place.id)) as session:
        start_from_template(session, actor_id=world.alice.user_id, at=clock.now())
        version = submit_plan(session, actor_id=world.alice.user_id, at=clock.now())
        if is_approved:
            approve_plan(session, actor_id=world.dana.user_id, at=clock.now(), version_id=version.id, is_desk=True)


def test_a_chapter_shows_its_six_steps_and_what_is_late_since_when(world, as_person):
    enter(world, "kampala")
    markup = page(as_person(world.dana), LIST)
    recife = glyph_of(row_of(markup, "ElesPorElas Recife"))
    assert recife.pop("1 Focal point")
    assert recife == {
        "2 Implementation plan": "Overdue",
        "3 Funding": "Nothing due",
        "4 Launch event": "Nothing due",
        "5 Local activities": "Overdue",
        "6 Monitoring and evaluation": "Nothing due",
    }
    due_on = SINCE.date() + timedelta(days=DAYS_TO_SUBMIT)
    assert f'Plan not sent</span> <small class="muted"><time datetime="{due_on.isoformat()}">' in markup
    assert "ago" in row_of(markup, "ElesPorElas Recife")
    kampala = row_of(markup, "HeForShe kampala")
    assert [*glyph_of(kampala).values()] == ["Needs attention", *["Nothing due"] * 5], (
        "it needs a focal point from today"
    )
    assert "ago" not in kampala


def test_the_columns_of_the_glyph_and_its_states_are_named_once_for_everybody(world, as_person):
    markup = page(as_person(world.dana), LIST)
    [head] = re.findall(r"<thead>.*?</thead>", markup, re.DOTALL)
    assert "Steps 1 to 6" in head
    numbers = re.findall(r'<text x="(\d+)" y="12">(\d)</text>', head)
    assert [number for _x, number in numbers] == list("123456")
    assert [int(x) for x, _number in numbers] == sorted(int(x) for x, _number in numbers)
    legend = text_of("".join(re.findall(r'<p class="legend">.*?</p>', markup)))
    for words in (
        "Nothing due",
        "In progress",
        "Done",
        "Overdue",
        "Needs attention",
        "1 Focal point",
        "6 Monitoring and evaluation",
    ):
        assert words in legend


def test_in_arabic_the_numbers_run_with_the_glyph_from_the_right(world, as_person):
    dana = as_person(world.dana)
    dana.set_cookie("language", "ar")
    numbers = re.findall(r'<text x="(\d+)" y="12">([^<]+)</text>', page(dana, LIST))
    assert len(numbers) == 6
    assert [int(x) for x, _number in numbers] == sorted((int(x) for x, _number in numbers), reverse=True)


def test_several_late_things_of_a_kind_are_one_line_with_their_number_and_the_first_day(world, as_person):
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for period in (QUARTER.previous, QUARTER.previous.previous):
            open_report(session, period=period, at=clock.now())
    row = row_of(page(as_person(world.dana), LIST), "ElesPorElas Recife")
    assert row.count("Report not sent") == 1
    assert "Report not sent × 2" in row


def test_the_latest_report_is_the_one_of_the_latest_period_that_was_sent_or_was_due(world, as_person):
    running_quarter = Period.of(clock.now().date())
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for period in (running_quarter, QUARTER, QUARTER.previous):
            open_report(session, period=period, at=clock.now())
        latest = session.scalars(select(Report).where(Report.period_on == QUARTER.starts_on)).one()
        actor = world.alice.user_id
        submit_report(session, report_id=latest.id, actor_id=actor, at=clock.now(), is_nil=True)
    markup = page(as_person(world.dana), LIST)
    assert "Waiting for UN Women" in row_of(markup, "ElesPorElas Recife")
    assert "Waiting for UN Women" not in row_of(markup, "HeForShe Huye")


def test_the_list_is_chosen_by_something_late_and_by_one_step(world, as_person):
    kampala = enter(world, "kampala")
    plan(world, world.huye, is_approved=True)
    dana = as_person(world.dana)

    def chosen(steps: str, query: str = "") -> list[str]:
        return listed(page(dana, f"{LIST}?steps={steps}{query}"))

    recife, huye = world.recife.name, world.huye.name
    assert chosen("") == [recife, huye, kampala.name]
    assert chosen("late") == [recife, huye], "Huye has sent its plan and still logs nothing"
    assert chosen("2-late") == [recife]
    assert chosen("2-done") == [huye]
    assert chosen("2-none") == [kampala.name]
    assert chosen("2-late", "&country=RW") == chosen("3-done") == []
    for nonsense in ("early", "7-late", "0-none", "2-", "2-late-late", "-1-late"):
        assert dana.get(f"{LIST}?steps={nonsense}").status_code == 404, nonsense


def test_what_is_chosen_stays_chosen_in_the_form(world, as_person):
    markup = page(as_person(world.dana), f"{LIST}?steps=2-late")
    assert re.findall(r"<option [^>]*selected>([^<]+)", markup) == ["2 Implementation plan: Overdue"]
    assert "Show all" in markup


@pytest.mark.parametrize("limit", [4, 7])
def test_a_list_chosen_by_steps_is_whole_over_its_pages_however_little_a_page_looks_through(
    world, as_person, monkeypatch, limit
):
    monkeypatch.setattr(chapters, "PAGE", 2)
    monkeypatch.setattr(chapters, "MOST_SIFTED", limit)
    late_ones = {2, 3, 9, 10, 11, 12, 13, 22}
    for number in range(24):
        since = SINCE if number in late_ones else None
        enter(world, f"number-{number:02}", since=since)
    expected = [f"HeForShe number-{number:02}" for number in sorted(late_ones)]
    dana = as_person(world.dana)
    address, forward, last = f"{LIST}?country=UG&steps=late", [], ""
    while address:
        markup = page(dana, address)
        assert len(listed(markup)) <= 2
        assert listed(markup) or "There are more pages." in markup or not next_address(markup)
        forward += listed(markup)
        last, address = address, next_address(markup)
    assert forward == expected
    backward, address = listed(page(dana, last)), next_address(page(dana, last), "prev")
    while address:
        markup = page(dana, address)
        backward = listed(markup) + backward
        address = next_address(markup, "prev")
    assert backward == expected


def test_a_page_says_between_which_chapters_it_looked(world, as_person, monkeypatch):
    monkeypatch.setattr(chapters, "MOST_SIFTED", 2)
    for number in range(3):
        enter(world, f"number-{number}")
    markup = page(as_person(world.dana), f"{LIST}?country=UG&steps=late")
    assert "Searched 2 chapters in alphabetical order, from HeForShe number-0 to HeForShe number-1." in markup
    assert "No matches on this page." in markup


def test_a_country_desk_sees_and_chooses_among_hers_alone(world, as_person):
    with world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.VIEWER, ("RW",))
    client = as_person(rosa)
    for address in (LIST, f"{LIST}?steps=late"):
        markup = page(client, address)
        assert listed(markup) == [world.huye.name]
        assert "Recife" not in markup
    assert client.get(f"{LIST}?country=BR&steps=late").status_code == 404
    assert as_person(world.alice).get(f"{LIST}?steps=late").status_code == 404


def test_each_chapter_is_late_on_its_own_day(world):
    """At 10:30 UTC on the 10th it is the 9th in Samoa, the 10th in London and the 11th on the Line Islands."""
    due_on = datetime(2026, 9, 10, tzinfo=UTC).date()
    since = datetime(2026, 9, 10, 12, tzinfo=UTC) - timedelta(days=DAYS_TO_SUBMIT)
    zones = {"Pacific/Pago_Pago": "none", "Europe/London": "att", "Pacific/Kiritimati": "late"}
    for zone in zones:
        local = since + timedelta(days=1) if zone == "Pacific/Pago_Pago" else since
        enter(world, zone.partition("/")[2].lower().replace("_", "-"), zone, since=local - timedelta(hours=12))
    with world.app.test_request_context():
        bind(db.session(), DeskScope(ALL_COUNTRIES))
        shared_chapters = list_shared(db.session(), Window(9), countries=["UG"])
        standings = states_of_chapters(shared_chapters, moment=datetime(2026, 9, 10, 10, 30, tzinfo=UTC))
    today = {chapter.zone: standings[chapter.id].today for chapter in shared_chapters}
    assert today == {
        "Pacific/Pago_Pago": due_on - timedelta(days=1),
        "Europe/London": due_on,
        "Pacific/Kiritimati": due_on + timedelta(days=1),
    }
    assert {chapter.zone: standings[chapter.id].states[1] for chapter in shared_chapters} == zones
    plan_late = PLAN_TO_SUBMIT
    late = {
        chapter.zone for chapter in shared_chapters if plan_late in [item.kind for item in standings[chapter.id].late]
    }
    assert late == {"Pacific/Kiritimati"}


def test_a_page_of_many_chapters_takes_the_statements_of_a_page_of_few_and_reads_no_figures(world, as_person):
    dana = as_person(world.dana)
    statement_counts = {address: statements_of(dana, address) for address in (LIST, f"{LIST}?steps=late")}
    for number in range(30):
        enter(world, f"number-{number:02}")
    with watched(world.app) as seen:
        assert len(listed(page(dana, LIST))) == 32
    assert not [statement for statement in seen if "figures" in statement]
    assert {address: statements_of(dana, address) for address in statement_counts} == statement_counts
    assert max(statement_counts.values()) <= 12
