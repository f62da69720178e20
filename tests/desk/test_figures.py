"""UN Women sees a figure move, with its coverage, and opens it down to the entries; every level adds up."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from people import desk_person
from sqlalchemy import event

from tenants.action_kit.cells import AgeBand, Sex
from tenants.chapters.areas import COUNTRIES_BY_AREA, Area
from tenants.chapters.models import ChapterState
from tenants.db import db
from tenants.people.permissions import DeskRole

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)
FIGURES = "/desk/figures/participations"


class Table(HTMLParser):
    """The rows of a page's last table, as texts; the last row is its foot."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._in_cell = False
        self.feed(page[page.rindex("<table") : page.rindex("</table>")])

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
        """Return the last column without head and foot, words and corrections left out."""
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


def logged(client: FlaskClient, **counts: str) -> None:
    """Log an activity through the page, as alice does."""
    form = read(client, "/c/recife/activities/new")
    hidden = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form))
    hidden |= dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
    fields = {**hidden, "kind": "dialogue", "title": "Roda de conversa", "held_on": "2026-02-11", "place": "Liberdade"}
    answer = client.post("/c/recife/activities/new", data={**fields, **counts})
    assert answer.status_code == 302, answer.get_data(as_text=True)


def test_dana_sees_the_world_move_after_alice_logs_and_opens_it_down_to_the_entry(books, as_person):
    alice, dana = as_person(books.world.alice), as_person(books.world.dana)
    assert "No report yet" in read(dana, "/desk")

    logged(alice, people_women_18_24="10", people_men_25_59="4", first_time="14")
    books.compile()

    page = read(dana, "/desk")
    assert heading(page) == "1 of 2 active chapters have reported"
    assert re.search(r'fig-value num"><span>14<', page)
    address = f"{FIGURES}/world/world"
    for place in ("americas", "BR", str(books.world.recife.id)):
        page = read(dana, address)
        table = Table(page)
        assert heading(page) == "14 participations"
        assert (sum(table.numbers()), table.foot) == (14, "14")
        address = next(link for link in table.links if link.endswith(f"/{place}"))
    entries = read(dana, address)
    assert heading(entries) == "14 participations"
    table = Table(entries)
    assert (table.numbers(), table.foot) == ([14], "14")
    assert "Roda de conversa" in read(dana, table.links[0])


def test_the_page_of_a_figure_shows_its_cells_its_coverage_and_its_time(books, as_person):
    books.log(books.world.recife, {WOMEN: 10, MEN: 4})
    books.compile()
    page = read(as_person(books.world.dana), f"{FIGURES}/world/world")
    assert "1 of 2 chapters, as of 12 Feb 2026, 12:00 UTC" in page
    cells = page[page.index("By sex and age") : page.index("</table>")]
    assert re.search(r"18 to 24</th><td class=\"r\">10</td><td class=\"r\">0</td>", cells)
    assert re.search(r"Together</th><td class=\"r\">10</td><td class=\"r\">4</td>.*?<td class=\"r\">14</td>", cells)


def test_a_chapter_that_logged_nothing_has_no_report_yet_instead_of_zero(books, as_person):
    page = read(as_person(books.world.dana), f"{FIGURES}/chapter/{books.world.huye.id}")
    assert heading(page) == "HeForShe Huye: no report yet"
    assert "0 of 1 chapter" in page
    assert "Missing is not zero" in page


def test_a_place_without_a_chapter_says_so(books, as_person):
    page = read(as_person(books.world.dana), f"{FIGURES}/country/FJ")
    assert heading(page) == "Fiji: no chapter yet"


def test_a_corrected_entry_shows_what_it_said_before_and_counts_once(books, as_person):
    activity = books.log(books.world.recife, {WOMEN: 10})
    books.revise(books.world.recife, activity, {WOMEN: 7})
    books.compile()
    table = Table(read(as_person(books.world.dana), f"{FIGURES}/chapter/{books.world.recife.id}"))
    assert [row[-2:] for row in table.rows[1:]] == [["2", "7"], ["1", "10"], ["", "7"]]


def test_an_entry_without_a_head_count_is_named_and_not_summed(books, as_person):
    books.log(books.world.recife, {WOMEN: 10})
    books.log(books.world.recife, None)
    books.compile()
    page = read(as_person(books.world.dana), f"{FIGURES}/chapter/{books.world.recife.id}")
    assert "1 more activity has no head count" in page
    assert Table(page).numbers() == [10]


def test_a_log_that_is_ahead_of_the_figure_is_said_and_not_hidden(books, as_person):
    books.log(books.world.recife, {WOMEN: 10})
    books.compile()
    books.log(books.world.recife, {WOMEN: 5})
    page = read(as_person(books.world.dana), f"{FIGURES}/chapter/{books.world.recife.id}")
    assert heading(page) == "10 participations"
    assert "it now comes to 15 participations in 2 entries" in page


