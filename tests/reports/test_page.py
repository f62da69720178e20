"""The report as a page: fields that add up, values that link to their evidence, and notes where attention is needed."""

from __future__ import annotations

import re

from harness.people import World
from reports.conftest import CELLS, Desk

from tenants import clock
from tenants.action_kit.reports.services import submit_report


def numbers_in(row: str) -> list[int]:
    return [int(number) for number in re.findall(r">(\d+)<", row)]


def test_alice_reads_boxes_that_add_up_and_where_they_come_from(quarter: Desk) -> None:
    quarter.begin()
    quarter.log()
    quarter.log()
    page = quarter.world.browser_of(quarter.world.alice).get(quarter.address).text
    table = page[page.index('<table class="tbl sums">') : page.index("see every box")]
    foot = numbers_in(table[table.index("<tfoot>") :])
    assert foot[-1] == sum(foot[:-1]) == 2 * sum(CELLS.values())
    assert f"so the boxes add up to {foot[-1]}." in table
    assert f'<a href="{quarter.address}/entries/activities_held">2 entries</a>' in page
    assert "As of " in page


def test_what_has_no_head_count_is_named_beside_the_values(quarter: Desk) -> None:
    quarter.begin()
    quarter.log()
    quarter.log(None)
    page = quarter.world.browser_of(quarter.world.alice).get(quarter.address).text
    assert "2 notes on the data" in page
    assert "Participations: 1 has no head count" in page


def test_what_is_sent_has_no_box_to_send_it(quarter: Desk) -> None:
    report_id = quarter.begin()
    quarter.log()
    alice = quarter.world.browser_of(quarter.world.alice)
    open_page = alice.get(quarter.address).text
    assert 'id="send-h"' in open_page
    assert 'href="#words-h"' in open_page
    with quarter.inside() as session:
        submit_report(session, report_id=report_id, actor_id=quarter.world.alice.user_id, at=clock.now())
    sent_page = alice.get(quarter.address).text
    assert 'id="send-h"' not in sent_page
    assert "<textarea" not in sent_page


def test_a_chapter_without_reports_reads_what_to_do(world: World) -> None:
    page = world.browser_of(world.alice).get("/c/recife/reports").text
    assert "No report is expected yet</h1>" in page
    assert "<thead>" not in page
    assert 'class="btn btn-primary" href="/c/recife/activities/new"' in page
    assert 'class="btn btn-primary"' not in world.browser_of(world.bob).get("/c/recife/reports").text
