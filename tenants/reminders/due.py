"""Find the chapters that are due, in one range scan of their clocks, then process each in one transaction.

The transaction writes the chapter's digests and moves its clock on. Two ticks at once, or one that is killed half way,
therefore write each digest once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.models import Chapter
from tenants.db import database_is_away, new_id, only_read, opened
from tenants.mail.addresses import is_reached
from tenants.mail.consumption import Reminder
from tenants.mail.models import Delivery, DeliveryState, MailKind, Notification
from tenants.people.models import Membership
from tenants.reminders.models import ChapterClock
from tenants.reminders.rungs import on_the_ladder, reminders_of
from tenants.reminders.schedule import in_hours, is_turn, next_morning, next_morning_of, week_of
from tenants.scope import ChapterScope, NobodyScope

POISON_PAUSE = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DueClock:
    """A chapter whose morning has come, and since when."""

    next_at: datetime
    chapter_id: UUID


@dataclass(frozen=True)
class MorningDigest:
    """The digest of one member for this morning: when it is sent, and on which day in the member's time zone."""

    chapter: Chapter
    member: Membership
    send_at: datetime
    local_day: date
    reminders: list[Reminder]

    @property
    def items(self) -> list[dict[str, Any]]:
        """The reminders, as the inbox copy stores them."""
        return [as_item(reminder) for reminder in self.reminders]

    def is_turn_after(self, last_day: date | None) -> bool:
        """Whether the member may get this digest if their last one was on `last_day`."""
        week = self.chapter.working_week
        return is_turn(self.member.digest_frequency, self.local_day, last_day=last_day, working_week=week)


def chapters_due(session: Session, *, at: datetime, limit: int) -> Sequence[UUID]:
    """Return up to `limit` chapters whose morning has come, longest waiting first. `session` has a NobodyScope."""
    return [due.chapter_id for due in clocks_due(session, at=at, limit=limit)]


def clocks_due(session: Session, *, at: datetime, limit: int, last_clock: DueClock | None = None) -> list[DueClock]:
    """Return up to `limit` clocks that are due, longest waiting first, only those after `last_clock` if given."""
    clocks = select(ChapterClock.next_at, ChapterClock.chapter_id).where(ChapterClock.next_at <= at)
    if last_clock:
        key = tuple_(ChapterClock.next_at, ChapterClock.chapter_id)
        clocks = clocks.where(key > tuple_(last_clock.next_at, last_clock.chapter_id))
    in_order = clocks.order_by(ChapterClock.next_at, ChapterClock.chapter_id).limit(limit)
    return [DueClock(*row) for row in session.execute(in_order)]


def process_chapter(chapter_id: UUID, *, at: datetime, quiet_weeks: int) -> int:
    """Write a chapter's digests of this morning and set its clock to the next. Return how many were written.

    An error is logged and postpones the chapter for an hour, so that the others are not delayed. An error because the
    database is away is raised. It is no fault of the chapter, and the next tick finds the chapter unchanged.
    """
    try:
        return len(write_morning(chapter_id, at=at, quiet_weeks=quiet_weeks))
    except Exception as error:  # an error in one chapter must not stop the others
        if database_is_away(error):
            raise
        log.error("chapter.poisoned", chapter_id=str(chapter_id), error=type(error).__name__)
        put_off(chapter_id, at=at)
        return 0


def write_morning(chapter_id: UUID, *, at: datetime, quiet_weeks: int) -> list[MorningDigest]:
    """Write a chapter's digests of this morning, set its clock to the next, and return the digests written."""
    with opened(ChapterScope(chapter_id, login="worker")) as session:
        return _run_morning(session, chapter_id, at, quiet_weeks)


def plan_morning(chapter_id: UUID, *, at: datetime, quiet_weeks: int) -> list[MorningDigest]:
    """Return what `write_morning` would write, in a read-only transaction."""
    with opened(ChapterScope(chapter_id, login="worker")) as session:
        only_read(session)
        return digests_of_morning(session, _load_chapter(session), at=at, quiet_weeks=quiet_weeks)


def put_off(chapter_id: UUID, *, at: datetime) -> None:
    """Postpone a chapter that cannot be processed for an hour."""
    with opened(NobodyScope(login="worker")) as session:
        statement = update(ChapterClock).where(ChapterClock.chapter_id == chapter_id, ChapterClock.next_at <= at)
        session.execute(statement.values(next_at=at + POISON_PAUSE))


def digests_of_morning(session: Session, chapter: Chapter, *, at: datetime, quiet_weeks: int) -> list[MorningDigest]:
    """Return the digests that the bound `chapter` sends at a moment, one for each member with a new reminder.

    There are none at night, on a day off and on a holiday: the next working morning has them. A member who has that
    day's digest already gets no second one, nor does one who has that week's and wants one a week, or who is away.
    Read-only.
    """
    if not in_hours(at, zone=chapter.zone, working_week=chapter.working_week, country=chapter.country):
        return []
    today = clock.local_day(at, chapter.zone)
    obligations = on_the_ladder(session, today=today, quiet_weeks=quiet_weeks)
    news = {
        member: reminders
        for member, reminders in reminders_of(session, obligations, today=today).items()
        if any(reminder.is_new for reminder in reminders)
    }
    if not news:
        return []
    members = session.scalars(select(Membership).where(Membership.id.in_(news), is_reached()).order_by(Membership.id))
    digests = [_plan_digest(chapter, member, news[member.id], at) for member in members]
    digests = [digest for digest in digests if not digest.member.is_away(digest.local_day)]
    last_days = _last_days(session, chapter, digests, at)
    return [digest for digest in digests if digest.is_turn_after(last_days.get(digest.member.id))]


