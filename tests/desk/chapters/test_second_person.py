"""A page of a chapter does not address its UN Women reader as the chapter."""

from __future__ import annotations

import re

import pytest
from harness.people import World

from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.reports.services import open_report
from tenants.db import opened
from tenants.scope import ChapterScope

PERIOD = Period.of(clock.now().date()).previous
PAGES = ("", "plan", "funding", "launch", "activities", "reports", f"reports/{PERIOD.code}", "focal-point", "targets")
PAGES_WITH_ENTRIES = (*PAGES, f"reports/{PERIOD.code}/entries/participations")
OWN_THING = re.compile(r"\b[Yy]our (?!account)\w+|\b[Oo]ur (?!own)\w+")
OF_OBLIGATIONS = re.compile(r'<section class="due".*?</section>', re.DOTALL)


def start(world: World) -> None:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        start_from_template(session, actor_id=world.alice.user_id, at=clock.now())
        open_report(session, period=PERIOD, at=clock.now())


@pytest.mark.parametrize("is_empty", [True, False])
def test_no_heading_or_sentence_calls_the_chapters_things_those_of_the_reader(world: World, *, is_empty: bool) -> None:
    if not is_empty:
        start(world)
    dana = world.browser_of(world.dana)
    sentences = []
    for page in PAGES if is_empty else PAGES_WITH_ENTRIES:
        answer = dana.get(f"/c/recife/{page}")
        assert answer.status_code == 200 or is_empty
        sentences += [(page, words) for words in OWN_THING.findall(OF_OBLIGATIONS.sub("", answer.text))]
    assert sentences == []


def test_the_reader_of_a_report_decides_its_heading(world: World) -> None:
    start(world)
    address = f"/c/recife/reports/{PERIOD.code}"
    desk_page, own_page = (world.browser_of(person).get(address).text for person in (world.dana, world.alice))
    assert ("In the chapter’s words" in desk_page, "In your words" in desk_page) == (True, False)
    assert ("In the chapter’s words" in own_page, "In your words" in own_page) == (False, True)


def test_only_who_edits_the_plan_is_told_what_to_do_with_it(world: World) -> None:
    start(world)
    desk_page, own_page = (world.browser_of(person).get("/c/recife/plan").text for person in (world.dana, world.alice))
    assert "Send it for approval when it is ready." in own_page
    assert "Send it for approval" not in desk_page
    assert "The chapter has not sent the plan for approval yet." in desk_page
