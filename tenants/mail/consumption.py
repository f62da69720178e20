"""What a digest consumes when it is handed over: the rungs that are new to a person, and the pauses it ends."""

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
    """An obligation as one person hears of it: at which rung, and whether this rung is new to her.

    `pause_id` is the pause that ends with it, where she had asked to be reminded later.
    """

    due: Obligation
    rung: int
    is_new: bool
    pause_id: UUID | None = None


@dataclass(frozen=True)
class Consumption:
    """What a digest consumes when it is handed over: the rungs new to a person, and the pauses it ends."""

    membership_id: UUID
    reminders: tuple[Reminder, ...]


def consume(session: Session, content: Consumption, *, delivery_id: UUID, at: datetime) -> None:
    """Write that a delivery has told a person of these rungs, and ended these pauses."""
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
    """Forget what a delivery has told, since its mail was not taken."""
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
