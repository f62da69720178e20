"""Every kind of change that can be undone, gathered from the features."""

from __future__ import annotations

from functools import cache

from tenants.action_kit.launch.undo import KINDS as LAUNCH
from tenants.action_kit.plan.undo import KINDS as PLAN
from tenants.reminders.undo import KINDS as REMINDERS
from tenants.undo.undoable import Undoable


@cache
def undoables() -> dict[str, Undoable]:
    """Return the kinds by their codes."""
    return {each.kind: each for each in (*PLAN, *LAUNCH, *REMINDERS)}
