"""How entries of the log are undone: a correction by another revision, an entry by withdrawing it.

Content of a submitted report is not undone. It can be corrected: the report shows that, and the desk sees both.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities import services
from tenants.action_kit.evaluation.models import ValueSource
from tenants.errors import Refused
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.undoable import Undoable, Undoing


def _look_at_activity(session: Session, change: Change) -> dict[str, Any] | None:
    return services.current_state(session, change.subject_id)


def _withdraw_activity(undoing: Undoing) -> None:
    _refuse_reported(undoing, since=1)
    services.withdraw_activity(undoing.session, activity_id=undoing.change.subject_id)


def _revise_back(undoing: Undoing) -> None:
    earlier: int = undoing.before["revision"]
    _refuse_reported(undoing, since=earlier + 1)
    services.revise_back(undoing.session, **undoing.actor, activity_id=undoing.change.subject_id, number=earlier)


def _refuse_reported(undoing: Undoing, *, since: int) -> None:
    """Raise Refused if a submitted report contains this revision or a later one."""
    made_of = select(ValueSource.id).where(
        ValueSource.source_id == undoing.change.subject_id, ValueSource.revision >= since
    )
    if undoing.session.scalar(made_of.limit(1)) is not None:
        raise Refused(
            {"activity": _l("This activity is counted in a report that was sent. Correct the activity instead.")}
        )


_LOGS = Permission.LOG_ACTIVITY

KINDS = (
    Undoable("activity.logged", _LOGS, _look_at_activity, _withdraw_activity, frozenset({"activity.revised"})),
    Undoable("activity.revised", _LOGS, _look_at_activity, _revise_back),
)
