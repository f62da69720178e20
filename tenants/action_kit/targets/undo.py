"""How a changed target is undone: with another row and a reason."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.targets.services import TARGET, Amount, Baseline, current_target, set_target
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.row_states import from_json
from tenants.undo.undoable import Undoable, Undoing


def _look_at_target(session: Session, change: Change) -> dict[str, Any] | None:
    after = change.after or {}
    row = current_target(session, BY_CODE[after["indicator"]], after["year"])
    return None if row is None or row.id != change.subject_id else TARGET.of(row)


def _move_back(undoing: Undoing) -> None:
    values = undoing.before
    indicator, measured_on = (
        BY_CODE[values["indicator"]],
        from_json(values["baseline_on"], TARGET.kind_of("baseline_on")),
    )
    baseline = Amount(values["baseline_numerator"], values["baseline_denominator"])
    now = current_target(undoing.session, indicator, values["year"])
    set_target(
        undoing.session,
        **undoing.actor,
        indicator=indicator,
        year=values["year"],
        baseline=Baseline(baseline, measured_on) if measured_on else None,
        target=Amount(values["target_numerator"], values["target_denominator"]),
        reason=str(_l("The previous change was undone.")),
        seen=now.number if now else 0,
    )


KINDS = (Undoable("target.moved", Permission.EDIT_REPORT, _look_at_target, _move_back),)
