"""Who is due: one range scan of the chapters' clocks, then one transaction a chapter.

A chapter's transaction writes its digests and moves its clock on. Two ticks at once, or one that is killed half way,
therefore write each digest once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.models import Chapter
from tenants.db import new_id, opened
from tenants.people.addresses import is_reached
from tenants.people.models import Membership
from tenants.reminders.clocks import in_hours, next_morning
from tenants.reminders.models import ChapterClock, Delivery, DeliveryState, MailKind, Notification
from tenants.reminders.rungs import Reminder, on_the_ladder, reminders_of
from tenants.scope import ChapterScope, NobodyScope

POISON_PAUSE = timedelta(hours=1)

log = structlog.get_logger(__name__)


def chapters_due(session: Session, *, at: datetime, most: int) -> Sequence[UUID]:
    """Return up to `most` chapters whose morning has come, longest waiting first; `session` is bound to nobody."""
    clocks = select(ChapterClock.chapter_id).where(ChapterClock.next_at <= at)
    return session.scalars(clocks.order_by(ChapterClock.next_at).limit(most)).all()


def wake(chapter_id: UUID, *, at: datetime, quiet_weeks: int) -> int:
    """Write a chapter's digests of this morning and set its clock to the next; return how many were written.

    A chapter that cannot be done is logged and put off for an hour, so that it stops nobody else.
    """
    try:
        with opened(ChapterScope(chapter_id, login="worker")) as session:
            return _wake(session, chapter_id, at, quiet_weeks)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one chapter, the others come first)
        log.error("chapter.poisoned", chapter=str(chapter_id), error=type(error).__name__)
        _put_off(chapter_id, at)
        return 0


def _wake(session: Session, chapter_id: UUID, at: datetime, quiet_weeks: int) -> int:
    mine = select(ChapterClock).where(ChapterClock.chapter_id == chapter_id, ChapterClock.next_at <= at)
    waiting = session.scalars(mine.with_for_update(skip_locked=True)).one_or_none()
    if waiting is None:
        return 0  # another tick has it
    chapter = session.scalars(select(Chapter)).one()
    waiting.next_at = next_morning(after=at, zone=chapter.zone, working_week=chapter.working_week)
    if not in_hours(at, zone=chapter.zone, working_week=chapter.working_week):
        return 0  # nobody was there in the morning, and now it is night or a day off
    return _write_digests(session, chapter, at, quiet_weeks)


def _put_off(chapter_id: UUID, at: datetime) -> None:
    with opened(NobodyScope(login="worker")) as session:
        mine = update(ChapterClock).where(ChapterClock.chapter_id == chapter_id, ChapterClock.next_at <= at)
        session.execute(mine.values(next_at=at + POISON_PAUSE))


def _write_digests(session: Session, chapter: Chapter, at: datetime, quiet_weeks: int) -> int:
    """Write a digest to everybody to whom something is new today."""
    today = clock.local_day(at, chapter.zone)
    owed = on_the_ladder(session, today=today, quiet_weeks=quiet_weeks)
    news = {
        member: reminders
        for member, reminders in reminders_of(session, owed, today=today).items()
        if any(reminder.is_new for reminder in reminders)
    }
    members = session.scalars(select(Membership).where(Membership.id.in_(news), is_reached())).all() if news else ()
    return sum(_write_digest(session, chapter, member, news[member.id], at) for member in members)


def _write_digest(
    session: Session, chapter: Chapter, member: Membership, reminders: list[Reminder], at: datetime
) -> bool:
    """Write one digest with its twin; refuse a second one for the same person and day.

    Its rungs are consumed when it is handed over. Should it not be, the next morning's digest carries them.
    """
    morning = _morning_of(member, chapter, at)
    delivery_id, local_day = new_id(), clock.local_day(morning, member.zone or chapter.zone)
    row = insert(Delivery).values(
        id=delivery_id,
        kind=MailKind.DIGEST,
        chapter_id=chapter.id,
        subject_id=member.id,
        local_day=local_day,
        next_at=morning,
        created_at=at,
    )
    if session.execute(row.on_conflict_do_nothing().returning(Delivery.id)).one_or_none() is None:
        return False  # that day's is written
    session.add(
        Notification(
            chapter_id=chapter.id,
            membership_id=member.id,
            local_day=local_day,
            items=[as_item(reminder) for reminder in reminders],
            state=DeliveryState.PENDING,
            made_at=at,
            delivery_id=delivery_id,
        )
    )
    session.flush()
    return True


def _morning_of(member: Membership, chapter: Chapter, at: datetime) -> datetime:
    """Return when the person's own morning is: now, at the chapter's, unless she lives in another zone."""
    if member.zone is None or member.zone == chapter.zone:
        return at
    return next_morning(after=at - timedelta(seconds=1), zone=member.zone, working_week=chapter.working_week)


def as_item(reminder: Reminder) -> dict[str, Any]:
    """Return a reminder as the inbox keeps it: codes and days, no text."""
    due = reminder.due
    return {
        "kind": due.kind,
        "subject_id": str(due.subject_id),
        "due_on": due.due_on.isoformat(),
        "act": due.act,
        "rung": reminder.rung,
    }