def test_all_pages_of_a_long_log_add_up_to_the_figure(books, as_person):
    for people in range(1, 31):
        books.log(books.world.recife, {WOMEN: people})
    books.compile()
    dana, address = as_person(books.world.dana), f"{FIGURES}/chapter/{books.world.recife.id}"
    first = read(dana, address)
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = read(dana, older.group(1))
    assert len(Table(first).numbers()) == 25
    assert sum(Table(first).numbers() + Table(second).numbers()) == 465
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer
    assert Table(read(dana, newer.group(1))).numbers() == Table(first).numbers()


def test_a_country_of_many_chapters_is_shown_in_pages_that_add_up(books, as_person):
    for number in range(52):
        place = books.onboard(f"brasil-{number:02}", "BR")
        books.log(place, {WOMEN: number + 1})
    books.compile()
    dana = as_person(books.world.dana)
    first = read(dana, f"{FIGURES}/country/BR")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = read(dana, following.group(1).replace("&amp;", "&"))
    assert sum(Table(first).numbers() + Table(second).numbers()) == 52 * 53 // 2
    assert Table(first).foot == Table(second).foot == "1,378"


def test_the_figure_of_a_closed_chapter_stays_in_its_country(books, as_person):
    books.log(books.world.recife, {WOMEN: 10})
    books.put_into(books.world.recife, ChapterState.CLOSED)
    books.compile()
    page = read(as_person(books.world.dana), f"{FIGURES}/country/BR")
    assert heading(page) == "10 participations"
    assert "No active chapter" in page


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
    books.log(books.world.recife, {WOMEN: 10})
    books.log(books.world.huye, {WOMEN: 777})
    books.compile()
    client = as_person(rosa)
    page = read(client, "/desk")
    assert "Brazil" in page
    for address in ("/desk", "/desk/chapters", f"{FIGURES}/country/BR", f"{FIGURES}/chapter/{books.world.recife.id}"):
        page = read(client, address)
        assert "777" not in page
        assert "787" not in page
        assert "Huye" not in page
    for address in (f"{FIGURES}/country/RW", f"{FIGURES}/chapter/{books.world.huye.id}", f"{FIGURES}/area/arab_states"):
        assert client.get(address).status_code == 404
    assert client.get(f"/desk/chapters/{books.world.huye.id}").status_code == 404
    assert client.get(f"/desk/chapters?after={books.world.huye.id}").status_code == 404


def test_a_country_desk_is_refused_the_world_and_offered_her_countries(books, rosa, as_person):
    books.log(books.world.recife, {WOMEN: 10})
    books.log(books.world.huye, {WOMEN: 777})
    books.compile()
    client = as_person(rosa)
    for address in (f"{FIGURES}/world/world", f"{FIGURES}/area/americas"):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert heading(page) == "You see the figures of your countries"
        assert f'href="{FIGURES}/country/BR"' in page
        assert "777" not in page
        assert "787" not in page


def test_a_regional_desk_sees_whole_areas_and_single_countries_and_no_sum_of_them(books, amina, as_person):
    senegal = books.onboard("dakar", "SN")
    books.log(senegal, {WOMEN: 30})
    books.log(books.world.huye, {WOMEN: 12})
    books.compile()
    client = as_person(amina)
    page = read(client, "/desk")
    assert heading(page) == "The figures of your countries"
    assert {row[0]: row[-1] for row in Table(page).rows[1:]} == {"West and Central Africa": "30", "Rwanda": "12"}
    assert "42" not in re.sub(r"<[^>]+>", "", page)
    assert heading(read(client, f"{FIGURES}/area/west_central_africa")) == "30 participations"


def test_a_focal_point_finds_no_desk(books, as_person):
    charlie, dana = as_person(books.world.charlie), as_person(books.world.dana)
    for address in ("/desk", "/desk/chapters", "/desk/chapters/new", f"{FIGURES}/world/world", f"{FIGURES}/country/RW"):
        assert charlie.get(address).status_code == 404, address
        assert dana.get(address).status_code == 200, address


def test_a_figure_that_does_not_exist_is_not_found(books, as_person):
    dana = as_person(books.world.dana)
    for figure in (
        "reach/world/world",
        "participations/world/BR",
        "participations/planet/world",
        "participations/area/atlantis",
        "participations/country/ZZ",
        "participations/country/br",
        "participations/chapter/recife",
        "participations/chapter/00000000-0000-0000-0000-000000000000",
    ):
        assert dana.get(f"/desk/figures/{figure}").status_code == 404, figure


def test_no_page_of_the_desk_takes_more_than_12_statements(books, as_person):
    books.log(books.world.recife, {WOMEN: 10})
    books.compile()
    dana = as_person(books.world.dana)
    for address in (
        "/desk",
        "/desk/chapters",
        f"/desk/chapters/{books.world.recife.id}",
        "/desk/chapters/new",
        f"{FIGURES}/world/world",
        f"{FIGURES}/area/americas",
        f"{FIGURES}/country/BR",
        f"{FIGURES}/chapter/{books.world.recife.id}",
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
