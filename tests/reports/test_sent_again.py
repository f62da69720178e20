"""A report that was returned shows why, by whom and when, and what changed since, to the chapter and the desk."""

from __future__ import annotations

import re

import pytest
from harness.people import World, post
from reports.conftest import Desk

from tenants import clock
from tenants.action_kit.reports import services

REASON = "The dialogue of March seems too small."


@pytest.fixture
def returned_quarter(quarter: Desk) -> Desk:
    """A report of 130 people, 127 of them young men, was returned by Dana. Then the activity was corrected to 139."""
    quarter.begin()
    activity_id = quarter.log(130)
    quarter.submit()
    with quarter.inside() as session:
        services.return_report(
            session,
            report_id=quarter.report(session).id,
            number=1,
            reason=REASON,
            actor_id=quarter.world.dana.user_id,
            at=clock.now(),
        )
    quarter.correct(activity_id, 139)
    return quarter


def pages(quarter: Desk) -> list[str]:
    """Return the report's page as the chapter and the desk read it."""
    world: World = quarter.world
    return [world.browser_of(person).get(quarter.address).text for person in (world.alice, world.dana)]


def rows_changed(page: str) -> dict[str, tuple[str, str]]:
    """Return before and now of each row under "Changed since ..."; empty without that section."""
    section = re.search(r'aria-labelledby="since-h">(.*?)</section>', page, re.DOTALL)
    rows = re.findall(r'<th scope="row">(.*?)</tr>', section.group(1), re.DOTALL) if section else []
    texts = [[text.strip() for text in re.split(r"(?:<[^>]+>\s*)+", row) if text.strip()] for row in rows]
    return {title: (before, after) for title, before, after in texts}


def test_sent_again_it_shows_the_reason_and_every_changed_value(returned_quarter: Desk) -> None:
    returned_quarter.submit()
    for page in pages(returned_quarter):
        assert REASON in page
        assert re.search(r"Returned by Dana[^<]* on \d", page)
        rows = rows_changed(page)
        assert rows["Participations"] == ("130", "139")
        assert rows["Participations, Boys, men, 18 to 24"] == ("127", "136")
        assert "Participations, Girls, women, 25 to 59" not in rows, "it is as it was"
        assert "Activities held" not in rows


def test_while_it_is_corrected_it_shows_what_would_be_sent(returned_quarter: Desk) -> None:
    for page in pages(returned_quarter):
        assert rows_changed(page)["Participations"] == ("130", "139")


def test_a_typed_number_and_a_text_are_compared_too(returned_quarter: Desk) -> None:
    quarter = returned_quarter
    alice = quarter.world.browser_of(quarter.world.alice)
    fields = {"what_changed": "A new rule.", "would_speak_up": "61", "would_speak_up_of": "94"}
    post(alice, f"{quarter.address}/submissions", form=quarter.address, seen="0", **fields)
    for page in pages(quarter):
        rows = rows_changed(page)
        assert ("Not reported", "61 of 94") in rows.values()
        assert rows["What changed?"] == ("–", "A new rule.")


def test_sent_again_as_it_was_it_says_so(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    quarter.approve()
    with quarter.inside() as session:
        report_id, dana = quarter.report(session).id, quarter.world.dana.user_id
        services.reopen_report(session, report_id=report_id, reason=REASON, actor_id=dana, at=clock.now())
    quarter.submit()
    for page in pages(quarter):
        assert "Changed since the report was reopened" in page
        assert "Nothing has changed" in page
        assert rows_changed(page) == {}


def test_a_report_that_was_never_returned_has_nothing_to_compare(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    assert all("since-h" not in page for page in pages(quarter))


@pytest.mark.parametrize("is_sent_again", [False, True])
def test_who_decides_on_a_withdrawn_submission_is_told_what_its_sender_did(
    quarter: Desk, *, is_sent_again: bool
) -> None:
    quarter.begin()
    quarter.submit()
    with quarter.inside() as session:
        services.withdraw_report(session, report_id=quarter.report(session).id)
    if is_sent_again:
        quarter.submit()
    dana = quarter.world.browser_of(quarter.world.dana)
    answer = post(dana, f"{quarter.address}/approval", form=quarter.address, number="1")
    assert answer.status_code == 409
    assert "made a decision" not in answer.text
    words = "Alice sent this again on" if is_sent_again else "It was withdrawn before a decision"
    assert words in answer.text