def _run_morning(session: Session, chapter_id: UUID, at: datetime, quiet_weeks: int) -> list[MorningDigest]:
    statement = select(ChapterClock).where(ChapterClock.chapter_id == chapter_id, ChapterClock.next_at <= at)
    due_clock = session.scalars(statement.with_for_update(skip_locked=True)).one_or_none()
    if due_clock is None:
        return []  # another tick has this chapter
    chapter = _load_chapter(session)
    digests = digests_of_morning(session, chapter, at=at, quiet_weeks=quiet_weeks)
    due_clock.next_at = next_morning_of(chapter, after=at)
    return _insert_digests(session, digests, at) if digests else []


def _load_chapter(session: Session) -> Chapter:
    return session.scalars(select(Chapter)).one()


def _plan_digest(chapter: Chapter, member: Membership, reminders: list[Reminder], at: datetime) -> MorningDigest:
    morning = _personal_morning(member, chapter, at)
    return MorningDigest(chapter, member, morning, clock.local_day(morning, member.zone or chapter.zone), reminders)


def _last_days(session: Session, chapter: Chapter, digests: Sequence[MorningDigest], at: datetime) -> dict[UUID, date]:
    """Return the day of the last digest of each member of these digests, if it was in the week of theirs.

    A digest that was not sent, or cannot be sent any more, counts only on its own day, which never has a second one.
    """
    if not digests:
        return {}
    first_day = min(week_of(digest.local_day, chapter.working_week) for digest in digests)
    statement = select(Delivery.subject_id, Delivery.local_day, Delivery.state).where(
        Delivery.kind == MailKind.DIGEST,
        Delivery.subject_id.in_({digest.member.id for digest in digests}),
        Delivery.local_day >= first_day,
    )
    digests_by_member = {digest.member.id: digest for digest in digests}
    last_days: dict[UUID, date] = {}
    for member_id, local_day, state in session.execute(statement):
        digest = digests_by_member[member_id]
        if local_day and (local_day == digest.local_day or _is_sent(state, local_day, digest, at)):
            last_days[member_id] = max(local_day, last_days.get(member_id, local_day))
    return last_days


def _is_sent(state: str, local_day: date, digest: MorningDigest, at: datetime) -> bool:
    """Whether a digest was sent, or can still be."""
    if state in (DeliveryState.PENDING, DeliveryState.CLAIMED):
        return local_day >= clock.local_day(at, digest.member.zone or digest.chapter.zone)
    return state not in (DeliveryState.LAPSED, DeliveryState.HELD, DeliveryState.DEAD)


def _insert_digests(session: Session, digests: Sequence[MorningDigest], at: datetime) -> list[MorningDigest]:
    """Write digests with their inbox copies, and return those written, at most one for each person and day.

    Their rungs are consumed when they are handed over. The next digest has the rungs of one that is not handed over.
    """
    by_delivery = {new_id(): digest for digest in digests}
    rows = [
        {
            "id": delivery_id,
            "kind": MailKind.DIGEST,
            "chapter_id": digest.chapter.id,
            "subject_id": digest.member.id,
            "local_day": digest.local_day,
            "next_at": digest.send_at,
            "created_at": at,
        }
        for delivery_id, digest in by_delivery.items()
    ]
    delivery_ids = session.scalars(insert(Delivery).values(rows).on_conflict_do_nothing().returning(Delivery.id)).all()
    session.add_all(
        Notification(
            chapter_id=by_delivery[delivery_id].chapter.id,
            membership_id=by_delivery[delivery_id].member.id,
            local_day=by_delivery[delivery_id].local_day,
            items=by_delivery[delivery_id].items,
            state=DeliveryState.PENDING,
            made_at=at,
            delivery_id=delivery_id,
        )
        for delivery_id in delivery_ids
    )
    session.flush()
    return [by_delivery[delivery_id] for delivery_id in delivery_ids]


def _personal_morning(member: Membership, chapter: Chapter, at: datetime) -> datetime:
    """Return the member's own morning: now, at the chapter's, unless the member lives in another time zone.

    It is also limited to the chapter's working days.
    """
    if member.zone is None or member.zone == chapter.zone:
        return at
    soonest = at - timedelta(seconds=1)
    week, country = chapter.working_week, chapter.country
    return next_morning(after=soonest, zone=member.zone, working_week=week, country=country)


def as_item(reminder: Reminder) -> dict[str, Any]:
    """Return a reminder as the inbox copy stores it: codes and days, no text."""
    due = reminder.due
    return {
        "kind": due.kind.code,
        "subject_id": str(due.subject_id),
        "due_on": due.due_on.isoformat(),
        "rung": reminder.rung,
    }
