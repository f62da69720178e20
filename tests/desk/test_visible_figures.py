"""Who sees which figures: a sum is visible only to a person responsible for every country in it."""

from __future__ import annotations

import re

import pytest
from desk.figure_pages import PARTICIPATIONS, WOMEN, Table, heading, read, words
from desk.page_texts import statements_of
from harness.people import desk_person

from tenants.chapters.areas import COUNTRIES_BY_AREA, Area
from tenants.people.permissions import DeskRole


@pytest.fixture
def rosa(reporting):
    """A country desk, responsible for Brazil alone."""
    with reporting.world.app.app_context():
        return desk_person("Rosa", DeskRole.COUNTRY_DESK, ("BR",))


@pytest.fixture
def amina(reporting):
    """A regional desk, responsible for all of West and Central Africa and for Rwanda."""
    countries = (*COUNTRIES_BY_AREA[Area.WEST_CENTRAL_AFRICA], "RW")
    with reporting.world.app.app_context():
        return desk_person("Amina", DeskRole.REGIONAL_DESK, countries)


def test_a_country_desk_sees_only_her_country(reporting, rosa, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.report(reporting.world.huye, {WOMEN: 777})
    reporting.compile()
    client = as_person(rosa)
    assert "Brazil" in read(client, "/desk")
    visible_addresses = (f"{PARTICIPATIONS}/country/BR", f"{PARTICIPATIONS}/chapter/{reporting.world.recife.id}")
    for address in ("/desk", "/desk/chapters", *visible_addresses):
        page = read(client, address)
        assert "777" not in page
        assert "787" not in page
        assert "Huye" not in page
    hidden_places = ("country/RW", f"chapter/{reporting.world.huye.id}", "area/arab_states")
    for address in (
        *(f"{PARTICIPATIONS}/{place}" for place in hidden_places),
        "/desk/figures/participations/country/RW",
    ):
        assert client.get(address).status_code == 404, address
    assert client.get(f"/desk/chapters/{reporting.world.huye.id}").status_code == 404
    assert client.get(f"/desk/chapters?after={reporting.world.huye.id}").status_code == 404


def test_a_country_desk_is_refused_the_world_and_offered_her_countries(reporting, rosa, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.report(reporting.world.huye, {WOMEN: 777})
    reporting.compile()
    client = as_person(rosa)
    for address in (f"{PARTICIPATIONS}/world/world", f"{PARTICIPATIONS}/area/americas"):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert heading(page) == "You see the figures of your countries"
        assert f'href="{PARTICIPATIONS}/country/BR"' in page
        assert "777" not in page
        assert "787" not in page


def test_a_regional_desk_sees_whole_areas_and_single_countries_and_no_sum_of_them(reporting, amina, as_person):
    reporting.report(reporting.onboard("dakar", "SN"), {WOMEN: 30})
    reporting.report(reporting.world.huye, {WOMEN: 12})
    reporting.compile()
    client = as_person(amina)
    page = read(client, "/desk")
    assert heading(page) == "2 of 2 chapters have an approved report"
    assert "Your countries · October to December 2025" in words(page)
    rows = Table(page, "Approved reports and participations by place").rows
    values = {row[0]: row[-1].split(":")[0] for row in rows[1:]}
    assert values == {"West and Central Africa": "30", "Rwanda": "12"}
    assert not re.search(r"(?<![:\d])42(?![:\d])", words(page)), "42 participations have no place of their own"
    assert heading(read(client, f"{PARTICIPATIONS}/area/west_central_africa")) == "Participations: 30"


def test_a_focal_point_finds_no_desk(reporting, as_person):
    charlie, dana = as_person(reporting.world.charlie), as_person(reporting.world.dana)
    figures = (f"{PARTICIPATIONS}/world/world", f"{PARTICIPATIONS}/country/RW")
    for address in ("/desk", "/desk/chapters", "/desk/chapters/new", *figures):
        assert charlie.get(address).status_code == 404, address
        assert dana.get(address).status_code == 200, address


def test_a_figure_that_does_not_exist_is_not_found(reporting, as_person):
    dana = as_person(reporting.world.dana)
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


def test_no_page_of_the_desk_takes_more_than_12_statements(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.compile()
    dana = as_person(reporting.world.dana)
    for address in (
        "/desk",
        "/desk/chapters",
        "/desk/countries",
        "/desk/chapters/new",
        f"{PARTICIPATIONS}/world/world",
        f"{PARTICIPATIONS}/area/americas",
        f"{PARTICIPATIONS}/country/BR",
        f"{PARTICIPATIONS}/chapter/{reporting.world.recife.id}",
        f"/desk/figures/participations/chapter/{reporting.world.recife.id}",
    ):
        assert 2 < statements_of(dana, address) <= 12, address
