"""The breakdown of a figure on one page. It names the chapters that are not in the figure, so that all are listed."""

from __future__ import annotations

import re

import pytest
from desk.figure_pages import MEN, PARTICIPATIONS, WOMEN, Table, read, words
from desk.page_texts import statements_of
from harness.people import desk_person
from harness.reporting import LAST

from tenants.action_kit.reports.services import TypedValue
from tenants.people.permissions import DeskRole

WORLD = f"{PARTICIPATIONS}/world/world"


@pytest.fixture
def movement(reporting):
    """Two chapters of Brazil, one of Chile and Huye of Rwanda have reported; three more have not."""
    reporting.report(reporting.world.recife, {WOMEN: 10, MEN: 4})
    reporting.report(reporting.onboard("salvador", "BR"), {WOMEN: 20})
    reporting.report(reporting.onboard("valdivia", "CL"), {MEN: 100})
    reporting.report(reporting.world.huye, {WOMEN: 1000})
    waits, missing = reporting.onboard("manaus", "BR"), reporting.onboard("suva", "FJ")
    reporting.log(waits, {WOMEN: 55})
    reporting.send(waits)
    reporting.expect(missing)
    reporting.compile()
    return reporting


def values(page: str) -> dict[str, str]:
    return {row[0]: row[-1] for row in Table(page).rows[1:]}


def number(text: str) -> int:
    return int(text.replace(",", "")) if text not in ("–", "") else 0


def test_an_open_branch_stands_under_its_place_and_every_level_sums_exactly(movement, as_person):
    dana = as_person(movement.world.dana)
    figures = values(read(dana, f"{WORLD}?open=BR"))
    brazil = {"ElesPorElas Recife": "14", "HeForShe salvador": "20", "HeForShe manaus": "–"}
    assert {name: figures[name] for name in brazil} == brazil
    assert sum(map(number, brazil.values())) == number(figures["Brazil"]) == 34
    assert number(figures["Brazil"]) + number(figures["Chile"]) == number(figures["Americas and the Caribbean"]) == 134
    foot = figures.popitem()[1]
    areas = ("Americas and the Caribbean", "Asia and the Pacific", "East and Southern Africa")
    assert sum(number(figures[area]) for area in areas) == number(foot) == 1134
    names = list(figures)
    assert names[:4] == ["Americas and the Caribbean", "Chile", "Brazil", "ElesPorElas Recife"]


def test_a_branch_is_opened_and_closed_by_an_address(movement, as_person):
    dana = as_person(movement.world.dana)
    page = read(dana, WORLD)
    assert "Brazil" not in values(page)
    opening = re.findall(r'<a class="toggle" href="([^"]+)" aria-expanded="false"', page)
    assert f"{WORLD}?open=americas#sum" in opening
    page = read(dana, f"{WORLD}?open=americas")
    assert f'href="{WORLD}?open=BR#sum" aria-expanded="false"' in page
    assert f'href="{WORLD}#sum" aria-expanded="true"' in page
    page = read(dana, f"{WORLD}?open=BR")
    assert f'href="{WORLD}?open=americas#sum" aria-expanded="true"' in page, "closing a country leaves its area open"
    area = f"{PARTICIPATIONS}/area/americas"
    assert "HeForShe salvador" in values(read(dana, f"{area}?open=BR"))
    for nonsense in (f"{WORLD}?open=ZZ", f"{WORLD}?open=world", f"{area}?open=RW", f"{area}?open=americas"):
        assert dana.get(nonsense).status_code == 404, nonsense
    assert statements_of(dana, f"{WORLD}?open=BR") <= 12


def test_countries_are_ordered_by_size(movement, as_person):
    page = read(as_person(movement.world.dana), f"{PARTICIPATIONS}/area/americas")
    assert list(values(page))[:2] == ["Chile", "Brazil"]


def test_those_in_a_figure_and_those_who_are_not_are_all_that_are_expected(movement, as_person):
    dana = as_person(movement.world.dana)
    page = read(dana, WORLD)
    text = words(page)
    assert "4 of 6 chapters reported" in text
    assert "Not in this number: 2 chapters" in text
    assert re.search(r"1 waiting for approval HeForShe manaus \(Brazil\) They sent 55 in total\.", text)
    assert re.search(r"1 not sent HeForShe suva \(Fiji\) (?!They sent)", text)
    assert "Not in this number" not in words(read(dana, f"{PARTICIPATIONS}/country/RW"))


def test_a_report_without_this_value_is_not_in_its_figure_and_says_so(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10}, values={"workplaces_with_policy": TypedValue(5)})
    reporting.report(reporting.world.huye, {WOMEN: 10})
    reporting.compile()
    text = words(read(as_person(reporting.world.dana), "/desk/figures/workplaces_with_policy/2025-Q4/world/world"))
    assert "Not reported for this period: 1 chapter" in text
    assert "1 reported as not known HeForShe Huye (Rwanda)" in text


def test_growth_is_told_from_better_reporting(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10}, LAST.previous)
    reporting.report(reporting.world.recife, {WOMEN: 30})
    reporting.report(reporting.world.huye, {WOMEN: 10})
    reporting.compile()
    page = read(as_person(reporting.world.dana), WORLD)
    table = Table(page, "The same figure in other periods").rows
    column = table[0].index("Q4 2025")
    assert [row[column] for row in table[1:]] == ["40", "2 of 2", "20 each"]
    assert "Per chapter included: 10 in Q3 2025, 20 in Q4 2025." in words(page)


def test_a_country_desk_is_told_of_nobody_elses_absence(movement, as_person):
    with movement.world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("BR",))
    text = words(read(as_person(rosa), f"{PARTICIPATIONS}/country/BR"))
    assert "Not in this number: 1 chapter" in text
    assert "suva" not in text
