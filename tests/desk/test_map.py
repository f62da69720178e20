"""Reporting by country: the tile map, the table with the same content, and the counts that add up."""

from __future__ import annotations

import re

import pytest
from desk.figure_pages import WOMEN, Table, heading, read, words
from desk.page_texts import statements_of
from harness.people import desk_person
from harness.reporting import LAST, NOON, report_of_session

from solidarity.charts.tile_grid import COLUMNS, PLACES, ROWS, SMALL_ISLAND_STATES
from solidarity.charts.tile_map import Tile, tile_class, tile_map
from tenants.action_kit.reports.services import return_report
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.people.permissions import DeskRole

# UN Women may have chapters in these places, but they are no member states of the UN: only the table has them.
NOT_STATES = {"CK", "NU", "VA", "XK"}


def tile_of(page: str, code: str) -> tuple[str, str] | None:
    """Return the class and the title of a state's tile that is a link; None for any other tile."""
    for link in re.findall(r"<a href=[^>]*translate.*?</a>", page):
        if f">{code}</text>" in link:
            match = re.search(r'<title>(.*?)</title><use href="#mt" class="(\w+)"', link)
            assert match
            return match.group(2), match.group(1)
    return None


def coverage_of(page: str) -> dict[str, int]:
    """Return the four counts under the large bar: label -> number of chapters."""
    key = page.split('<ul class="covkey">')[1].split("</ul>", maxsplit=1)[0]
    items = re.findall(r'<b class="num">([\d,]+)</b>(.*?)</li>', key)
    return {re.sub(r"<[^>]+>", "", name).strip(): int(count) for count, name in items}


@pytest.mark.parametrize(
    ("approved_count", "expected", "shape"),
    [
        (0, 0, "m0"),
        (0, 9, "mx"),
        (1, 9, "m1"),
        (59, 100, "m1"),
        (60, 100, "m2"),
        (79, 100, "m2"),
        (80, 100, "m3"),
        (999, 1000, "m3"),
        (1, 1, "m4"),
        (9, 9, "m4"),
    ],
)
def test_a_tile_says_all_only_where_every_chapter_has_reported(approved_count, expected, shape):
    assert tile_class(approved_count, expected) == shape


def test_every_state_has_a_tile_of_its_own_and_no_island_is_left_out():
    assert len(PLACES) == 194
    assert len(set(PLACES.values())) == 194, "two states share a place"
    assert set(ALL_COUNTRIES) - set(PLACES) == NOT_STATES
    assert set(PLACES) <= set(ALL_COUNTRIES)
    assert len(SMALL_ISLAND_STATES) == 37
    assert set(PLACES) >= SMALL_ISLAND_STATES
    assert all(0 <= column < COLUMNS and 0 <= row < ROWS for column, row in PLACES.values())


def test_the_map_is_the_same_whichever_way_a_page_reads(world, as_person):
    dana = as_person(world.dana)
    drawings = []
    for code in ("en", "ar"):
        dana.get(f"/language/{code}?next=/desk")
        drawing = str(tile_map({"BR": Tile(1, 2, "1/2", "Brazil", "/")}, "Map"))
        drawings.append(drawing)
    assert drawings[0] == drawings[1]
    assert "translate(190 342)" in drawings[0], "Brazil stands where it stands"


