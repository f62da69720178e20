"""An activity is stored as it was entered, counts once, and is never overwritten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from harness.people import World
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.entries import cell_name, refuse_invalid_activity, tidy_activity
from tenants.action_kit.activities.models import (
    MOST_PEOPLE_IN_A_CELL,
    Activity,
    ActivityKind,
    ActivityRevision,
    HeadCount,
)
from tenants.action_kit.activities.queries import head_counts, own_totals, revisions_of
from tenants.action_kit.activities.services import ActivityEntry, activity_entry, log_activity, revise_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.audit import AuditEntry
from tenants.db import new_id, opened
from tenants.errors import Refused, VersionConflict
from tenants.figures.models import CompileMark
from tenants.scope import ChapterScope, DeskScope

NOON = datetime(2026, 2, 12, 12, 0, tzinfo=UTC)
DIALOGUE = ActivityEntry(
    kind=ActivityKind.DIALOGUE,
    title="Roda de conversa",
    held_on=date(2026, 2, 11),
    place="Santo Amaro",
    narrative="Two boys asked how to support a classmate.",
    counts={(Sex.WOMEN, AgeBand.UNDER_18): 19, (Sex.MEN, AgeBand.UNDER_18): 25},
    first_time=12,
    came_before=30,
    not_sure=2,
)
UNCOUNTED_DIALOGUE = replace(DIALOGUE, counts=None, first_time=None, came_before=None, not_sure=None)

InChapter = Callable[..., AbstractContextManager[Session]]


def logged(world: World, in_chapter: InChapter, entry: ActivityEntry = DIALOGUE, **changes: Any) -> UUID:
    with in_chapter(world.recife, world.alice) as session:
        arguments: dict[str, Any] = {
            "actor_id": world.alice.user_id,
            "at": NOON,
            "form_key": new_id(),
            "entry": entry,
            **changes,
        }
        return log_activity(session, **arguments).id


def refused(entry: ActivityEntry) -> dict[str, str]:
    """Return the errors of `entry` on the day of NOON, by field; empty if the entry is valid."""
    try:
        refuse_invalid_activity(tidy_activity(entry), today=NOON.date())
    except Refused as refusal:
        return {field: str(sentence) for field, sentence in refusal.errors.items()}
    return {}


def test_what_alice_logs_is_stored_as_she_said_it(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)
    with in_chapter(world.recife) as session:
        (row,) = revisions_of(session, activity_id)
        assert activity_entry(row.revision, head_counts(session, row.revision.id)) == DIALOGUE
        assert (row.by, row.revision.number, row.revision.is_current, row.revision.people) == ("Alice", 1, True, 44)


def test_logging_leaves_an_entry_in_the_audit_and_no_mark_for_the_figures(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)
    with in_chapter(world.recife) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "activity.logged")).one()
        assert (entry.subject_id, entry.actor_id, entry.at) == (activity_id, world.alice.user_id, NOON)
        assert "Roda" not in str(entry.details)
    with opened(DeskScope(("BR",), login="compiler")) as session:
        assert session.scalars(select(CompileMark.chapter_id)).all() == [], "only what is approved counts"


def test_the_same_form_sent_twice_counts_once(world: World, in_chapter: InChapter) -> None:
    form_key = new_id()
    first = logged(world, in_chapter, form_key=form_key)
    assert logged(world, in_chapter, form_key=form_key) == first
    assert logged(world, in_chapter, form_key=new_id()) != first
    with in_chapter(world.recife) as session:
        totals = own_totals(session)
        assert (totals.activities, totals.people) == (2, 88)


def test_the_same_form_key_in_another_chapter_is_another_form(world: World, in_chapter: InChapter) -> None:
    form_key = new_id()
    first = logged(world, in_chapter, form_key=form_key)
    with in_chapter(world.huye, world.charlie) as session:
        arguments: dict[str, Any] = {
            "actor_id": world.charlie.user_id,
            "at": NOON,
            "form_key": form_key,
            "entry": DIALOGUE,
        }
        assert log_activity(session, **arguments).id != first


def together(world: World, acts: list[Callable[[Session], Any]]) -> list[Any]:
    """Run each act in its own thread and transaction, all begun before any continues. Return results or conflicts."""
    ready = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        with world.app.app_context():
            try:
                with opened(ChapterScope(world.recife.id, actor_id=world.alice.user_id)) as session:
                    session.scalar(select(1))
                    ready.wait(10)
                    outcomes[number] = acts[number](session)
            except VersionConflict as conflict:
                outcomes[number] = conflict

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes


def test_the_same_form_sent_four_times_at_once_counts_once(world: World, in_chapter: InChapter) -> None:
    form_key = new_id()
    arguments: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOON, "form_key": form_key, "entry": DIALOGUE}
    activity_ids = together(world, [lambda session: log_activity(session, **arguments).id] * 4)
    assert isinstance(activity_ids[0], UUID)
    assert len(set(activity_ids)) == 1
    with in_chapter(world.recife) as session:
        assert own_totals(session).people == 44
        assert session.scalar(select(func.count(HeadCount.id))) == 2


def test_a_correction_is_a_new_revision_and_the_old_one_stays(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)
    correction = replace(
        DIALOGUE, counts={(Sex.WOMEN, AgeBand.UNDER_18): 20, (Sex.MEN, AgeBand.UNDER_18): 25}, first_time=13
    )
    with in_chapter(world.recife, world.alice) as session:
        arguments: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOON + timedelta(hours=1)}
        revise_activity(session, **arguments, activity_id=activity_id, seen=1, entry=correction)
    with in_chapter(world.recife) as session:
        new, old = revisions_of(session, activity_id)
        assert (new.revision.number, new.revision.is_current, new.revision.people) == (2, True, 45)
        assert (old.revision.number, old.revision.is_current, old.revision.people) == (1, False, 44)
        assert activity_entry(old.revision, head_counts(session, old.revision.id)) == DIALOGUE
        assert own_totals(session).people == 45


def test_of_two_corrections_at_once_one_is_saved_and_one_is_told(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)

    def revise(title: str) -> Callable[[Session], Any]:
        arguments: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOON, "activity_id": activity_id, "seen": 1}
        return lambda session: revise_activity(session, **arguments, entry=replace(DIALOGUE, title=title)).title

    outcomes = together(world, [revise("Hers"), revise("His")])
    titles = [outcome for outcome in outcomes if isinstance(outcome, str)]
    (conflict,) = (outcome for outcome in outcomes if isinstance(outcome, VersionConflict))
    assert (conflict.seen, conflict.current) == (1, 2)
    with in_chapter(world.recife) as session:
        assert [row.revision.title for row in revisions_of(session, activity_id)] == [*titles, DIALOGUE.title]
        assert own_totals(session).people == 44


def test_the_same_correction_sent_twice_makes_one_revision(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)
    arguments: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOON, "activity_id": activity_id, "seen": 1}
    for _ in range(2):
        with in_chapter(world.recife, world.alice) as session:
            assert revise_activity(session, **arguments, entry=replace(DIALOGUE, title="Again")).number == 2


def test_a_correction_made_from_an_old_text_is_refused_and_changes_nothing(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)
    arguments: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOON, "activity_id": activity_id}
    with in_chapter(world.recife, world.alice) as session:
        revise_activity(session, **arguments, seen=1, entry=replace(DIALOGUE, title="Second"))
    for stale in (1, 7):
        with pytest.raises(VersionConflict), in_chapter(world.recife, world.alice) as session:
            revise_activity(session, **arguments, seen=stale, entry=replace(DIALOGUE, title="Third"))
    with in_chapter(world.recife, world.alice) as session:
        assert revise_activity(session, **arguments, seen=2, entry=replace(DIALOGUE, title="Third")).number == 3


def test_not_counted_is_not_nobody(world: World, in_chapter: InChapter) -> None:
    empty_entry = replace(DIALOGUE, counts={}, first_time=0, came_before=0, not_sure=0)
    ids = [logged(world, in_chapter, entry) for entry in (UNCOUNTED_DIALOGUE, empty_entry)]
    with in_chapter(world.recife) as session:
        assert [revisions_of(session, id_)[0].revision.people for id_ in ids] == [None, 0]
        totals = own_totals(session)
        assert (totals.activities, totals.counted, totals.people) == (2, 1, 0)


SHARES_MISSING = (
    "You counted 44 people. Enter how many came for the first time and how many had come before, "
    "or leave all three boxes empty if you did not ask."
)


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ((12, 30, 4), "12 + 30 + 4 adds up to 46, but you counted 44 people. Check the numbers."),
        ((112, 30, 2), "112 + 30 + 2 adds up to 144, but you counted 44 people. Check the numbers."),
        ((0, 0, 0), SHARES_MISSING),
        ((0, None, None), SHARES_MISSING),
    ],
)
def test_sums_that_cannot_be_are_refused_with_both_numbers(shares: tuple[int | None, ...], sentence: str) -> None:
    first, before, unsure = shares
    entry = replace(DIALOGUE, first_time=first, came_before=before, not_sure=unsure)
    assert refused(entry) == {"first_time": sentence}


def test_nobody_can_be_shared_out_who_was_not_counted() -> None:
    assert list(refused(replace(UNCOUNTED_DIALOGUE, came_before=3))) == ["came_before"]


@pytest.mark.parametrize("people", [-1, MOST_PEOPLE_IN_A_CELL + 1, 10**15])
def test_numbers_no_one_can_have_counted_are_refused_at_their_box(people: int) -> None:
    entry = replace(
        DIALOGUE, counts={(Sex.OTHER, AgeBand.FROM_60): people}, first_time=people, came_before=0, not_sure=0
    )
    assert cell_name(Sex.OTHER, AgeBand.FROM_60) in refused(entry)


def test_the_most_people_a_box_takes_are_taken(world: World, in_chapter: InChapter) -> None:
    limit = MOST_PEOPLE_IN_A_CELL
    counts = {(sex, age): limit for sex in Sex for age in AgeBand}
    logged(world, in_chapter, replace(DIALOGUE, counts=counts, first_time=limit * 20, came_before=0, not_sure=0))
    with in_chapter(world.recife) as session:
        assert own_totals(session).people == 20_000_000


def test_a_day_is_judged_where_the_chapter_is(world: World, in_chapter: InChapter) -> None:
    late_evening_in_recife = datetime(2026, 2, 12, 1, 30, tzinfo=UTC)  # it is still the 11th in Recife
    tomorrow = replace(DIALOGUE, held_on=date(2026, 2, 12))
    with pytest.raises(Refused):
        logged(world, in_chapter, tomorrow, at=late_evening_in_recife)
    logged(world, in_chapter, DIALOGUE, at=late_evening_in_recife)


def test_nothing_took_place_before_the_movement_began() -> None:
    assert list(refused(replace(DIALOGUE, held_on=date(2014, 9, 19)))) == ["held_on"]
    assert refused(replace(DIALOGUE, held_on=date(2014, 9, 20))) == {}


def test_what_is_refused_leaves_nothing_behind(world: World, in_chapter: InChapter) -> None:
    for wrong in (replace(DIALOGUE, not_sure=4), replace(DIALOGUE, title="")):
        with pytest.raises(Refused):
            logged(world, in_chapter, wrong)
    activity_id = logged(world, in_chapter)
    arguments: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOON, "activity_id": activity_id, "seen": 1}
    with pytest.raises(Refused), in_chapter(world.recife, world.alice) as session:
        revise_activity(session, **arguments, entry=replace(DIALOGUE, not_sure=4))
    with in_chapter(world.recife) as session:
        assert session.scalar(select(func.count(ActivityRevision.id))) == 1
        assert session.scalar(select(func.count(Activity.id))) == 1


def test_a_hundred_thousand_characters_are_refused_and_four_thousand_taken(world: World, in_chapter: InChapter) -> None:
    endless = replace(DIALOGUE, title="t" * 100_000, place="p" * 121, narrative="ن" * 100_000)
    assert refused(endless) == {
        "title": "Enter no more than 120 characters. You entered 100,000.",
        "place": "Enter no more than 120 characters. You entered 121.",
        "narrative": "Enter no more than 4,000 characters. You entered 100,000.",
    }
    logged(world, in_chapter, replace(DIALOGUE, title="ت" * 120, place="", narrative="ن" * 4_000))


@pytest.mark.parametrize("title", ["", "   ", "\x00", "\r\n"])
def test_an_activity_has_a_name(title: str) -> None:
    assert refused(replace(DIALOGUE, title=title)) == {"title": "Enter a title."}


def test_signs_nobody_sees_are_left_out(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(
        world, in_chapter, replace(DIALOGUE, title=" Roda\x00 de\tconversa ", narrative="One\r\ntwo\x07")
    )
    with in_chapter(world.recife) as session:
        revision = revisions_of(session, activity_id)[0].revision
        assert (revision.title, revision.narrative) == ("Roda de conversa", "One\ntwo")


def test_charlie_finds_nothing_of_recife(world: World, in_chapter: InChapter) -> None:
    activity_id = logged(world, in_chapter)
    with in_chapter(world.huye, world.charlie) as session:
        assert revisions_of(session, activity_id) == []
        assert own_totals(session).activities == 0
        assert session.scalars(select(ActivityRevision)).all() == []
    with in_chapter(world.recife, world.bob) as session:
        assert own_totals(session).people == 44
