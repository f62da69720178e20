"""UN Women sees a figure with its coverage and opens it down to the log; every level adds up, and refusals say why."""

from __future__ import annotations

import html
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from books import LAST
from flask.testing import FlaskClient
from people import desk_person, post
from sqlalchemy import event

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.core import CORE
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.evaluation.services import Said
from tenants.chapters.areas import COUNTRIES_BY_AREA, Area
from tenants.chapters.models import ChapterState
from tenants.db import db
from tenants.people.permissions import DeskRole

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)
PARTICIPATIONS = "/desk/figures/participations/2025-Q4"
FIRST = Period(date(2025, 1, 1))


class Table(HTMLParser):
    """The rows of one of a page's tables, as texts, found by its caption; the last row is its foot."""

    def __init__(self, page: str, caption: str = "What this figure is the sum of") -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._in_cell = False
        start = page.index(f"{caption}</caption>")
        self.feed(page[start : page.index("</table>", start)])

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        elif tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data):
        if self._in_cell:
            self.rows[-1][-1] += data.strip()

    def numbers(self) -> list[int]:
        """Return the last column without head and foot, words left out."""
        return [int(row[-1].replace(",", "")) for row in self.rows[1:-1] if row[-1].replace(",", "").isdigit()]

    @property
    def foot(self) -> str:
        return self.rows[-1][-1]


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer.get_data(as_text=True)


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


def words(page: str) -> str:
    """Return what a page's main part says, its tags left out."""
    text = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    return re.sub(r"\s+", " ", html.unescape(text))


def card(page: str, title: str) -> str:
    """Return what the card of one indicator on the first page says."""
    found = re.search(rf'<div class="fig"><p class="fig-label">{title} .*?</div>', page, re.DOTALL)
    assert found, title
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group()))


def periods_of(page: str) -> dict[str, str]:
    """Return what a figure's page says of each period: name -> value; the year so far is among them."""
    rows = Table(page, "The same figure in other periods").rows[1:]
    return {row[0]: row[-1] for row in rows}


# From the world to the log


def test_dana_approves_and_opens_the_worlds_figure_down_to_the_entry_by_following_links(books, as_person):
    books.log(books.world.recife, {WOMEN: 10, MEN: 4})
    books.send(books.world.recife)
    dana = as_person(books.world.dana)
    assert "Nobody has reported yet" in card(read(dana, "/desk"), "Participations")
    report = f"/c/recife/reports/{LAST.code}"
    assert post(dana, f"{report}/approval", form=report, number="1").status_code == 302
    books.compile()

    page = read(dana, "/desk")
    assert heading(page) == "1 of 2 chapters have an approved report"
    found = re.search(r'href="(/desk/figures/participations/2025-Q4/world/world)"', page)
    assert found
    address = found.group(1)
    for place in ("americas", "BR", str(books.world.recife.id)):
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


def test_an_approval_rings_for_the_compiler(books, as_person, monkeypatch):
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(books.world.app.extensions["bell"], "ring", lambda task, queue: rung.append((task, queue)))
    books.log(books.world.recife, {WOMEN: 10})
    books.send(books.world.recife)
    report = f"/c/recife/reports/{LAST.code}"
    post(as_person(books.world.dana), f"{report}/approval", form=report, number="1")
    assert rung == [("workers.rollups.compile_figures", "rollups")]


# The first page


def test_dana_sees_every_indicator_apart_with_its_coverage_and_its_time(books, as_person):
    books.report(books.world.recife, {WOMEN: 10}, said={"would_speak_up": Said(8, 10)})
    books.report(books.world.huye, {MEN: 5}, said={"would_speak_up": Said(30, 100)})
    books.expect(books.onboard("dakar", "SN"))
    books.compile()
    page = read(as_person(books.world.dana), "/desk")
    labels = re.findall(r'<p class="fig-label">(.*?) <span', page)
    assert labels == [str(indicator.title) for indicator in CORE]
    assert " 15 " in card(page, "Participations")
    assert "2 of 3 chapters reported, as of 12 Feb 2026, 12:00 UTC" in card(page, "Participations")
    assert " 35% 38 of 110 " in card(page, "Participants who say they would speak up")
    assert "$0.00" in card(page, "Money spent")
    signups = card(page, "Sign-ups counted at events, to date")
    assert "Nobody has reported yet" in signups
    assert "0 of 3 chapters reported" in signups