def test_dana_reads_where_reports_are_off_the_map_and_off_its_table(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    salvador, suva, nuku = (
        reporting.onboard("salvador", "BR"),
        reporting.onboard("suva", "FJ"),
        reporting.onboard("nukualofa", "TO"),
    )
    reporting.expect(salvador, nuku)
    reporting.send(suva)
    reporting.compile()
    dana = as_person(reporting.world.dana)
    page = read(dana, "/desk?period=2025-Q4")
    assert heading(page) == "1 of 5 chapters have an approved report"
    assert coverage_of(page) == {"approved": 1, "waiting for UN Women": 1, "returned with questions": 0, "not sent": 3}
    assert tile_of(page, "BR") == ("m1", "Brazil: 1 of 2 chapters with an approved report")
    assert tile_of(page, "FJ") == ("mx", "Fiji: 0 of 1 chapter with an approved report")
    assert tile_of(page, "TO") == ("mx", "Tonga: 0 of 1 chapter with an approved report")
    assert tile_of(page, "NR") is None
    assert "4 countries are expected to report, 2 of them small island states." in words(page)

    match = re.search(r'href="(/desk/countries[^"]*)">View as a table', page)
    assert match
    page = read(dana, match.group(1).replace("&amp;", "&"))
    table = Table(page, "Chapters expected to report and the status of their reports, by country")
    assert [[row[0], *row[3:]] for row in table.rows[1:]] == [
        ["Brazil", "1 of 2", "–", "–", "1", "–"],
        ["Fiji", "0 of 1", "1", "–", "–", "–"],
        ["Rwanda", "0 of 1", "–", "–", "1", "–"],
        ["Tonga", "0 of 1", "–", "–", "1", "–"],
        ["World", "1 of 5", "1", "–", "3", "–"],
    ]
    assert f"/desk/figures/participations/{LAST.code}/country/FJ" in table.links


def test_a_returned_report_is_one_of_the_four_counts(reporting, as_person):
    reporting.send(reporting.world.recife)
    with reporting.inside(reporting.world.recife) as session:
        report, dana = report_of_session(session, LAST), reporting.world.dana.user_id
        return_report(session, report_id=report.id, number=1, reason="Which sheet?", actor_id=dana, at=NOON)
    page = read(as_person(reporting.world.dana), "/desk?period=2025-Q4")
    assert coverage_of(page) == {"approved": 0, "waiting for UN Women": 0, "returned with questions": 1, "not sent": 1}


def test_an_area_is_an_address_and_holds_its_countries_alone(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.report(reporting.world.huye, {WOMEN: 777})
    reporting.compile()
    dana = as_person(reporting.world.dana)
    page = read(dana, "/desk?area=americas&period=2025-Q4")
    assert heading(page) == "1 of 1 chapter has an approved report"
    assert "Americas and the Caribbean · October to December 2025" in words(page)
    assert "777" not in page
    assert "Huye" not in page
    assert tile_of(page, "RW") is None
    assert ">CL</text>" in page
    assert ">NR</text>" not in page, "of another area it says nothing, not even that nobody is expected"
    assert sum(coverage_of(page).values()) == 1
    tabs = re.search(r'<nav class="scope"[^>]*>(.*?)</nav>', page)
    assert tabs
    assert len(re.findall("<a ", tabs.group(1))) == 8, "the world and its seven areas"
    assert re.findall(r'aria-current="true">([^<]+)', tabs.group(1)) == ["Americas and the Caribbean"]
    for nonsense in ("atlantis", "BR", "world"):
        assert dana.get(f"/desk?area={nonsense}").status_code == 404, nonsense
        assert dana.get(f"/desk/countries?area={nonsense}").status_code == 404, nonsense


def test_an_officer_of_one_country_sees_neither_the_world_nor_its_areas(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.report(reporting.world.huye, {WOMEN: 777})
    reporting.compile()
    with reporting.world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("BR",))
    client = as_person(rosa)
    for address in ("/desk", "/desk?area=americas", "/desk/countries"):
        page = read(client, address)
        assert 'class="scope"' not in page
        assert "777" not in page
        assert "Huye" not in page
        assert "Rwanda" not in page
        assert sum(coverage_of(page).values()) == 1, address
    assert 'class="tmap"' not in read(client, "/desk"), "a map of one country says nothing"
    assert client.get("/desk?area=east_southern_africa").status_code == 404


def test_the_first_page_takes_as_many_statements_with_many_chapters_as_with_few(reporting, as_person):
    dana = as_person(reporting.world.dana)
    statement_count = statements_of(dana, "/desk")
    for number in range(12):
        reporting.report(reporting.onboard(f"brasil-{number:02}", "BR"), {WOMEN: number + 1})
    reporting.compile()
    assert statements_of(dana, "/desk") == statement_count <= 12
    assert statements_of(dana, "/desk/countries") <= 12
    assert statements_of(dana, "/desk/figures/participations/2025-Q4/world/world?open=BR") <= 12


def test_who_saves_data_gets_tables_and_no_drawings(reporting, as_person):
    for period in (LAST.previous, LAST):
        reporting.report(reporting.world.recife, {WOMEN: 10}, period)
    reporting.compile()
    dana = as_person(reporting.world.dana)
    assert 'class="tmap"' in read(dana, "/desk")
    assert 'class="spark"' in read(dana, "/desk")
    answer = dana.get("/desk", headers={"Save-Data": "on"})
    page = answer.get_data(as_text=True)
    assert 'class="tmap"' not in page
    assert 'class="spark"' not in page
    assert "View as a table" in page
