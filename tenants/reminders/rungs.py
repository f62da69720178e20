"""Find the rungs of obligations that are new to a person, and the digests that consumed the others.

A rung is consumed when its digest is handed over, in the same transaction, and given back if the mail turns out not to
be accepted. The rungs of a digest that was never sent are in the next one.
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
from tenants.obligations.ladder import FIRST, rung_of
from tenants.obligations.models import Obligation
from tenants.overview.obligations import leaders, obligations_due
from tenants.reminders.deputies import Subject, rungs_of_deputies
from tenants.scope import bound_chapter


def on_the_ladder(session: Session, *, today: date, quiet_weeks: int) -> list[Obligation]:
    """Return the bound chapter's obligations that may be reminded of on its day `today`, earliest first."""
    ahead = today - timedelta(days=FIRST)
    return obligations_due(session, by=ahead, quiet_weeks=quiet_weeks, today=today)


def reminders_of(
    session: Session, obligations: Iterable[Obligation], *, today: date, by_delivery: UUID | None = None
) -> dict[UUID, list[Reminder]]:
    """Return the reminders of each member of the bound chapter on its day `today`, new ones first, then by due date.

    Obligations that the member has paused are left out. A rung consumed by the delivery `by_delivery` itself counts as
    new. Uses at most three statements, none of which grows with what was sent before.
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
        if not is_new and rung != rung_of(due.kind.ladder, due_on=due_on, today=today):
            continue
        reminders_by_owner[owner].append(Reminder(due, rung, is_new, pause.id if pause and ends else None))
    for reminders in reminders_by_owner.values():
        reminders.sort(key=lambda reminder: not reminder.is_new)  # stable: by day within each half
    return dict(reminders_by_owner)


def _on_their_rungs(
    session: Session, obligations: Iterable[Obligation], today: date
) -> dict[Subject, tuple[Obligation, int]]:
    """Return today's rungs by person: those of the owners and those of which the deputies are told too."""
    on_rungs = [
        (due, rung)
        for due in obligations
        if due.owner_id and (rung := rung_of(due.kind.ladder, due_on=due.due_on, today=today)) is not None
    ]
    owner_rungs = {(due.owner_id, due.kind.code, due.subject_id, due.due_on): (due, rung) for due, rung in on_rungs}
    deputy_rungs = rungs_of_deputies(on_rungs, leaders(session, today=today), today=today) if on_rungs else {}
    return {**deputy_rungs, **owner_rungs}  # type: ignore[dict-item]  # every one has an owner: see above


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
    """Return the pause of each person and obligation, if any."""
    key = (ReminderPause.membership_id, ReminderPause.kind, ReminderPause.subject_id, ReminderPause.due_on)
    rows: Sequence[ReminderPause] = session.scalars(
        select(ReminderPause)
        .where(ReminderPause.chapter_id == bound_chapter(session), tuple_(*key).in_(list(subjects)))
        .order_by(ReminderPause.asked_at)
    ).all()
    return {(row.membership_id, row.kind, row.subject_id, row.due_on): row for row in rows}
