"""Which rung of which obligation a person has not heard of yet, and who has told her.

A rung is consumed when the digest that carries it is handed over, in that very transaction, and given back when it
turns out that the mail was not taken. What waited in a digest that was never sent is carried by the next one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from tenants.mail.consumption import Reminder
from tenants.mail.models import ConsumedRung, ReminderPause
from tenants.obligations.ladder import DEPUTY, FIRST, rung_of
from tenants.obligations.models import Obligation
from tenants.overview.obligations import deputies, obligations_due
from tenants.scope import bound_chapter

Subject = tuple[UUID, str, UUID, date]
"""Whom something is told, and what: membership, kind, subject and the day it is due."""


def on_the_ladder(session: Session, *, today: date, quiet_weeks: int) -> list[Obligation]:
    """Return what the bound chapter owes and may be reminded of on its day `today`, earliest first."""
    ahead = today - timedelta(days=FIRST)
    return obligations_due(session, by=ahead, quiet_weeks=quiet_weeks, today=today)


def reminders_of(
    session: Session, obligations: Iterable[Obligation], *, today: date, by_delivery: UUID | None = None
) -> dict[UUID, list[Reminder]]:
    """Return what each person of the bound chapter hears of on its day `today`: what is new to her first, then by day.

    What she asked not to be reminded of is left out. A rung that the delivery `by_delivery` has consumed itself counts
    as new to it. Takes at most three statements, and none that grows with what was sent before.
    """
    rungs = _on_their_rungs(session, obligations, today)
    if not rungs:
        return {}
    consumed_rungs, pauses = _consumed_rungs(session, rungs, by_delivery), _pauses(session, rungs)
    reminders_by_owner = defaultdict(list)
    for (owner, kind, subject, due_on), (due, rung) in rungs.items():
        pause = pauses.get((owner, kind, subject, due_on))
        if pause and (pause.until_on is None or pause.until_on > today):
            continue
        ends = pause is not None and pause.carried_by in (None, by_delivery)
        is_new = ends or (owner, kind, subject, due_on, rung) not in consumed_rungs
        reminders_by_owner[owner].append(Reminder(due, rung, is_new, pause.id if pause and ends else None))
    for reminders in reminders_by_owner.values():
        reminders.sort(key=lambda reminder: not reminder.is_new)  # stable: by day within each half
    return dict(reminders_by_owner)


def _on_their_rungs(
    session: Session, obligations: Iterable[Obligation], today: date
) -> dict[Subject, tuple[Obligation, int]]:
    """Return what is on a rung today, by person: by its owners, and three days late by the deputies too."""
    on_rungs = [
        (due, rung)
        for due in obligations
        if due.owner_id and (rung := rung_of(due.kind.ladder, due_on=due.due_on, today=today)) is not None
    ]
    late = [(due, rung) for due, rung in on_rungs if rung == DEPUTY]
    deputy_ids = deputies(session, today=today) if late else []
    owner_rungs = {(due.owner_id, due.kind.code, due.subject_id, due.due_on): (due, rung) for due, rung in on_rungs}
    told_too = {
        (deputy, due.kind.code, due.subject_id, due.due_on): (due, rung) for due, rung in late for deputy in deputy_ids
    }
    return {**told_too, **owner_rungs}  # type: ignore[dict-item]  # every one has an owner: see above


def _consumed_rungs(
    session: Session, rungs: dict[Subject, tuple[Obligation, int]], by: UUID | None
) -> set[tuple[object, ...]]:
    key = (
        ConsumedRung.membership_id,
        ConsumedRung.kind,
        ConsumedRung.subject_id,
        ConsumedRung.due_on,
        ConsumedRung.rung,
    )
    keys = [(*subject, rung) for subject, (_due, rung) in rungs.items()]
    rows = select(*key).where(ConsumedRung.chapter_id == bound_chapter(session), tuple_(*key).in_(keys))
    if by is not None:
        rows = rows.where(or_(ConsumedRung.delivery_id.is_(None), ConsumedRung.delivery_id != by))
    return {tuple(row) for row in session.execute(rows)}


def _pauses(session: Session, subjects: Iterable[Subject]) -> dict[Subject, ReminderPause]:
    """Return the latest pause of each, if any."""
    key = (ReminderPause.membership_id, ReminderPause.kind, ReminderPause.subject_id, ReminderPause.due_on)
    rows: Sequence[ReminderPause] = session.scalars(
        select(ReminderPause)
        .where(ReminderPause.chapter_id == bound_chapter(session), tuple_(*key).in_(list(subjects)))
        .order_by(ReminderPause.asked_at)
    ).all()
    return {(row.membership_id, row.kind, row.subject_id, row.due_on): row for row in rows}
