"""Decide of which obligations of others the deputies are reminded.

They are told of what is three days late. While a focal point is away, they also get all reminders of the focal point,
except about decisions: those who may decide own them already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from tenants.obligations.ladder import DEPUTY
from tenants.obligations.models import Obligation, Responsible
from tenants.overview.obligations import Leader
from tenants.people.models import DigestFrequency
from tenants.people.permissions import Role

DAYS_BETWEEN_WEEKLY = 13  # from the first day of one week to the last of the next

Subject = tuple[UUID, str, UUID, date]
"""A person and an obligation: membership id, kind, subject id and due date."""
OnRung = tuple[Obligation, int]


def rungs_of_deputies(on_rungs: Sequence[OnRung], leaders: Sequence[Leader], *, today: date) -> dict[Subject, OnRung]:
    """Return what each deputy is told of on the chapter's day `today`, with the rung that they hear."""
    covered_keys = _obligations_of_absent(on_rungs, leaders, today)
    deputy_rungs: dict[Subject, OnRung] = {}
    for deputy in (leader for leader in leaders if leader.role == Role.DEPUTY):
        first_day = _first_day_gathered(deputy, today)
        for due, rung in on_rungs:
            subject = (deputy.membership_id, due.kind.code, due.subject_id, due.due_on)
            if subject[1:] in covered_keys:
                deputy_rungs[subject] = (due, rung)
            elif rung == DEPUTY or (rung > DEPUTY and due.due_on + timedelta(days=DEPUTY) >= first_day):
                deputy_rungs[subject] = (due, DEPUTY)
    return deputy_rungs


def _first_day_gathered(deputy: Leader, today: date) -> date:
    """Return the earliest day whose rung a deputy may not have been told of, because they got no digest meanwhile.

    A deputy who was away may not have been told of anything that is still late.
    """
    if deputy.away_until is not None:
        return date.min
    is_weekly = deputy.digest_frequency == DigestFrequency.WEEKLY
    return today - timedelta(days=DAYS_BETWEEN_WEEKLY if is_weekly else 0)


def _obligations_of_absent(
    on_rungs: Iterable[OnRung], leaders: Iterable[Leader], today: date
) -> set[tuple[str, UUID, date]]:
    """Return the obligations of focal points who are away, without those that also have an owner who is there."""
    absent_ids = {
        leader.membership_id
        for leader in leaders
        if leader.role == Role.FOCAL_POINT and leader.away_until is not None and leader.away_until >= today
    }
    owners: dict[tuple[str, UUID, date], set[UUID | None]] = {}
    for due, _rung in on_rungs if absent_ids else ():
        if due.kind.responsible is not Responsible.EITHER:
            owners.setdefault((due.kind.code, due.subject_id, due.due_on), set()).add(due.owner_id)
    return {subject for subject, owner_ids in owners.items() if owner_ids <= absent_ids}
