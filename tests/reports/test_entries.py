"""A value of a report leads to exactly the entries that it was computed from, and back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from reports.conftest import CELLS, Desk

from tenants import clock
from tenants.action_kit.activities.services import log_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.models import Missing
from tenants.action_kit.reports.assembly import assemble, cell_code
from tenants.db import new_id


def values(page: str) -> list[str]:
    """Return the values of the table: those of its entries, and last their total."""
    return re.findall(r'<td class="r"><bdi>([^<]*)</bdi></td>', page)


def entries(desk: Desk, code: str, cell: str = "") -> str:
    answer = desk.world.browser_of(desk.world.alice).get(f"{desk.address}/entries/{code}", query_string=cell)
    assert answer.status_code == 200
    return answer.text


def test_a_draft_leads_to_the_entries_of_its_quarter_that_count_and_back(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(10)
    quarter.log(12)
    quarter.log(None)
    quarter.log(40, on=quarter.period.starts_on - timedelta(days=1))
    report = quarter.world.browser_of(quarter.world.alice).get(quarter.address).text
    assert f'href="{quarter.address}/entries/participations"' in report
    page = entries(quarter, "participations")
    assert f'href="{quarter.address}"' in page
    assert sorted(values(page)[:-1]) == ["10", "12"]
    assert values(page)[-1] == "22"
    assert len(values(entries(quarter, "activities_held"))) == 4


def test_a_box_of_the_head_count_leads_to_the_entries_with_people_in_it(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(10)
    quarter.log(3)  # nobody is left for the box of men
    report = quarter.world.browser_of(quarter.world.alice).get(quarter.address).text
    men = cell_code(Sex.MEN, AgeBand.FROM_18_TO_24)
    assert f'href="{quarter.address}/entries/participations?cell={men}">7<' in report
    assert values(entries(quarter, "participations", f"cell={men}")) == ["7", "7"]
    (cell,) = [cell_code(*cell) for cell in CELLS if cell_code(*cell) != men][:1]
    assert len(values(entries(quarter, "participations", f"cell={cell}"))) == 3


def test_a_sent_report_leads_to_the_revisions_that_were_sent(quarter: Desk) -> None:
    quarter.begin()
    activity_id = quarter.log(10)
    quarter.submit()
    quarter.correct(activity_id, 20)
    quarter.log(5)
    page = entries(quarter, "participations")
    assert values(page) == ["10", "10"]
    assert f"/activities/{activity_id}?revision=1&amp;value=participations" in page


def test_an_activity_leads_back_to_the_entries_of_the_value_it_stands_behind(quarter: Desk) -> None:
    quarter.begin()
    activity_id = quarter.log(10)
    quarter.correct(activity_id, 20)
    men = cell_code(Sex.MEN, AgeBand.FROM_18_TO_24)
    alice = quarter.world.browser_of(quarter.world.alice)
    for code, cell in (("participations", ""), ("participations", f"?cell={men}"), ("activities_held", "")):
        address = f"{quarter.address}/entries/{code}{cell}"
        (link,) = re.findall(r'href="([^"]*/activities/[^"]*)"><bdi', alice.get(address).text)
        page = alice.get(unescape(link)).text
        assert f'href="{address}">Back to the entries' in page
        earlier_link = next(found for found in re.findall(r'href="([^"]*revision=[^"]*)"', page) if "=1" in found)
        assert f'href="{address}">Back to the entries' in alice.get(unescape(earlier_link)).text


@pytest.mark.parametrize(
    "query",
    [
        "value=participations",
        "value=participations&period=https://evil.example",
        "value=//evil.example&period=2026-Q1",
        "value=activities_held&period=2026-Q1&cell=women.18_24",
        "value=participations&period=2026-Q1&cell=//evil.example",
    ],
)
def test_a_way_back_is_offered_to_known_values_only(quarter: Desk, query: str) -> None:
    page = quarter.world.browser_of(quarter.world.alice).get(f"/c/recife/activities/{quarter.log(10)}?{query}").text
    assert "Back to the entries" not in page
    assert 'href="//evil' not in page
    assert 'href="https://evil' not in page


@pytest.mark.parametrize(
    "address", ["no_such", "activities_held?cell=women.18_24", "participations?cell=women", "participations?cell="]
)
def test_what_is_no_value_is_not_found(quarter: Desk, address: str) -> None:
    quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    assert alice.get(f"{quarter.address}/entries/{address}").status_code == 404
    charlie = quarter.world.browser_of(quarter.world.charlie)
    assert charlie.get(f"{quarter.address}/entries/participations").status_code == 404


def test_first_time_is_missing_if_nobody_was_asked_and_not_zero(quarter: Desk) -> None:
    quarter.begin()
    not_asked = replace(quarter.entry(9, None), first_time=None, came_before=None, not_sure=None)
    with quarter.inside() as session:
        log_activity(session, actor_id=quarter.world.alice.user_id, at=clock.now(), form_key=new_id(), entry=not_asked)
        first = {value.indicator.code: value for value in assemble(session, quarter.period, {})}
    assert (first["first_time"].numerator, first["first_time"].missing) == (None, Missing.NOT_AVAILABLE)
    assert first["participations"].numerator == 9
    quarter.log(4)
    with quarter.inside() as session:
        first = {value.indicator.code: value for value in assemble(session, quarter.period, {})}
    assert (first["first_time"].numerator, first["first_time"].left_out) == (4, 1)
    page = quarter.world.browser_of(quarter.world.alice).get(quarter.address).text
    assert "1 activity where people were not asked" in page
