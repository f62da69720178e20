"""Who is due: one range scan of the chapters' clocks, then one transaction a chapter.

A chapter's transaction writes its digests, consumes their rungs and moves its clock on. Two ticks at once, or one that
is killed half way, therefore write each digest once.
"""

from __future__ import annotations

from collections import defaultdict
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
from tenants.obligations.models import Obligation
from tenants.obligations.queries import obligations_due
from tenants.people.models import Membership
from tenants.reminders.clocks import next_morning
from tenants.reminders.models import ChapterClock, ConsumedRung, Delivery, DeliveryState, MailKind, Notification
from tenants.scope import ChapterScope, NobodyScope

RUNG_WHEN_DUE = 0  # the one rung of kinds that tell of something missing
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
    return _write_digests(session, chapter, at, quiet_weeks)


def _put_off(chapter_id: UUID, at: datetime) -> None:
    with opened(NobodyScope(login="worker")) as session:
        mine = update(ChapterClock).where(ChapterClock.chapter_id == chapter_id, ChapterClock.next_at <= at)
        session.execute(mine.values(next_at=at + POISON_PAUSE))


def _write_digests(session: Session, chapter: Chapter, at: datetime, quiet_weeks: int) -> int:
    """Write a digest to everybody who owes something that no digest has told her of."""
    today = clock.local_day(at, chapter.zone)
    untold = _without_told(session, obligations_due(session, by=today, quiet_weeks=quiet_weeks))
    owners = session.scalars(select(Membership).where(Membership.id.in_(untold))).all()
    return sum(_write_digest(session, chapter, owner, untold[owner.id], at) for owner in owners)


def _without_told(session: Session, obligations: list[Obligation]) -> dict[UUID, list[Obligation]]:
    """Return what is new to each owner."""
    owners = {due.owner_id for due in obligations if due.owner_id}
    told = {
        (rung.membership_id, rung.kind, rung.subject_id, rung.due_on)
        for rung in session.scalars(select(ConsumedRung).where(ConsumedRung.membership_id.in_(owners)))
    }
    untold = defaultdict(list)
    for due in obligations:
        if due.owner_id and (due.owner_id, due.kind, due.subject_id, due.due_on) not in told:
            untold[due.owner_id].append(due)
    return dict(untold)


def _write_digest(session: Session, chapter: Chapter, owner: Membership, new: list[Obligation], at: datetime) -> bool:
    """Write one digest with its twin and rungs; refuse a second one for the same person and day."""
    morning = _morning_of(owner, chapter, at)
    delivery_id, local_day = new_id(), clock.local_day(morning, owner.zone or chapter.zone)
    row = insert(Delivery).values(
        id=delivery_id,
        kind=MailKind.DIGEST,
        chapter_id=chapter.id,
        subject_id=owner.id,
        local_day=local_day,
        next_at=morning,
        created_at=at,
    )
    if session.execute(row.on_conflict_do_nothing().returning(Delivery.id)).one_or_none() is None:
        return False  # today's is written; the rungs wait for tomorrow's
    session.add(
        Notification(
            chapter_id=chapter.id,
            membership_id=owner.id,
            local_day=local_day,
            items=[as_item(due) for due in new],
            state=DeliveryState.PENDING,
            made_at=at,
            delivery_id=delivery_id,
        )
    )
    session.add_all(_rung(owner, due, at) for due in new)
    session.flush()
    return True


def _morning_of(owner: Membership, chapter: Chapter, at: datetime) -> datetime:
    """Return when the person's own morning is: now, at the chapter's, unless she lives in another zone."""
    if owner.zone is None or owner.zone == chapter.zone:
        return at
    return next_morning(after=at - timedelta(seconds=1), zone=owner.zone, working_week=chapter.working_week)


def _rung(owner: Membership, due: Obligation, at: datetime) -> ConsumedRung:
    return ConsumedRung(
        chapter_id=due.chapter_id,
        membership_id=owner.id,
        kind=due.kind,
        subject_id=due.subject_id,
        due_on=due.due_on,
        rung=RUNG_WHEN_DUE,
        consumed_at=at,
    )


def as_item(due: Obligation) -> dict[str, Any]:
    """Return an obligation as the inbox keeps it: codes and days, no text."""
    return {"kind": due.kind, "subject_id": str(due.subject_id), "due_on": due.due_on.isoformat(), "act": due.act}
