"""Every kind of change that can be undone, gathered from the features."""

from __future__ import annotations

from functools import cache

from tenants.action_kit.activities.undo import KINDS as ACTIVITIES
from tenants.action_kit.focal_point.undo import KINDS as FOCAL_POINT
from tenants.action_kit.funding.undo import KINDS as FUNDING
from tenants.action_kit.launch.undo import KINDS as LAUNCH
from tenants.action_kit.plan.undo import KINDS as PLAN
from tenants.action_kit.reports.undo import KINDS as EVALUATION
from tenants.chapter_life.undo import KINDS as CHAPTERS
from tenants.membership.undo import KINDS as PEOPLE
from tenants.reminders.undo import KINDS as REMINDERS
from tenants.undo.undoable import Undoable


@cache
def undoables() -> dict[str, Undoable]:
    """Return the kinds by their codes."""
    every = (
        *(FOCAL_POINT + PLAN + FUNDING + LAUNCH + ACTIVITIES + EVALUATION),
        *(CHAPTERS + PEOPLE + REMINDERS),
    )
    return {each.kind: each for each in every}
