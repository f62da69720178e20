"""Every kind of change that can be undone, collected from the features."""

from __future__ import annotations

from functools import cache

from tenants.action_kit.activities import undo as activities
from tenants.action_kit.focal_point import undo as focal_point
from tenants.action_kit.funding import undo as funding
from tenants.action_kit.launch import undo as launch
from tenants.action_kit.plan import undo as plan
from tenants.action_kit.reports import undo as reports
from tenants.action_kit.targets import undo as targets
from tenants.chapter_life import undo as chapter_life
from tenants.membership import undo as membership
from tenants.reminders import undo as reminders
from tenants.undo.undoable import Undoable

FEATURES = (focal_point, plan, funding, launch, activities, targets, reports, chapter_life, membership, reminders)


@cache
def undoables() -> dict[str, Undoable]:
    """Return the kinds by code."""
    return {kind.kind: kind for feature in FEATURES for kind in feature.KINDS}
