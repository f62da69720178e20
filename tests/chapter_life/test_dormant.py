"""UN Women makes a chapter dormant and active again. A dormant chapter has no obligations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries
from harness.people import Place, World, onboard
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.opening import open_period
from tenants.action_kit.reports.queries import report_for
from tenants.audit import AuditEntry
from tenants.chapter_life.states import make_dormant, reactivate
from tenants.chapters.models import REASON_LENGTH, Chapter, ChapterEvent, ChapterState
from tenants.db import opened
from tenants.errors import AlreadyDecided, Refused
from tenants.overview.obligations import obligations_due
from tenants.reminders.due import chapters_due, process_chapter
from tenants.reminders.models import ChapterClock
from tenants.reminders.schedule import next_morning_of
from tenants.scope import NobodyScope

REASON = "Its people are on leave until the school year begins."
InChapter = Callable[..., AbstractContextManager[Session]]

LONG_AFTER = QUIET_SINCE + timedelta(days=70)


def state_of(in_chapter: InChapter, place: Place) -> str:
    with in_chapter(place) as session:
        return session.scalars(select(Chapter.state)).one()


def rest(world: World, in_chapter: InChapter, *, at: datetime = QUIET_SINCE, reason: str = REASON) -> None:
    with in_chapter(world.recife, world.dana) as session:
        make_dormant(session, actor_id=world.dana.user_id, at=at, reason=reason)


def due_on(moment: datetime) -> set[UUID]:
    with opened(NobodyScope(login="worker")) as session:
        return set(chapters_due(session, at=moment, limit=100))


def is_expected(session: Session, period: Period) -> bool:
    report = report_for(session, period)
    return report is not None and report.is_expected


def test_a_dormant_chapter_is_not_found_and_owes_nothing(world: World, in_chapter: InChapter) -> None:
    assert world.recife.id in due_on(LONG_AFTER)
    rest(world, in_chapter)
    assert state_of(in_chapter, world.recife) == ChapterState.DORMANT
    assert due_on(LONG_AFTER) == {world.huye.id}
    process_chapter(world.recife.id, at=LONG_AFTER, quiet_weeks=QUIET_WEEKS)
    assert deliveries() == []
    with in_chapter(world.recife) as session:
        assert obligations_due(session, by=LONG_AFTER.date(), quiet_weeks=QUIET_WEEKS) == []


def test_it_wakes_up_on_its_next_working_morning_and_hears_again(world: World, in_chapter: InChapter) -> None:
    rest(world, in_chapter)
    with in_chapter(world.recife, world.dana) as session:
        reactivate(session, actor_id=world.dana.user_id, at=LONG_AFTER, reason="They are back.")
        chapter = session.scalars(select(Chapter)).one()
        morning = next_morning_of(chapter, after=LONG_AFTER)
        assert (
            session.scalars(select(ChapterClock.next_at).where(ChapterClock.chapter_id == chapter.id)).one() == morning
        )
    assert world.recife.id not in due_on(LONG_AFTER)
    assert world.recife.id in due_on(morning)
    process_chapter(world.recife.id, at=morning, quiet_weeks=QUIET_WEEKS)
    (delivery,) = deliveries()
    assert delivery.chapter_id == world.recife.id


def test_no_report_is_expected_for_a_period_that_opens_meanwhile(world: World, in_chapter: InChapter) -> None:
    before, current_period = Period.of(clock.now().date()).previous, Period.of(clock.now().date())
    open_period(period=before, at=clock.now())
    rest(world, in_chapter, at=clock.now())
    open_period(period=current_period, at=clock.now())
    with in_chapter(world.recife) as session:
        assert report_for(session, current_period) is None
        assert is_expected(session, before), "what was expected before stays expected"
    with in_chapter(world.huye) as session:
        assert is_expected(session, current_period)


def test_each_move_is_kept_with_its_reason_and_on_the_trail_without(world: World, in_chapter: InChapter) -> None:
    rest(world, in_chapter, reason=f"  {REASON}\x00\r\nAll of them. ")
    with in_chapter(world.recife, world.dana) as session:
        reactivate(session, actor_id=world.dana.user_id, at=LONG_AFTER, reason="They are back.")
    with in_chapter(world.recife) as session:
        events = session.scalars(select(ChapterEvent).order_by(ChapterEvent.at)).all()
        assert [(event.kind, event.reason, event.at, event.actor_id) for event in events] == [
            ("made_dormant", f"{REASON}\nAll of them.", QUIET_SINCE, world.dana.user_id),
            ("woken_up", "They are back.", LONG_AFTER, world.dana.user_id),
        ]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action.like("chapter.%up"))).one()
        assert (entry.is_desk, entry.actor_id, entry.details) == (True, world.dana.user_id, {})


@pytest.mark.parametrize("reason", ["", " \n ", "x" * (REASON_LENGTH + 1)])
def test_a_move_without_a_reason_that_can_be_read_is_refused(world: World, in_chapter: InChapter, reason: str) -> None:
    with pytest.raises(Refused) as error:
        rest(world, in_chapter, reason=reason)
    assert set(error.value.errors) == {"reason"}
    assert state_of(in_chapter, world.recife) == ChapterState.ACTIVE


def test_the_second_of_two_hears_who_was_first(world: World, in_chapter: InChapter) -> None:
    rest(world, in_chapter)
    with pytest.raises(AlreadyDecided) as error:
        rest(world, in_chapter, at=LONG_AFTER)
    assert (error.value.by, error.value.at, error.value.decision) == ("Dana", QUIET_SINCE, "made_dormant")
    with pytest.raises(AlreadyDecided), in_chapter(world.huye, world.dana) as session:
        reactivate(session, actor_id=world.dana.user_id, at=QUIET_SINCE, reason="It never slept.")


def test_a_chapter_that_has_not_begun_has_nothing_to_rest_from(world: World, in_chapter: InChapter) -> None:
    with world.app.app_context():
        olinda = onboard("olinda", "HeForShe Olinda", "BR", "America/Recife", ["pt"])
    for move in (make_dormant, reactivate):
        with pytest.raises(Refused) as error, in_chapter(olinda, world.dana) as session:
            move(session, actor_id=world.dana.user_id, at=QUIET_SINCE, reason=REASON)
        assert set(error.value.errors) == {"chapter"}
    assert state_of(in_chapter, olinda) == ChapterState.SIGNED
