"""UN Women opens a figure down to the log. Each level adds up, and missing values and refusals give a reason."""

from __future__ import annotations

import re
from datetime import date

from desk.figure_pages import MEN, PARTICIPATIONS, WOMEN, Table, card, heading, periods_of, read, words
from desk.page_texts import statements_of
from harness.people import post
from harness.reporting import LAST
from sqlalchemy import event

from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import TypedValue
from tenants.chapters.models import ChapterState
from tenants.db import db

FIRST = Period(date(2025, 1, 1))


def test_dana_approves_and_opens_the_worlds_figure_down_to_the_entry_by_following_links(reporting, as_person):
    reporting.log(reporting.world.recife, {WOMEN: 10, MEN: 4})
    reporting.send(reporting.world.recife)
    dana = as_person(reporting.world.dana)
    assert "Nobody has reported yet" in card(read(dana, "/desk"), "Participations")
    report = f"/c/recife/reports/{LAST.code}"
    assert post(dana, f"{report}/approval", form=report, number="1").status_code == 302
    reporting.compile()

    page = read(dana, "/desk")
    assert heading(page) == "1 of 2 chapters have an approved report"
    match = re.search(r'href="(/desk/figures/participations/2025-Q4/world/world)"', page)
    assert match
    address = match.group(1)
    for place in ("americas", "BR", str(reporting.world.recife.id)):
        page = read(dana, address)
        table = Table(page)
        assert heading(page) == "Participations: 14"
        assert (sum(table.numbers()), table.foot) == (14, "14")
        address = next(link for link in table.links if link.endswith(f"/{place}"))
    page = read(dana, address)
    assert heading(page) == "Participations: 14"
    assert "submission 1, sent on 12 Feb 2026, 12:00 UTC" in words(page)
    table = Table(page)
    assert (table.numbers(), table.foot) == ([14], "14")
    assert "Barbershop dialogue" in read(dana, table.links[0])
    assert f'href="{report}"' in page


def test_an_approval_rings_for_the_compiler(reporting, as_person, monkeypatch):
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(
        reporting.world.app.extensions["task_producer"], "enqueue", lambda task, queue: rung.append((task, queue))
    )
    reporting.log(reporting.world.recife, {WOMEN: 10})
    reporting.send(reporting.world.recife)
    report = f"/c/recife/reports/{LAST.code}"
    post(as_person(reporting.world.dana), f"{report}/approval", form=report, number="1")
    assert rung == [("workers.rollups.compile_figures", "rollups")]


def test_the_page_of_a_figure_shows_its_cells_its_coverage_and_its_time(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10, MEN: 4})
    reporting.compile()
    page = read(as_person(reporting.world.dana), f"{PARTICIPATIONS}/world/world")
    assert "1 of 2 chapters reported, as of 12 Feb 2026, 12:00 UTC" in page
    cells = page[page.index("By sex and age") :]
    assert re.search(r"18 to 24</th><td class=\"r\">10</td><td class=\"r\">0</td>", cells)
    assert re.search(r"Total</th><td class=\"r\">10</td><td class=\"r\">4</td>.*?<td class=\"r\">14</td>", cells)


def test_a_chapter_that_has_not_reported_is_missing_and_not_zero(reporting, as_person):
    dana = as_person(reporting.world.dana)
    page = read(dana, f"{PARTICIPATIONS}/chapter/{reporting.world.huye.id}")
    assert heading(page) == "Participations: Nobody has reported yet"
    assert "Missing values are not zero" in page
    assert Table(read(dana, f"{PARTICIPATIONS}/country/RW")).rows[1] == ["HeForShe Huye", "Not reported", "–"]


def test_a_place_without_a_chapter_says_so(reporting, as_person):
    page = read(as_person(reporting.world.dana), f"{PARTICIPATIONS}/country/FJ")
    assert heading(page) == "Participations: Nobody has reported yet"
    assert "No report is expected" in words(page)


