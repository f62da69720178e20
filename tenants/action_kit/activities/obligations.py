"""What step 5 expects: that something is logged every few weeks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from tenants.action_kit.activities.models import Activity, ActivityRevision
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import QUIET_DAYS, Here, Leg, day_there, leads, leg


def legs(here: Here) -> list[Leg]:
    """Return the leg of a chapter gone quiet: nothing logged since its start or its last entry that counts."""
    counts = exists(ActivityRevision.id).where(
        here.own(ActivityRevision), ActivityRevision.activity_id == Activity.id, ActivityRevision.is_current
    )
    last_entry = (
        select(func.max(Activity.logged_at)).where(here.own(Activity), counts).correlate(Chapter).scalar_subquery()
    )
    quiet_since = func.greatest(Chapter.active_since, last_entry)
    return [
        leg(
            here,
            ObligationKind.QUIET_CHAPTER,
            subject_id=Chapter.id,
            due_on=day_there(quiet_since) + QUIET_DAYS,
            owner=leads(here),
        )
    ]


def standing(here: Here) -> ColumnElement[Any]:
    """Return whether the log has begun."""
    logged = exists(ActivityRevision.id).where(here.own(ActivityRevision), ActivityRevision.is_current)
    return case((logged, "prog"), else_="none")
