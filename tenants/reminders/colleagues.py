"""What is due or overdue in a chapter and belongs to other members, for the end of a digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.mail.consumption import Reminder
from tenants.obligations.models import Obligation
from tenants.people.models import Membership
from tenants.people.permissions import OF_ROLE, Role
from tenants.reminders.obligation_keys import ObligationKey

MOST_TASKS = 5


@dataclass(frozen=True)
class ColleagueTask:
    """An obligation of other members. Its title is None if the reader may not see whom it is about."""

    due: Obligation
    owner_ids: tuple[UUID, ...]


def colleague_tasks(
    obligations: Iterable[Obligation], reminders: Iterable[Reminder], *, member: Membership, today: date
) -> list[ColleagueTask]:
    """Return the first obligations due by `today` that belong to others and are not among the member's reminders."""
    reminder_keys = {ObligationKey.of(reminder.due) for reminder in reminders}
    groups: dict[ObligationKey, list[Obligation]] = {}
    for due in obligations:
        if due.due_on <= today and not due.awaits_desk:
            groups.setdefault(ObligationKey.of(due), []).append(due)
    tasks = [
        ColleagueTask(_as_seen_by(member, group[0]), owner_ids)
        for key, group in groups.items()
        if key not in reminder_keys and (owner_ids := tuple(due.owner_id for due in group if due.owner_id))
    ]
    return [task for task in tasks if member.id not in task.owner_ids][:MOST_TASKS]


def colleagues_named(
    session: Session, tasks: Iterable[ColleagueTask], reminders: Iterable[Reminder], *, member: Membership
) -> dict[UUID, Membership]:
    """Return the other members who own these tasks or reminders, in at most one statement."""
    owner_ids = {owner_id for task in tasks for owner_id in task.owner_ids}
    owner_ids |= {reminder.due.owner_id for reminder in reminders if reminder.due.owner_id}
    other_ids = owner_ids - {member.id}
    if not other_ids:
        return {}
    return {row.id: row for row in session.scalars(select(Membership).where(Membership.id.in_(other_ids)))}


def _as_seen_by(member: Membership, due: Obligation) -> Obligation:
    permission = due.kind.title_permission
    is_visible = permission is None or permission in OF_ROLE[Role(member.role)]
    return due if is_visible else replace(due, title=None)
