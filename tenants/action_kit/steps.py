"""How far the bound chapter is with each of the six steps, from its own rows and from what it owes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision
from tenants.obligations.models import ObligationState, Step
from tenants.obligations.queries import obligations_due
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Role
from tenants.scope import bound_chapter

StepState = Literal["none", "prog", "done", "late", "att"]

IN_ORDER = (Step.FOCAL_POINT, Step.PLAN, Step.FUNDING, Step.LAUNCH, Step.ACTIVITIES, Step.EVALUATION)


def step_states(session: Session, *, today: date, quiet_weeks: int) -> list[StepState]:
    """Return the states of steps 1 to 6, in two statements; `today` is the chapter's local day.

    A step shows its most urgent duty: what is overdue makes it late, what is due today asks for attention. Else step 1
    is done with a focal point present and in progress while one is invited, and step 5 is in progress once an activity
    is logged. The other steps have no rows yet, so they have not begun.
    """
    states = _begun(session)
    for obligation in obligations_due(session, by=today, quiet_weeks=quiet_weeks):
        if obligation.step not in IN_ORDER:
            continue
        number = IN_ORDER.index(obligation.step)
        if obligation.state(today) is ObligationState.LATE:
            states[number] = "late"
        elif states[number] != "late":
            states[number] = "att"
    return states


def _begun(session: Session) -> list[StepState]:
    here = bound_chapter(session)
    present = exists().where(
        Membership.chapter_id == here, Membership.role == Role.FOCAL_POINT, Membership.left_at.is_(None)
    )
    invited = exists().where(
        Invitation.chapter_id == here,
        Invitation.role == Role.FOCAL_POINT,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    logged = exists().where(ActivityRevision.chapter_id == here, ActivityRevision.is_current)
    row = session.execute(select(present, invited, logged)).one()
    focal_point: StepState = "done" if row[0] else "prog" if row[1] else "none"
    return [focal_point, "none", "none", "none", "prog" if row[2] else "none", "none"]