def test_unique_people_have_no_total_and_the_page_says_why(books, as_person):
    books.report(books.world.recife, None, said={"facilitators_trained": Said(3)})
    books.report(books.world.huye, None, said={"facilitators_trained": Said(4)})
    books.compile()
    dana = as_person(books.world.dana)
    shown = card(read(dana, "/desk"), "Facilitators trained")
    reason = "One person can be known to two chapters, so there is no total."
    assert "No total" in shown
    assert reason in shown
    assert "2 of 2 chapters reported" in shown
    page = read(dana, "/desk/figures/facilitators_trained/2025-Q4/world/world")
    assert heading(page) == "Facilitators trained: No total"
    assert reason in words(page)
    assert " 7 " not in words(page)
    page = read(dana, f"/desk/figures/facilitators_trained/2025-Q4/chapter/{books.world.recife.id}")
    assert heading(page) == "Facilitators trained: 3"
    assert "The chapter says this number itself in its report." in words(page)


def test_the_page_of_another_period_is_an_address(books, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.report(books.world.recife, {WOMEN: 3}, LAST.previous)
    books.compile()
    dana = as_person(books.world.dana)
    page = read(dana, "/desk")
    assert " 10 " in card(page, "Participations")
    assert re.findall(r'<option value="([^"]+)"( selected)?>', page) == [("2025-Q4", " selected"), ("2025-Q3", "")]
    assert " 3 " in card(read(dana, "/desk?period=2025-Q3"), "Participations")
    assert heading(read(dana, "/desk?period=2024-Q1")) == "Nobody has reported yet"
    for nonsense in ("2025-Q5", "2199-Q1", "last", "2025-Q4%00"):
        assert dana.get(f"/desk?period={nonsense}").status_code == 404, nonsense


def test_without_a_period_an_address_leads_to_the_latest(books, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.compile()
    page = read(as_person(books.world.dana), "/desk/figures/participations/country/BR")
    assert heading(page) == "Participations: 10"
    assert "October to December 2025" in words(page)


def test_the_first_page_says_what_waits_and_what_the_last_check_found(books, as_person):
    books.log(books.world.recife, {WOMEN: 10})
    books.send(books.world.recife)
    dana = as_person(books.world.dana)
    page = words(read(dana, "/desk"))
    assert "1 thing waits for UN Women" in page
    assert re.search(r"The oldest has waited \d+ days", page)
    assert "The figures have not been checked yet." in page
    books.approve(books.world.recife)
    books.compile()
    books.check()
    assert "Checked 12 Feb 2026, 12:00 UTC: stored equals recomputed." in words(read(dana, "/desk"))
    with books.as_compiler() as session:
        session.connection().exec_driver_sql("update figures set numerator = 7 where place = 'BR' and numerator = 10")
    wrong = len(books.check().differences)
    assert wrong > 1
    assert f"{wrong} things differ from what the reports say" in words(read(dana, "/desk"))


# One figure


def test_the_page_of_a_figure_shows_its_cells_its_coverage_and_its_time(books, as_person):
    books.report(books.world.recife, {WOMEN: 10, MEN: 4})
    books.compile()
    page = read(as_person(books.world.dana), f"{PARTICIPATIONS}/world/world")
    assert "1 of 2 chapters reported, as of 12 Feb 2026, 12:00 UTC" in page
    cells = page[page.index("By sex and age") :]
    assert re.search(r"18 to 24</th><td class=\"r\">10</td><td class=\"r\">0</td>", cells)
    assert re.search(r"Together</th><td class=\"r\">10</td><td class=\"r\">4</td>.*?<td class=\"r\">14</td>", cells)


def test_a_chapter_that_has_not_reported_is_missing_and_not_zero(books, as_person):
    dana = as_person(books.world.dana)
    page = read(dana, f"{PARTICIPATIONS}/chapter/{books.world.huye.id}")
    assert heading(page) == "Participations: Nobody has reported yet"
    assert "Missing is not zero" in page
    assert Table(read(dana, f"{PARTICIPATIONS}/country/RW")).rows[1] == ["HeForShe Huye", "Not reported", "–"]


def test_a_place_without_a_chapter_says_so(books, as_person):
    page = read(as_person(books.world.dana), f"{PARTICIPATIONS}/country/FJ")
    assert heading(page) == "Participations: Nobody has reported yet"
    assert "No report is expected" in words(page)


def test_a_chapter_says_why_a_value_is_missing_and_when_none_is_expected(books, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.onboard("olinda", "BR")
    books.compile()
    dana = as_person(books.world.dana)
    rows = Table(read(dana, "/desk/figures/signups_tallied/2025-Q4/country/BR")).rows[1:-1]
    assert rows == [["ElesPorElas Recife", "Not known", "–"], ["HeForShe olinda", "Not expected", "–"]]


def test_a_corrected_entry_shows_the_revision_that_was_read_and_that_there_is_a_newer_one(books, as_person):
    activity = books.report(books.world.recife, {WOMEN: 10})
    books.compile()
    books.revise(books.world.recife, activity, {WOMEN: 7})
    dana = as_person(books.world.dana)
    page = read(dana, f"{PARTICIPATIONS}/chapter/{books.world.recife.id}")
    table = Table(page)
    assert heading(page) == "Participations: 10"
    assert table.rows[1][-2:] == ["1", "10"]
    assert "Corrected since: revision 2" in table.rows[1][0]
    assert "10" in words(read(dana, table.links[0])), "the link leads to the revision that was read"


def test_a_late_first_quarter_moves_the_later_ones_of_what_is_carried(books, as_person):
    later = (FIRST.following, FIRST.following.following, LAST)
    for period in (FIRST, *later):
        books.expect(books.world.recife, period=period)
    books.report(books.world.recife, {}, LAST)
    books.compile()
    dana, address = as_person(books.world.dana), "/desk/figures/workplaces_with_policy/2025-Q4/country/BR"
    assert set(periods_of(read(dana, address)).values()) == {"–"}

    books.report(books.world.recife, {}, FIRST, said={"workplaces_with_policy": Said(5)})
    books.compile()
    page = read(dana, address)
    assert periods_of(page) == {
        "January to March 2025": "5",
        "April to June 2025": "5",
        "July to September 2025": "5",
        "October to December 2025": "5",
        "January to March 2026": "–",
        "April to June 2026": "–",
        "July to September 2026": "–",
        "2025 up to this period": "5",
    }
    assert "0 of 1 chapter reported, 1 carried forward" in words(page)
    assert Table(page).rows[1] == ["ElesPorElas Recife", "Carried forward from January to March 2025", "5"]
    page = read(dana, f"/desk/figures/workplaces_with_policy/2025-Q4/chapter/{books.world.recife.id}")
    assert heading(page) == "Workplaces and schools with a written policy: 5"
    assert "Report for January to March 2025, submission 1" in words(page)


def test_a_flow_is_added_up_over_the_year_and_people_are_not(books, as_person):
    for period, people in ((FIRST, 4), (LAST, 10)):
        books.report(books.world.recife, {WOMEN: people}, period, said={"facilitators_trained": Said(people)})
    books.compile()
    dana, place = as_person(books.world.dana), f"chapter/{books.world.recife.id}"
    for where in ("world/world", "country/BR", place):
        assert periods_of(read(dana, f"{PARTICIPATIONS}/{where}"))["2025 up to this period"] == "14", where
    page = read(dana, f"/desk/figures/facilitators_trained/2025-Q4/{place}")
    assert periods_of(page)["2025 up to this period"] == "No total"
    assert "One person can come again in another period, so there is no total." in words(page)


def test_all_pages_of_the_rows_behind_a_value_add_up_to_it(books, as_person):
    for people in range(1, 31):
        books.log(books.world.recife, {WOMEN: people})
    books.send(books.world.recife)
    books.approve(books.world.recife)
    books.compile()
    dana, address = as_person(books.world.dana), f"{PARTICIPATIONS}/chapter/{books.world.recife.id}"
    first = read(dana, address)
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = read(dana, following.group(1))
    assert len(Table(first).numbers()) == 25
    assert sum(Table(first).numbers() + Table(second).numbers()) == 465
    assert Table(first).foot == Table(second).foot == "465"
    previous = re.search(r'rel="prev" href="([^"]+)"', second)
    assert previous
    assert 'rel="next"' not in second
    assert Table(read(dana, previous.group(1))).numbers() == Table(first).numbers()
    for nonsense in ("after=recife", f"after={books.world.dana.user_id}", "before="):
        assert dana.get(f"{address}?{nonsense}").status_code in (200, 404), nonsense


def test_a_country_of_many_chapters_is_shown_in_pages_that_add_up(books, as_person):
    for number in range(52):
        books.report(books.onboard(f"brasil-{number:02}", "BR"), {WOMEN: number + 1})
    books.compile()
    dana = as_person(books.world.dana)
    first = read(dana, f"{PARTICIPATIONS}/country/BR")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = read(dana, following.group(1).replace("&amp;", "&"))
    assert sum(Table(first).numbers() + Table(second).numbers()) == 52 * 53 // 2
    assert Table(first).foot == Table(second).foot == "1,378"
    for address in ("/desk", f"{PARTICIPATIONS}/country/BR", f"{PARTICIPATIONS}/world/world"):
        assert len(statements_of(dana, address)) <= 12, address


def test_a_compile_in_the_middle_of_a_page_changes_neither_its_parts_nor_its_whole(books, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    salvador = books.onboard("salvador", "BR")
    books.log(salvador, {MEN: 5})
    books.send(salvador)
    books.compile()
    dana, late = as_person(books.world.dana), [salvador]
    with books.world.app.app_context():
        desk = db.engines["desk"]

    def compile_meanwhile(_connection, _cursor, statement, *_rest):
        if "compiled_reports" in statement and late:
            books.approve(late.pop())
            books.compile()

    event.listen(desk, "before_cursor_execute", compile_meanwhile)
    try:
        table = Table(read(dana, f"{PARTICIPATIONS}/country/BR"))
    finally:
        event.remove(desk, "before_cursor_execute", compile_meanwhile)
    assert not late, "nothing happened meanwhile"
    assert (table.numbers(), table.foot) == ([10], "10")
    table = Table(read(dana, f"{PARTICIPATIONS}/country/BR"))
    assert (table.numbers(), table.foot) == ([10, 5], "15")


def test_the_figure_of_a_closed_chapter_stays_in_its_country(books, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.put_into(books.world.recife, ChapterState.CLOSED)
    books.compile()
    page = read(as_person(books.world.dana), f"{PARTICIPATIONS}/country/BR")
    assert heading(page) == "Participations: 10"


# Who sees what


@pytest.fixture
def rosa(books):
    """A country desk: Brazil alone."""
    with books.world.app.app_context():
        return desk_person("Rosa", DeskRole.COUNTRY_DESK, ("BR",))


@pytest.fixture
def amina(books):
    """A regional desk: the whole of West and Central Africa, and Rwanda beside it."""
    countries = (*COUNTRIES_BY_AREA[Area.WEST_CENTRAL_AFRICA], "RW")
    with books.world.app.app_context():
        return desk_person("Amina", DeskRole.REGIONAL_DESK, countries)


def test_a_country_desk_sees_only_her_country(books, rosa, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.report(books.world.huye, {WOMEN: 777})
    books.compile()
    client = as_person(rosa)
    assert "Brazil" in read(client, "/desk")
    hers = (f"{PARTICIPATIONS}/country/BR", f"{PARTICIPATIONS}/chapter/{books.world.recife.id}")
    for address in ("/desk", "/desk/chapters", *hers):
        page = read(client, address)
        assert "777" not in page
        assert "787" not in page
        assert "Huye" not in page
    others = ("country/RW", f"chapter/{books.world.huye.id}", "area/arab_states")
    for address in (*(f"{PARTICIPATIONS}/{place}" for place in others), "/desk/figures/participations/country/RW"):
        assert client.get(address).status_code == 404, address
    assert client.get(f"/desk/chapters/{books.world.huye.id}").status_code == 404
    assert client.get(f"/desk/chapters?after={books.world.huye.id}").status_code == 404


def test_a_country_desk_is_refused_the_world_and_offered_her_countries(books, rosa, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.report(books.world.huye, {WOMEN: 777})
    books.compile()
    client = as_person(rosa)
    for address in (f"{PARTICIPATIONS}/world/world", f"{PARTICIPATIONS}/area/americas"):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert heading(page) == "You see the figures of your countries"
        assert f'href="{PARTICIPATIONS}/country/BR"' in page
        assert "777" not in page
        assert "787" not in page


def test_a_regional_desk_sees_whole_areas_and_single_countries_and_no_sum_of_them(books, amina, as_person):
    books.report(books.onboard("dakar", "SN"), {WOMEN: 30})
    books.report(books.world.huye, {WOMEN: 12})
    books.compile()
    client = as_person(amina)
    page = read(client, "/desk")
    assert heading(page) == "The figures of your countries"
    rows = Table(page, "Every figure with its coverage, place by place").rows
    column = rows[0].index("Participations")
    shown = {row[0]: row[column].split(":")[0] for row in rows[1:]}
    assert shown == {"West and Central Africa": "30", "Rwanda": "12"}
    assert "42" not in words(page)
    assert heading(read(client, f"{PARTICIPATIONS}/area/west_central_africa")) == "Participations: 30"


def test_a_focal_point_finds_no_desk(books, as_person):
    charlie, dana = as_person(books.world.charlie), as_person(books.world.dana)
    figures = (f"{PARTICIPATIONS}/world/world", f"{PARTICIPATIONS}/country/RW")
    for address in ("/desk", "/desk/chapters", "/desk/chapters/new", *figures):
        assert charlie.get(address).status_code == 404, address
        assert dana.get(address).status_code == 200, address


def test_a_figure_that_does_not_exist_is_not_found(books, as_person):
    dana = as_person(books.world.dana)
    for figure in (
        "reach/2025-Q4/world/world",
        "participations/2025-Q5/world/world",
        "participations/2199-Q1/world/world",
        "participations/2025-Q4/world/BR",
        "participations/2025-Q4/planet/world",
        "participations/2025-Q4/area/atlantis",
        "participations/2025-Q4/country/ZZ",
        "participations/2025-Q4/country/br",
        "participations/2025-Q4/chapter/recife",
        "participations/2025-Q4/chapter/00000000-0000-0000-0000-000000000000",
        "reach/world/world",
        "participations/planet/world",
    ):
        assert dana.get(f"/desk/figures/{figure}").status_code == 404, figure


def test_no_page_of_the_desk_takes_more_than_12_statements(books, as_person):
    books.report(books.world.recife, {WOMEN: 10})
    books.compile()
    dana = as_person(books.world.dana)
    for address in (
        "/desk",
        "/desk/chapters",
        "/desk/chapters/new",
        f"{PARTICIPATIONS}/world/world",
        f"{PARTICIPATIONS}/area/americas",
        f"{PARTICIPATIONS}/country/BR",
        f"{PARTICIPATIONS}/chapter/{books.world.recife.id}",
        f"/desk/figures/participations/chapter/{books.world.recife.id}",
    ):
        seen = statements_of(dana, address)
        assert 2 < len(seen) <= 12, f"{address}: {len(seen)}\n" + "\n".join(seen)


def statements_of(client: FlaskClient, address: str) -> list[str]:
    """Fetch a page and return the statements it took, on all logins."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    with client.application.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        read(client, address)
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return seen
