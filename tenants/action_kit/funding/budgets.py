"""Funding sources, whose pledge can be changed with a reason, and budget lines, whose budget gets a new revision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tenants.action_kit.funding.entries import ABOVE_ZERO, EMPTY_FIELD
from tenants.action_kit.funding.models import (
    NAME_LENGTH,
    REASON_LENGTH,
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    SourceState,
)
from tenants.action_kit.funding.queries import current_revision
from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.db import new_id
from tenants.errors import Refused, VersionConflict, refuse
from tenants.scope import bound_chapter
from tenants.texts import clean_text, one_line, text_problem
from tenants.undo.changes import Transition, record_change, recording
from tenants.undo.row_states import RowState

STATE_AND_NAME = RowState(FundingSource, ("state",), "name")
SOURCE = RowState(
    FundingSource,
    ("country", "name", "kind", "state", "amount_minor", "currency", "number", "reason", "added_at", "added_by"),
    "name",
)
LINE = RowState(BudgetLine, ("country", "title", "currency", "added_at"), "title")
REVISION = RowState(BudgetRevision, ("country", "number", "is_current", "amount_minor", "reason", "made_at", "made_by"))
PLEDGE = RowState(FundingSource, ("state", "amount_minor", "number", "reason"), "name")
RECORD_IT: str = _l("Money counts as received once it is recorded. Mark it as agreed, and record the income.")


def add_source(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    name: str,
    kind: SourceKind,
    state: SourceState,
    amount_minor: int,
    currency: str,
) -> FundingSource:
    """Add a funding source to the bound chapter; raises Refused."""
    name = one_line(name)
    refuse(
        {
            "name": text_problem(name, NAME_LENGTH, empty=EMPTY_FIELD),
            "amount": None if amount_minor > 0 else ABOVE_ZERO,
            "state": RECORD_IT if state is SourceState.RECEIVED and kind is not SourceKind.IN_KIND else None,
        }
    )
    chapter = session.get_one(Chapter, bound_chapter(session))
    source = FundingSource(
        chapter_id=chapter.id,
        id=new_id(),
        country=chapter.country,
        name=name,
        kind=kind,
        state=state,
        amount_minor=amount_minor,
        currency=currency,
        added_at=at,
        added_by=actor_id,
    )
    with recording(session, source, STATE_AND_NAME, action="source.added", actor_id=actor_id, at=at, state=str(state)):
        session.add(source)
    return source


def remove_source(session: Session, *, actor_id: UUID, at: datetime, source_id: UUID) -> None:
    """Delete a source that was added by mistake; raises Refused if transactions name it."""
    source = session.scalars(select(FundingSource).where(FundingSource.id == source_id).with_for_update()).one()
    change = Transition(source_id, SOURCE.of(source), None, source.name)
    _delete(session, source, refusal=_l("Money from this source is already recorded, so it cannot be removed."))
    record_change(session, change, action="source.removed", actor_id=actor_id, at=at)


def move_source(session: Session, *, actor_id: UUID, at: datetime, source_id: UUID, state: SourceState) -> None:
    """Set the state of a source. Raises Refused for an earlier state, and for money that would come by its state alone.

    The same state again changes nothing.
    """
    source, order = _lock_source(session, source_id), list(SourceState)
    if state == source.state:
        return
    if order.index(state) < order.index(SourceState(source.state)):
        raise Refused({"decision": _l("This source already has a later status.")})
    if state == SourceState.RECEIVED and source.kind != SourceKind.IN_KIND:
        raise Refused({"decision": RECORD_IT})
    with recording(session, source, STATE_AND_NAME, action="source.moved", actor_id=actor_id, at=at, state=str(state)):
        source.state = state


def revise_pledge(
    session: Session, *, actor_id: UUID, at: datetime, source_id: UUID, seen: int, amount_minor: int, reason: str
) -> FundingSource:
    """Change the amount of a pledge. Raises Refused, or VersionConflict if it has changed since its number `seen`."""
    reason = clean_text(reason, REASON_LENGTH, field="reason", empty=EMPTY_FIELD)
    refuse({"amount": None if amount_minor > 0 else ABOVE_ZERO})
    source = _lock_source(session, source_id)
    _refuse_cancelled(source)
    if source.number != seen:
        raise VersionConflict(seen=seen, current=source.number)
    with recording(session, source, PLEDGE, action="source.revised", actor_id=actor_id, at=at):
        source.amount_minor, source.reason, source.number = amount_minor, reason, seen + 1
    return source


def cancel_source(session: Session, *, actor_id: UUID, at: datetime, source_id: UUID, reason: str) -> FundingSource:
    """Expect nothing more from a source, with a reason. What came stays. Raises Refused."""
    reason = clean_text(reason, REASON_LENGTH, field="reason", empty=EMPTY_FIELD)
    source = _lock_source(session, source_id)
    _refuse_cancelled(source)
    with recording(session, source, PLEDGE, action="source.cancelled", actor_id=actor_id, at=at):
        source.state, source.reason, source.number = SourceState.CANCELLED, reason, source.number + 1
    return source


def _lock_source(session: Session, source_id: UUID) -> FundingSource:
    statement = select(FundingSource).where(FundingSource.id == source_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _refuse_cancelled(source: FundingSource) -> None:
    if source.state == SourceState.CANCELLED:
        raise Refused({"decision": _l("This pledge was already cancelled.")})


def add_budget_line(session: Session, *, actor_id: UUID, at: datetime, title: str, amount_minor: int) -> BudgetLine:
    """Add a budget line in the chapter's own currency, with its first budget; raises Refused."""
    title = clean_text(one_line(title), NAME_LENGTH, field="title", empty=EMPTY_FIELD)
    chapter = session.get_one(Chapter, bound_chapter(session))
    line = BudgetLine(
        chapter_id=chapter.id,
        id=new_id(),
        country=chapter.country,
        title=title,
        currency=chapter.currency,
        added_at=at,
    )
    session.add(line)
    session.flush()
    _add_budget_revision(session, line, number=1, amount_minor=amount_minor, reason="", actor_id=actor_id, at=at)
    record(session, at=at, actor_id=actor_id, action="budget.added", subject_id=line.id)
    session.flush()
    return line


