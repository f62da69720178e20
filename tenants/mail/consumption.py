"""Consume the rungs and pauses of a digest when it is handed over to the relay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.db import new_id
from tenants.mail.models import ConsumedRung, Delivery, ReminderPause
from tenants.obligations.models import Obligation
from tenants.scope import bound_chapter

PLAIN = {"synchronize_session": False}


@dataclass(frozen=True)
class Reminder:
    """An obligation in the digest of one person, with its rung and whether that rung is new to them.

    `pause_id` is the pause that ends with it, if the person asked to be reminded later.
    """

    due: Obligation
    rung: int
    is_new: bool
    pause_id: UUID | None = None


@dataclass(frozen=True)
class Consumption:
    """The rungs and pauses that a digest consumes when it is handed over."""

    membership_id: UUID
    reminders: tuple[Reminder, ...]


def consume(session: Session, content: Consumption, *, delivery_id: UUID, at: datetime) -> None:
    """Record that a delivery consumed the new rungs and ended the pauses of `content`."""
    chapter_id = bound_chapter(session)
    rows = [
        {
            "chapter_id": chapter_id,
            "id": new_id(),
            "membership_id": content.membership_id,
            "kind": reminder.due.kind.code,
            "subject_id": reminder.due.subject_id,
            "due_on": reminder.due.due_on,
            "rung": reminder.rung,
            "delivery_id": delivery_id,
            "consumed_at": at,
        }
        for reminder in content.reminders
        if reminder.is_new
    ]
    if rows:
        session.execute(insert(ConsumedRung).on_conflict_do_nothing(), rows)
    pause_ids = [reminder.pause_id for reminder in content.reminders if reminder.pause_id]
    if pause_ids:
        statement = update(ReminderPause).where(ReminderPause.chapter_id == chapter_id, ReminderPause.id.in_(pause_ids))
        session.execute(statement.values(carried_by=delivery_id), execution_options=PLAIN)


def give_back(session: Session, *, delivery_id: UUID) -> None:
    """Delete what a delivery consumed, because its mail was not accepted."""
    chapter_id = bound_chapter(session)
    membership_id = select(Delivery.subject_id).where(Delivery.id == delivery_id).scalar_subquery()
    rungs = delete(ConsumedRung).where(
        ConsumedRung.chapter_id == chapter_id,
        ConsumedRung.membership_id == membership_id,
        ConsumedRung.delivery_id == delivery_id,
    )
    session.execute(rungs, execution_options=PLAIN)
    pauses = update(ReminderPause).where(
        ReminderPause.chapter_id == chapter_id,
        ReminderPause.membership_id == membership_id,
        ReminderPause.carried_by == delivery_id,
    )
    session.execute(pauses.values(carried_by=None), execution_options=PLAIN)
