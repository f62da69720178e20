"""Undo of sent reports and of targets."""

from __future__ import annotations

from harness.people import post
from undoing.recife import CHAPTER_URL, dues, every
from undoing.undo_button import act, press, undo_forms

from tenants import clock
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period


def test_a_report_sent_too_early_is_taken_back_until_unwomen_has_decided(world, as_person):
    alice, dana, over = (
        as_person(world.alice),
        as_person(world.dana),
        Period.of(clock.local_day(clock.now(), "America/Recife")).previous,
    )
    report_url = f"{CHAPTER_URL}/reports/{over.code}"
    fields = {"what_changed": "A rule.", "would_speak_up": "61", "would_speak_up_of": "94"}
    post(alice, f"{CHAPTER_URL}/reports", form=f"{CHAPTER_URL}/reports", period=over.code)
    alice.get(report_url)
    before = dues(world)
    undo = act(alice, f"{report_url}/submissions", seen="0", **fields)
    assert press(alice, undo)[0] == "status"
    assert [report.state for report in every(world, Report)] == ["draft"]
    assert dues(world) == before
    assert "A rule." in alice.get(report_url).get_data(as_text=True)
    second = act(alice, f"{report_url}/submissions", seen="1", **fields)
    post(dana, f"{report_url}/approval", form=report_url, number="2")
    role, words = press(alice, second)
    assert (role, words.startswith("Dana changed this on ")) == ("alert", True)
    assert [report.state for report in every(world, Report)] == ["approved"]


def test_a_target_moved_by_mistake_moves_back_with_a_reason(world, as_person):
    alice, year = as_person(world.alice), clock.now().year
    page = f"{CHAPTER_URL}/targets/activities_held/{year}"
    first = post(alice, f"{page}/numbers", form=page, seen="0", target="20")
    assert not undo_forms(alice.get(first.location).get_data(as_text=True))  # a target can be changed, but not removed
    undo = act(alice, f"{page}/numbers", seen="1", target="200", reason="A slip")
    assert press(alice, undo)[0] == "status"
    text = alice.get(page).get_data(as_text=True)
    assert f"Target for {year}: 20" in text
    assert "The previous change was undone." in text
