"""Postpone or stop the reminders of an obligation, and the rules for which obligations permit it.

Late obligations cannot be postponed, and reminders of money and decisions cannot be stopped. A pause is for one
obligation with its due date. With a new due date it is a new obligation and is reminded of again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.db import new_id
from tenants.errors import Refused
from tenants.mail.models import ReminderPause
from tenants.obligations.ladder import DESK
from tenants.obligations.models import Obligation, ObligationState
from tenants.people.models import Membership
from tenants.reminders.links import LinkAction
from tenants.reminders.obligation_keys import ObligationKey
from tenants.scope import bound_chapter
from tenants.undo.changes import Transition, record_change
from tenants.undo.row_states import to_json

DAYS_PUT_OFF = 3
PLAIN = {"synchronize_session": False}
SUBJECT = (ReminderPause.kind, ReminderPause.subject_id, ReminderPause.due_on)


def actions_on(due: Obligation, *, today: date) -> list[LinkAction]:
    """Return the one-click actions on an obligation that its owner may take on the chapter's day `today`."""
    actions = [LinkAction.DONE] if due.kind.one_click else []
    if not due.kind.may_wait:
        return actions
    if due.state(today) is not ObligationState.LATE:
        return [*actions, LinkAction.LATER]
    return [*actions, LinkAction.KNOWN] if (today - due.due_on).days >= DESK else actions


def next_reminder_on(day: date) -> date:
    """Return the day of the next reminder for someone who postpones it on `day`."""
    return day + timedelta(days=DAYS_PUT_OFF)


def remind_later(session: Session, *, member: Membership, due: Obligation, today: date, at: datetime) -> date:
    """Postpone the member's reminders by three days and return the day. Raises Refused if that is not permitted."""
    if LinkAction.LATER not in actions_on(due, today=today):
        raise Refused(
            {"reminder": _l("This cannot be postponed, because it is overdue or is about money or a decision.")}
        )
    until_on, before = next_reminder_on(today), asked_of(session, member.id, ObligationKey.of(due))
    _pause(session, member, due, until_on=until_on, at=at)
    _record_pause(session, member, ObligationKey.of(due), before, action="reminder.put_off", at=at)
    return until_on


def acknowledge(session: Session, *, member: Membership, due: Obligation, today: date, at: datetime) -> None:
    """Stop the member's reminders until the obligation is done. Raises Refused if that is not permitted."""
    if LinkAction.KNOWN not in actions_on(due, today=today):
        raise Refused(
            {
                "reminder": _l(
                    "You can stop these emails only for tasks that are at least ten days overdue "
                    "and are not about money or a decision."
                )
            }
        )
    before = asked_of(session, member.id, ObligationKey.of(due))
    _pause(session, member, due, until_on=None, at=at)
    _record_pause(session, member, ObligationKey.of(due), before, action="reminder.acknowledged", at=at)


def lift(session: Session, *, member: Membership, subject: ObligationKey, at: datetime) -> bool:
    """Remove the member's pause. Return False if there was none."""
    before = asked_of(session, member.id, subject)
    if not remove_pause(session, membership_id=member.id, obligation_key=subject):
        return False
    _record_pause(session, member, subject, before, action="reminder.lifted", at=at)
    return True


def pauses_on(
    session: Session, *, membership_id: UUID, subjects: Iterable[ObligationKey], today: date
) -> dict[ObligationKey, date | None]:
    """Return the member's pauses of these obligations with their last day, None until it is done, in one statement."""
    rows = session.scalars(
        select(ReminderPause).where(
            ReminderPause.chapter_id == bound_chapter(session),
            ReminderPause.membership_id == membership_id,
            tuple_(*SUBJECT).in_(list(subjects)),
        )
    )
    return {
        ObligationKey(row.kind, row.subject_id, row.due_on): row.until_on
        for row in rows
        if row.until_on is None or row.until_on > today
    }


def asked_of(session: Session, membership_id: UUID, obligation_key: ObligationKey) -> dict[str, Any]:
    """Return a member's pause of an obligation as a change stores it. Its `asked` is None if there is no pause."""
    statement = select(ReminderPause).where(
        ReminderPause.membership_id == membership_id, tuple_(*SUBJECT) == obligation_key
    )
    row = session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()
    pause = None if row is None else [to_json(row.until_on), to_json(row.asked_at)]
    return {
        "member": str(membership_id),
        "kind": obligation_key.kind,
        "due_on": obligation_key.due_on.isoformat(),
        "asked": pause,
    }


def ask_again(
    session: Session, *, membership_id: UUID, obligation_key: ObligationKey, until_on: date | None, at: datetime
) -> None:
    """Write the pause of a person and an obligation. It replaces an earlier one."""
    values = {"until_on": until_on, "asked_at": at, "carried_by": None}
    row = insert(ReminderPause).values(
        chapter_id=bound_chapter(session),
        id=new_id(),
        membership_id=membership_id,
        **obligation_key._asdict(),
        **values,
    )
    session.execute(row.on_conflict_do_update(constraint="uq_reminder_pauses", set_=values), execution_options=PLAIN)


def remove_pause(session: Session, *, membership_id: UUID, obligation_key: ObligationKey) -> bool:
    """Delete the pause of a person and an obligation. Return False if there was none."""
    statement = delete(ReminderPause).where(
        ReminderPause.chapter_id == bound_chapter(session),
        ReminderPause.membership_id == membership_id,
        tuple_(*SUBJECT) == obligation_key,
    )
    return bool(session.execute(statement.returning(ReminderPause.id), execution_options=PLAIN).all())


def _pause(session: Session, member: Membership, due: Obligation, *, until_on: date | None, at: datetime) -> None:
    ask_again(session, membership_id=member.id, obligation_key=ObligationKey.of(due), until_on=until_on, at=at)


def _record_pause(
    session: Session,
    member: Membership,
    obligation_key: ObligationKey,
    before: dict[str, Any],
    *,
    action: str,
    at: datetime,
) -> None:
    change = Transition(obligation_key.subject_id, before, asked_of(session, member.id, obligation_key))
    record_change(session, change, action=action, actor_id=member.user_id, at=at, kind=obligation_key.kind)
