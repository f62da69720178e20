"""How changes of a plan are undone. Lines keep their rows and their numbers grow, so that open forms notice."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.plan.lines import PROGRESS, TEXT, WHOLE, find_line, lock_chapter, outline
from tenants.action_kit.plan.models import PlanLine
from tenants.action_kit.plan.services import VERSION, withdraw_plan
from tenants.errors import Refused
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.row_states import RowState
from tenants.undo.undoable import Undoable, Undoing, UndoOwner

ON_PROGRESS = frozenset({"plan.activity_dropped", "plan.activity_reopened"})
ON_LINES = ON_PROGRESS | {"plan.line_revised", "plan.line_removed"}


def _put_line_back(undoing: Undoing, state: RowState) -> None:
    """Restore the columns of `state` in a line."""
    line = state.locked(undoing.session, undoing.change.subject_id)
    state.put_back(line, undoing.before)
    line.number += 1


def _line_text_back(undoing: Undoing) -> None:
    _put_line_back(undoing, TEXT)


def _line_progress_back(undoing: Undoing) -> None:
    _put_line_back(undoing, PROGRESS)


def _line_back(undoing: Undoing) -> None:
    """Restore a removed line; raises Refused if its parent line has been removed since."""
    line = WHOLE.locked(undoing.session, undoing.change.subject_id)
    if line.parent_id is not None and find_line(undoing.session, line.parent_id, lock=True) is None:
        raise Refused({"plan": _l("The line that it belongs to is no longer in the plan.")})
    _put_line_back(undoing, WHOLE)


def _line_out(undoing: Undoing) -> None:
    """Remove a line that was added; raises Refused while there are lines under it."""
    line = WHOLE.locked(undoing.session, undoing.change.subject_id)
    under = select(PlanLine.id).where(PlanLine.parent_id == line.id, PlanLine.removed_at.is_(None)).limit(1)
    if undoing.session.scalar(under) is not None:
        raise Refused({"plan": _l("Remove the lines under it first.")})
    line.removed_at = undoing.at


def _look_at_outline(session: Session, change: Change) -> dict[str, Any]:
    """Lock the chapter, so that no other transaction starts, sends or decides on the plan; return all its lines."""
    lock_chapter(session)
    return outline(session)


def _lines_out(undoing: Undoing) -> None:
    for line in undoing.session.scalars(select(PlanLine).where(PlanLine.removed_at.is_(None))):
        line.removed_at = undoing.at


def _look_at_version(session: Session, change: Change) -> dict[str, Any] | None:
    lock_chapter(session)  # a decision takes the same lock, so one of the two waits
    return VERSION.look(session, change)


def _withdraw_plan(undoing: Undoing) -> None:
    withdraw_plan(undoing.session, version_id=undoing.change.subject_id)


_EDITS = Permission.EDIT_PLAN

KINDS = (
    Undoable("plan.started", _EDITS, _look_at_outline, _lines_out),
    Undoable("plan.line_added", _EDITS, WHOLE.look, _line_out, ON_LINES),
    Undoable("plan.line_revised", _EDITS, TEXT.look, _line_text_back, frozenset({"plan.line_removed"})),
    Undoable("plan.line_removed", _EDITS, WHOLE.look, _line_back),
    *(
        Undoable(
            kind, _EDITS, PROGRESS.look, _line_progress_back, ON_PROGRESS | {"plan.line_removed"}, UndoOwner.OWN_TOO
        )
        for kind in sorted(ON_PROGRESS)
    ),
    Undoable("plan.submitted", _EDITS, _look_at_version, _withdraw_plan),
)