def remove_budget_line(session: Session, *, actor_id: UUID, at: datetime, line_id: UUID) -> None:
    """Delete a budget line that was added by mistake, with its revisions; raises Refused if transactions name it."""
    line = session.scalars(select(BudgetLine).where(BudgetLine.id == line_id)).one()
    statement = select(BudgetRevision).where(BudgetRevision.line_id == line_id).order_by(BudgetRevision.number)
    revisions = session.scalars(statement.with_for_update()).all()
    state = LINE.of(line) | {"revisions": [{"id": str(row.id), **REVISION.of(row)} for row in revisions]}
    change = Transition(line_id, state, None, line.title)
    refusal: str = _l("Transactions on this budget line are already recorded, so it cannot be removed.")
    _delete(session, *revisions, line, refusal=refusal)
    record_change(session, change, action="budget.removed", actor_id=actor_id, at=at)


def _delete(session: Session, *rows: object, refusal: str) -> None:
    """Delete rows in this order; raises Refused if another row refers to them, also one that is written meanwhile."""
    try:
        with session.begin_nested():
            for row in rows:
                session.delete(row)
                session.flush()
    except IntegrityError as error:
        raise Refused({"decision": refusal}) from error


def revise_budget(
    session: Session, *, actor_id: UUID, at: datetime, line_id: UUID, seen: int, amount_minor: int, reason: str
) -> BudgetRevision:
    """Replace the budget of a line; raises Refused, or VersionConflict if it has changed since revision `seen`."""
    reason = clean_text(reason, REASON_LENGTH, field="reason", empty=EMPTY_FIELD)
    line = session.scalars(select(BudgetLine).where(BudgetLine.id == line_id)).one()
    session.scalars(
        select(BudgetRevision).where(BudgetRevision.line_id == line_id, BudgetRevision.number == seen).with_for_update()
    ).one_or_none()
    current = current_revision(session, line_id)
    if current.number != seen:
        raise VersionConflict(seen=seen, current=current.number)
    current.is_current = False
    session.flush()  # an index allows one current budget, so the old one is written first
    revision = _add_budget_revision(
        session, line, number=seen + 1, amount_minor=amount_minor, reason=reason, actor_id=actor_id, at=at
    )
    change = Transition(line_id, {"amount": current.amount_minor}, {"amount": amount_minor}, line.title)
    record_change(session, change, action="budget.revised", actor_id=actor_id, at=at, number=seen + 1)
    return revision


def _add_budget_revision(
    session: Session, line: BudgetLine, *, number: int, amount_minor: int, reason: str, actor_id: UUID, at: datetime
) -> BudgetRevision:
    revision = BudgetRevision(
        chapter_id=line.chapter_id,
        id=new_id(),
        line_id=line.id,
        country=line.country,
        number=number,
        is_current=True,
        amount_minor=amount_minor,
        reason=reason,
        made_at=at,
        made_by=actor_id,
    )
    session.add(revision)
    session.flush()
    return revision
