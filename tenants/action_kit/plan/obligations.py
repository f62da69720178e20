"""What step 2 expects: a plan that is sent, decided on, and done day by day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_
from sqlalchemy.orm import aliased, join

from tenants.action_kit.plan.models import PlanLine, PlanVersion, PlanVersionLine, VersionState
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    DAYS_TO_DECIDE,
    Here,
    Leg,
    Owner,
    day_there,
    decides,
    joined,
    leads,
    leg,
)
from tenants.people.models import Membership
from tenants.people.permissions import Permission

DAYS_TO_SUBMIT = 30


def legs(here: Here) -> list[Leg]:
    """Return the legs of this step: a plan to send, one returned, one to decide on, and activities due."""
    return [_to_submit(here), _returned(here), _to_approve(here), _activities(here)]


def standing(here: Here) -> ColumnElement[Any]:
    """Return done with an approved version, prog with any line or version."""
    line = exists(PlanLine.id).where(here.own(PlanLine), PlanLine.removed_at.is_(None))
    version = exists(PlanVersion.id).where(here.own(PlanVersion), PlanVersion.state != VersionState.WITHDRAWN)
    approved = version.where(PlanVersion.state == VersionState.APPROVED)
    return case((approved, "done"), (or_(line, version), "prog"), else_="none")


def _to_submit(here: Here) -> Leg:
    sent = exists(PlanVersion.id).where(here.own(PlanVersion), PlanVersion.state != VersionState.WITHDRAWN)
    return leg(
        here,
        ObligationKind.PLAN_TO_SUBMIT,
        subject_id=Chapter.id,
        due_on=day_there(Chapter.active_since) + DAYS_TO_SUBMIT,
        where=[~sent],
        owner=leads(here),
    )


def _returned(here: Here) -> Leg:
    later = aliased(PlanVersion)
    sent_again = exists(later.id).where(
        here.own(later), later.number > PlanVersion.number, later.state != VersionState.WITHDRAWN
    )
    return leg(
        here,
        ObligationKind.RETURNED_PLAN,
        subject_id=PlanVersion.id,
        due_on=day_there(PlanVersion.decided_at) + DAYS_TO_ANSWER,
        source=joined(PlanVersion, here),
        where=[PlanVersion.state == VersionState.RETURNED, ~sent_again],
        owner=leads(here),
    )


def _to_approve(here: Here) -> Leg:
    return leg(
        here,
        ObligationKind.PLAN_TO_APPROVE,
        subject_id=PlanVersion.id,
        due_on=day_there(PlanVersion.submitted_at) + DAYS_TO_DECIDE,
        source=joined(PlanVersion, here),
        where=[PlanVersion.state == VersionState.SUBMITTED],
        owner=decides(Permission.APPROVE_PLAN, but=PlanVersion.submitted_by) if here.owners else None,
    )


def _activities(here: Here) -> Leg:
    """Activities of the approved version, due as it was approved: moving a date is a change to be approved as well."""
    version = joined(PlanVersion, here, PlanVersion.state == VersionState.APPROVED)
    lines = join(
        version,
        PlanVersionLine,
        and_(here.own(PlanVersionLine), PlanVersionLine.version_id == PlanVersion.id),
    )
    working = join(
        lines,
        PlanLine,
        and_(here.own(PlanLine), PlanLine.id == PlanVersionLine.line_id),
    )
    return leg(
        here,
        ObligationKind.PLANNED_ACTIVITY_DUE,
        subject_id=PlanLine.id,
        due_on=PlanVersionLine.due_on,  # type: ignore[arg-type]  # every activity has one: a check of the table
        source=working,
        where=[
            PlanVersionLine.kind == "activity",
            PlanLine.done_on.is_(None),
            PlanLine.dropped_on.is_(None),
            PlanLine.removed_at.is_(None),
        ],
        owner=_responsible(here),
        title=PlanVersionLine.title,
    )


def _responsible(here: Here) -> Owner:
    """Own an activity: the member who took it on, or whoever leads where she has left or nobody did."""
    taken = aliased(Membership)
    is_here = exists(taken.id).where(
        here.own(taken),
        taken.id == PlanLine.responsible_id,
        taken.left_at.is_(None),
    )
    return lambda person: or_(person.id == PlanLine.responsible_id, and_(~is_here, leads(here)(person)))
