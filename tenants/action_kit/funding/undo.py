"""How changes of funding are undone: rows are deleted or inserted again, a budget is revised, a transaction reversed.

A pending expense is decided on by another person, and a reversal is final: neither can be undone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.funding import budgets, services
from tenants.action_kit.funding.budgets import LINE, PLEDGE, REVISION, SOURCE, STATE_AND_NAME
from tenants.action_kit.funding.models import BudgetLine, BudgetRevision, Transaction, TransactionState
from tenants.action_kit.funding.queries import current_revision
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.row_states import RowState
from tenants.undo.undoable import Undoable, Undoing

_TRANSACTION = RowState(Transaction, ("state",))


def _source_out(undoing: Undoing) -> None:
    budgets.remove_source(undoing.session, **undoing.actor, source_id=undoing.change.subject_id)


def _source_in(undoing: Undoing) -> None:
    SOURCE.recreate(undoing.session, undoing.change.subject_id, undoing.before)


def _look_at_line(session: Session, change: Change) -> dict[str, Any] | None:
    """Return a budget line, None once it is removed. It is not locked: nothing updates a line."""
    line = session.scalars(select(BudgetLine).where(BudgetLine.id == change.subject_id)).one_or_none()
    return None if line is None else LINE.of(line)


def _line_in(undoing: Undoing) -> None:
    line_id, before = undoing.change.subject_id, undoing.before
    LINE.recreate(undoing.session, line_id, before)
    for revision in before["revisions"]:
        REVISION.recreate(undoing.session, UUID(revision["id"]), revision, line_id=line_id)


def _restore_state(undoing: Undoing) -> None:
    STATE_AND_NAME.put_back(STATE_AND_NAME.locked(undoing.session, undoing.change.subject_id), undoing.before)


def _pledge_back(undoing: Undoing) -> None:
    PLEDGE.put_back(PLEDGE.locked(undoing.session, undoing.change.subject_id), undoing.before)


def _look_at_budget(session: Session, change: Change) -> dict[str, Any]:
    statement = select(BudgetRevision).where(BudgetRevision.line_id == change.subject_id, BudgetRevision.is_current)
    session.scalars(statement.with_for_update()).all()  # a revision locks the same row
    return {"amount": current_revision(session, change.subject_id).amount_minor}


def _budget_back(undoing: Undoing) -> None:
    """Revise the budget again to its former amount; both revisions stay."""
    line_id = undoing.change.subject_id
    budgets.revise_budget(
        undoing.session,
        **undoing.actor,
        line_id=line_id,
        seen=current_revision(undoing.session, line_id).number,
        amount_minor=undoing.before["amount"],
        reason=str(_l("The previous change was undone.")),
    )


def _look_at_state(session: Session, change: Change) -> dict[str, Any] | None:
    """Lock a transaction and return whether it counts; None if it is not approved or was reversed."""
    row = _TRANSACTION.locked(session, change.subject_id)
    taken_back = select(Transaction.id).where(Transaction.reverses_id == change.subject_id)
    counts = row is not None and row.state == TransactionState.APPROVED and session.scalar(taken_back) is None
    return {"counts": True} if counts else None


def _counter_entry(undoing: Undoing) -> None:
    services.reverse_transaction(undoing.session, **undoing.actor, transaction_id=undoing.change.subject_id)


_EDITS = Permission.EDIT_FUNDING
_LATER = frozenset({"source.revised", "source.cancelled"})

KINDS = (
    Undoable("source.added", _EDITS, STATE_AND_NAME.look, _source_out, _LATER | {"source.moved"}),
    Undoable("source.removed", _EDITS, SOURCE.look, _source_in),
    Undoable("budget.removed", _EDITS, _look_at_line, _line_in),
    Undoable("source.moved", _EDITS, STATE_AND_NAME.look, _restore_state, _LATER),
    Undoable("source.revised", _EDITS, PLEDGE.look, _pledge_back, frozenset({"source.moved", "source.cancelled"})),
    Undoable("source.cancelled", _EDITS, PLEDGE.look, _pledge_back),
    Undoable("budget.revised", _EDITS, _look_at_budget, _budget_back),
    Undoable("transaction.recorded", _EDITS, _look_at_state, _counter_entry),
)