def test_a_chapter_says_why_a_value_is_missing_and_when_none_is_expected(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.onboard("olinda", "BR")
    reporting.compile()
    dana = as_person(reporting.world.dana)
    rows = Table(read(dana, "/desk/figures/signups_tallied/2025-Q4/country/BR")).rows[1:-1]
    assert rows == [["ElesPorElas Recife", "Not known", "–"], ["HeForShe olinda", "Not expected", "–"]]


def test_a_corrected_entry_shows_the_revision_that_was_read_and_that_there_is_a_newer_one(reporting, as_person):
    activity = reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.compile()
    reporting.revise(reporting.world.recife, activity, {WOMEN: 7})
    dana = as_person(reporting.world.dana)
    page = read(dana, f"{PARTICIPATIONS}/chapter/{reporting.world.recife.id}")
    table = Table(page)
    assert heading(page) == "Participations: 10"
    assert table.rows[1][-2:] == ["1", "10"]
    assert "Corrected since: revision 2" in table.rows[1][0]
    assert "10" in words(read(dana, table.links[0])), "the link leads to the revision that was read"


def test_a_late_first_quarter_moves_the_later_ones_of_what_is_carried(reporting, as_person):
    later = (FIRST.following, FIRST.following.following, LAST)
    for period in (FIRST, *later):
        reporting.expect(reporting.world.recife, period=period)
    reporting.report(reporting.world.recife, {}, LAST)
    reporting.compile()
    dana, address = as_person(reporting.world.dana), "/desk/figures/workplaces_with_policy/2025-Q4/country/BR"
    assert set(periods_of(read(dana, address)).values()) == {"–"}

    reporting.report(reporting.world.recife, {}, FIRST, values={"workplaces_with_policy": TypedValue(5)})
    reporting.compile()
    page = read(dana, address)
    assert periods_of(page) == {
        "Q1 2025": "5",
        "Q2 2025": "5",
        "Q3 2025": "5",
        "Q4 2025": "5",
        "Q1 2026": "–",
        "Q2 2026": "–",
        "Q3 2026": "–",
        "2025 up to this period:": "5",
    }
    assert "0 of 1 chapter reported, 1 carried forward" in words(page)
    assert Table(page).rows[1] == ["ElesPorElas Recife", "Carried forward from January to March 2025", "5"]
    page = read(dana, f"/desk/figures/workplaces_with_policy/2025-Q4/chapter/{reporting.world.recife.id}")
    assert heading(page) == "Workplaces and schools with a written policy: 5"
    assert "Report for January to March 2025, submission 1" in words(page)


def test_a_flow_is_added_up_over_the_year_and_people_are_not(reporting, as_person):
    for period, people in ((FIRST, 4), (LAST, 10)):
        reporting.report(
            reporting.world.recife, {WOMEN: people}, period, values={"facilitators_trained": TypedValue(people)}
        )
    reporting.compile()
    dana, place = as_person(reporting.world.dana), f"chapter/{reporting.world.recife.id}"
    for path in ("world/world", "country/BR", place):
        assert periods_of(read(dana, f"{PARTICIPATIONS}/{path}"))["2025 up to this period:"] == "14", path
    page = read(dana, f"/desk/figures/facilitators_trained/2025-Q4/{place}")
    assert periods_of(page)["2025 up to this period:"] == "No total"
    assert "The same person can come again in another period, so there is no total." in words(page)


def test_all_pages_of_the_rows_behind_a_value_add_up_to_it(reporting, as_person):
    for people in range(1, 31):
        reporting.log(reporting.world.recife, {WOMEN: people})
    reporting.send(reporting.world.recife)
    reporting.approve(reporting.world.recife)
    reporting.compile()
    dana, address = as_person(reporting.world.dana), f"{PARTICIPATIONS}/chapter/{reporting.world.recife.id}"
    first = read(dana, address)
    next_link = re.search(r'rel="next" href="([^"]+)"', first)
    assert next_link
    second = read(dana, next_link.group(1))
    assert len(Table(first).numbers()) == 25
    assert sum(Table(first).numbers() + Table(second).numbers()) == 465
    assert Table(first).foot == Table(second).foot == "465"
    previous = re.search(r'rel="prev" href="([^"]+)"', second)
    assert previous
    assert 'rel="next"' not in second
    assert Table(read(dana, previous.group(1))).numbers() == Table(first).numbers()
    for nonsense in ("after=recife", f"after={reporting.world.dana.user_id}", "before="):
        assert dana.get(f"{address}?{nonsense}").status_code in (200, 404), nonsense


def test_a_country_of_many_chapters_is_shown_in_pages_that_add_up(reporting, as_person):
    for number in range(52):
        reporting.report(reporting.onboard(f"brasil-{number:02}", "BR"), {WOMEN: number + 1})
    reporting.compile()
    dana = as_person(reporting.world.dana)
    first = read(dana, f"{PARTICIPATIONS}/country/BR")
    next_link = re.search(r'rel="next" href="([^"]+)"', first)
    assert next_link
    second = read(dana, next_link.group(1).replace("&amp;", "&"))
    assert sum(Table(first).numbers() + Table(second).numbers()) == 52 * 53 // 2
    assert Table(first).foot == Table(second).foot == "1,378"
    for address in ("/desk", f"{PARTICIPATIONS}/country/BR", f"{PARTICIPATIONS}/world/world"):
        assert statements_of(dana, address) <= 12, address


def test_a_compile_in_the_middle_of_a_page_changes_neither_its_parts_nor_its_whole(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    salvador = reporting.onboard("salvador", "BR")
    reporting.log(salvador, {MEN: 5})
    reporting.send(salvador)
    reporting.compile()
    dana, late = as_person(reporting.world.dana), [salvador]
    with reporting.world.app.app_context():
        desk = db.engines["desk"]

    def compile_meanwhile(_connection, _cursor, statement, *_rest):
        if "compiled_reports" in statement and late:
            reporting.approve(late.pop())
            reporting.compile()

    event.listen(desk, "before_cursor_execute", compile_meanwhile)
    try:
        table = Table(read(dana, f"{PARTICIPATIONS}/country/BR"))
    finally:
        event.remove(desk, "before_cursor_execute", compile_meanwhile)
    assert not late, "nothing happened meanwhile"
    assert (table.numbers(), table.foot) == ([10], "10")
    table = Table(read(dana, f"{PARTICIPATIONS}/country/BR"))
    assert (table.numbers(), table.foot) == ([10, 5], "15")


def test_the_figure_of_a_closed_chapter_stays_in_its_country(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.put_into(reporting.world.recife, ChapterState.CLOSED)
    reporting.compile()
    page = read(as_person(reporting.world.dana), f"{PARTICIPATIONS}/country/BR")
    assert heading(page) == "Participations: 10"
