"""Sending stores the fields of the form. If the report cannot be sent, they stay typed."""

from __future__ import annotations

import re
import threading

import pytest
from harness.people import post
from reports.conftest import Desk
from sqlalchemy import func, select

from tenants import clock
from tenants.action_kit.evaluation.models import ReportState, ReportSubmission
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import queries
from tenants.action_kit.reports.sending import send_written
from tenants.errors import AlreadyDecided, VersionConflict
from tenants.people.permissions import OF_ROLE, Permission

DRAFT_FIELDS = {"what_changed": "A rule.", "would_speak_up": "61", "would_speak_up_of": "94"}


def test_alice_sends_what_she_typed_and_never_saved(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    alice = quarter.world.browser_of(quarter.world.alice)
    assert (
        post(alice, f"{quarter.address}/submissions", form=quarter.address, seen="0", **DRAFT_FIELDS).status_code == 302
    )
    with quarter.inside() as session:
        report = quarter.report(session)
        snapshot = queries.sent_values(session, report)
        assert snapshot is not None
        assert (report.state, report.what_changed, snapshot[0].what_changed) == ("submitted", "A rule.", "A rule.")
    assert quarter.values()["would_speak_up", "all"] == 61


def test_the_page_has_one_form_with_a_button_for_each_act(quarter: Desk) -> None:
    """A browser without JavaScript sends the fields to the address of the button that was pressed."""
    quarter.begin()
    page = quarter.world.browser_of(quarter.world.alice).get(quarter.address).get_data(as_text=True)
    assert len(re.findall(r'<form [^>]*id="report"', page)) == 1
    for act in ("submissions", "nil"):
        assert re.search(rf'<button type="submit" [^>]*form="report" formaction="{quarter.address}/{act}"', page)


def test_whoever_may_send_may_write_so_the_form_is_there() -> None:
    for permissions in OF_ROLE.values():
        assert Permission.SUBMIT_REPORT not in permissions or Permission.EDIT_REPORT in permissions


def test_too_early_nothing_is_sent_or_saved_and_her_words_stay_typed(quarter: Desk) -> None:
    current_quarter = Desk(quarter.world, Period.of(clock.now().date()))
    current_quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    answer = post(
        alice, f"{current_quarter.address}/submissions", form=current_quarter.address, seen="0", **DRAFT_FIELDS
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "This period is not over yet." in page
    assert "A rule." in page
    assert 'name="seen" type="hidden" value="0"' in page
    with current_quarter.inside() as session:
        report = current_quarter.report(session)
        assert (report.state, report.edited, report.what_changed) == (ReportState.NOT_STARTED, 0, "")


def test_a_bad_number_keeps_the_report_from_being_sent(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    alice = quarter.world.browser_of(quarter.world.alice)
    bad = DRAFT_FIELDS | {"would_speak_up": "95"}
    answer = post(alice, f"{quarter.address}/submissions", form=quarter.address, seen="0", **bad)
    assert answer.status_code == 422
    assert "A rule." in answer.get_data(as_text=True)
    assert quarter.events() == []


def test_of_two_who_write_the_second_sends_nothing_and_reads_both_texts(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    carla = quarter.world.browser_of(quarter.coordinator())
    alice = quarter.world.browser_of(quarter.world.alice)
    post(carla, f"{quarter.address}/draft", form=quarter.address, seen="0", what_next="Carla’s plan")
    answer = post(alice, f"{quarter.address}/submissions", form=quarter.address, seen="0", what_next="Alice’s plan")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.search(r"<bdi[^>]*><ins>Carla’s</ins> plan</bdi>", page)
    assert re.search(r"<textarea[^>]*>\s*Alice’s plan</textarea>", page)
    assert quarter.events() == []
    second_answer = post(
        alice, f"{quarter.address}/submissions", form=quarter.address, seen="1", what_next="Alice’s plan"
    )
    assert second_answer.status_code == 302
    assert quarter.events() == ["submitted"]


@pytest.mark.parametrize("act", ["draft", "submissions", "nil"])
@pytest.mark.parametrize("seen", ["", "x", "-1", "1" * 30, "²"])
def test_a_version_that_no_page_of_ours_carries_is_400(quarter: Desk, act: str, seen: str) -> None:
    quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    assert post(alice, f"{quarter.address}/{act}", form=quarter.address, seen=seen).status_code == 400
    assert quarter.events() == []


def test_nil_is_one_click_and_keeps_the_words_beside_it(quarter: Desk) -> None:
    quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    fields = {"what_was_hard": "The flood."}
    assert post(alice, f"{quarter.address}/nil", form=quarter.address, seen="0", **fields).status_code == 302
    with quarter.inside() as session:
        snapshot = queries.sent_values(session, quarter.report(session))
        assert snapshot is not None
        assert (snapshot[0].is_nil, snapshot[0].what_was_hard) == (True, "The flood.")


def test_nil_where_something_is_recorded_is_refused_with_the_words_still_typed(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    alice = quarter.world.browser_of(quarter.world.alice)
    answer = post(alice, f"{quarter.address}/nil", form=quarter.address, seen="0", what_was_hard="The flood.")
    assert answer.status_code == 422
    assert "There are entries for this period" in answer.get_data(as_text=True)
    assert "The flood." in answer.get_data(as_text=True)
    assert quarter.events() == []


def test_two_who_send_at_once_send_one_report(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    barrier, outcomes = threading.Barrier(2), list[str]()

    def send(text: str) -> None:
        barrier.wait()
        try:
            with quarter.inside() as session:
                send_written(
                    session,
                    report_id=quarter.report(session).id,
                    seen=0,
                    words={"what_changed": text},
                    typed_values={},
                    actor_id=quarter.world.alice.user_id,
                    at=clock.now(),
                )
        except (VersionConflict, AlreadyDecided):
            outcomes.append("late")
        else:
            outcomes.append(text)

    threads = [threading.Thread(target=send, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = set(outcomes) - {"late"}
    with quarter.inside() as session:
        assert session.scalar(select(func.count(ReportSubmission.id))) == 1
        assert quarter.report(session).what_changed == first
    assert len(outcomes) == 2
