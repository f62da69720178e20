"""Undo in the activity log."""

from __future__ import annotations

from harness.activity_form import fill
from harness.people import post
from undoing.recife import CHAPTER_URL, counted, dues, every, log, newcomer
from undoing.undo_button import act, press

from tenants import clock
from tenants.action_kit.evaluation.models import ValueSource
from tenants.action_kit.evaluation.periods import Period
from tenants.people.permissions import Role


def test_an_activity_logged_by_mistake_counts_nowhere_and_can_still_be_read(world, as_person):
    alice, before = as_person(world.alice), dues(world)
    undo, page = log(alice)
    assert counted(world) == (1, 44)
    assert press(alice, undo) == (
        "status",
        "Undone: Logged an activity (Roda de conversa). It is as it was before.",
    )
    assert counted(world) == (0, 0)
    assert dues(world) == before
    text = alice.get(page).get_data(as_text=True)
    assert "This entry was removed. It is not counted anywhere." in text
    fields = fill(alice, f"{page}/revision", seen="1", title="Again")
    assert alice.post(f"{page}/revision", data=fields).status_code == 302
    assert counted(world) == (0, 0)


def test_a_correction_is_taken_back_by_a_third_revision(world, as_person):
    alice = as_person(world.alice)
    _, page = log(alice)
    undo = act(
        alice,
        f"{page}/revision",
        **fill(alice, f"{page}/revision", people_women_under_18="0", people_men_under_18="44"),
    )
    assert press(alice, undo)[0] == "status"
    text = alice.get(page).get_data(as_text=True)
    assert counted(world) == (1, 44)
    assert "19" in text
    assert "Revision 3" in text or "3" in text


def test_what_was_corrected_since_is_not_taken_out_of_the_log(world, as_person):
    alice, cora = as_person(world.alice), as_person(newcomer(world, "Cora", Role.COORDINATOR))
    undo, page = log(alice)
    act(cora, f"{page}/revision", **fill(cora, f"{page}/revision", title="Two conversations"))
    role, words = press(alice, undo)
    assert (role, words.startswith("Cora changed this on ")) == ("alert", True)
    assert counted(world) == (1, 44)


def test_what_a_report_is_made_of_stays_in_the_log(world, as_person):
    alice = as_person(world.alice)
    over = Period.of(clock.local_day(clock.now(), "America/Recife")).previous
    undo, page = log(alice, held_on=over.ends_on.isoformat())
    activity, report_url = page.rpartition("/")[2], f"{CHAPTER_URL}/reports/{over.code}"
    post(alice, f"{CHAPTER_URL}/reports", form=f"{CHAPTER_URL}/reports", period=over.code)
    fields = {"what_changed": "A rule.", "would_speak_up": "61", "would_speak_up_of": "94"}
    assert post(alice, f"{report_url}/submissions", form=report_url, seen="0", **fields).status_code == 302
    alice.get(report_url)
    assert any(str(source.source_id) == activity for source in every(world, ValueSource))
    words = "This activity is counted in a report that was sent. Correct the activity instead."
    assert press(alice, undo) == ("alert", words)
    assert counted(world) == (1, 44)
