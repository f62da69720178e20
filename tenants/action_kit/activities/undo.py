"""How entries of the log are undone: a correction by another revision, an entry by withdrawing it.

Content of a submitted report is not undone. It can be corrected: the report shows that, and the desk sees both.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from tenants.action_kit.activities import services
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.undoable import Undoable, Undoing, UndoOwner


def _look_at_activity(session: Session, change: Change) -> dict[str, Any] | None:
    return services.current_state(session, change.subject_id)


def _withdraw_activity(undoing: Undoing) -> None:
    reason = str(_l("The previous change was undone."))
    services.withdraw_activity(undoing.session, **undoing.actor, activity_id=undoing.change.subject_id, reason=reason)


def _revise_back(undoing: Undoing) -> None:
    earlier: int = undoing.before["revision"]
    services.refuse_reported(undoing.session, undoing.change.subject_id, since=earlier + 1)
    services.revise_back(undoing.session, **undoing.actor, activity_id=undoing.change.subject_id, number=earlier)


_LOGS = Permission.LOG_ACTIVITY

KINDS = (
    Undoable(
        "activity.logged",
        _LOGS,
        _look_at_activity,
        _withdraw_activity,
        frozenset({"activity.revised"}),
        UndoOwner.OWN_TOO,  # the responsible person of a planned activity logs it without the permission
    ),
    Undoable("activity.revised", _LOGS, _look_at_activity, _revise_back),
)
