"""Record transactions and decide on expenses. A transaction is never overwritten: a reversal cancels it.

Nothing can be dated in a quarter whose report is approved: PeriodClosed (evaluation/closing.py).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.evaluation.closing import refuse_closed
from tenants.action_kit.funding.entries import EMPTY_FIELD, TransactionEntry, refuse_invalid_transaction
from tenants.action_kit.funding.models import (
    REFUSAL_LENGTH,
    Transaction,
    TransactionKind,
    TransactionState,
)
from tenants.action_kit.funding.rates import Converted, convert
from tenants.approvals import keep_deciders, refuse_desk_where_chapter_decides, refuse_own_request, someone_else_may
from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.clock import local_day
from tenants.db import new_id
from tenants.errors import AlreadyDecided, Refused
from tenants.people.permissions import Permission
from tenants.people.queries import name_of
from tenants.scope import bound_chapter
from tenants.texts import clean_text, one_line
from tenants.undo.changes import Transition, record_change

REVERSAL_OF = {TransactionKind.REFUND: TransactionKind.REFUND_REVERSAL}


def record_transaction(
    session: Session, *, actor_id: UUID, at: datetime, form_key: UUID, entry: TransactionEntry
) -> Transaction:
    """Record a transaction and return it; the same form sent again returns the first. Raises Refused, PeriodClosed.

    An expense waits for a decision by another member, or by UN Women if no other member may decide.
    """
    chapter, description = keep_deciders(session), one_line(entry.what)
    refuse_invalid_transaction(session, entry, description, today=local_day(at, chapter.zone))
    refuse_closed(session, entry.dated_on)
    waits = entry.kind is TransactionKind.EXPENSE
    awaits_desk = waits and not someone_else_may(session, Permission.APPROVE_EXPENSE, but=actor_id)
    values: dict[str, object] = {
        "kind": entry.kind,
        "state": TransactionState.PENDING if waits else TransactionState.APPROVED,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "dated_on": entry.dated_on,
        "what": description,
        "budget_line_id": entry.budget_line_id,
        "source_id": entry.source_id,
        "awaits_desk": awaits_desk,
    }
    conversion = convert(session, entry.amount_minor, entry.currency, entry.dated_on)
    return _insert_transaction(session, chapter, values, conversion, form_key=form_key, actor_id=actor_id, at=at)


def has_duplicate(session: Session, row: Transaction) -> bool:
    """Whether another transaction of the same day, side and amount counts or waits, so that one may be a mistake."""
    reversal = aliased(Transaction)
    statement = (
        select(Transaction.id)
        .outerjoin(reversal, reversal.reverses_id == Transaction.id)
        .where(Transaction.id != row.id, Transaction.kind == row.kind, Transaction.dated_on == row.dated_on)
        .where(Transaction.amount_minor == row.amount_minor, Transaction.currency == row.currency)
        .where(Transaction.budget_line_id.is_not_distinct_from(row.budget_line_id))
        .where(Transaction.source_id.is_not_distinct_from(row.source_id))
        .where(Transaction.state != TransactionState.REFUSED, reversal.id.is_(None))
    )
    return session.scalar(statement.limit(1)) is not None


def approve_expense(
    session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID, is_desk: bool = False
) -> Transaction:
    """Approve a waiting expense; raises Refused, PeriodClosed, or AlreadyDecided."""
    return _decide(session, TransactionState.APPROVED, actor_id, at, transaction_id, is_desk=is_desk)


def refuse_expense(
    session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID, reason: str, is_desk: bool = False
) -> Transaction:
    """Refuse a waiting expense with a reason. It then counts nowhere. Raises Refused, or AlreadyDecided."""
    reason = clean_text(reason, REFUSAL_LENGTH, field="reason", empty=EMPTY_FIELD)
    return _decide(session, TransactionState.REFUSED, actor_id, at, transaction_id, is_desk=is_desk, reason=reason)


def withdraw_expense(session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID) -> Transaction:
    """Withdraw a waiting expense, which then counts nowhere. Only the person who recorded it can.

    Raises Refused, or AlreadyDecided.
    """
    expense = _lock_waiting(session, transaction_id)
    if expense.recorded_by != actor_id:
        raise Refused({"decision": _l("Only the person who recorded an expense can withdraw it.")})
    record(session, at=at, actor_id=actor_id, action="expense.withdrawn", subject_id=expense.id)
    expense.state, expense.decided_at, expense.decided_by = TransactionState.REFUSED, at, actor_id
    session.flush()
    return expense


def reverse_transaction(session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID) -> Transaction:
    """Reverse a transaction with one of the same amount, dated today in the chapter's time zone.

    The reversal keeps the rate of its original, so that both add up to zero in dollars too. The original may lie in a
    closed period, which does not change. Raises Refused for a transaction that does not count or is itself a reversal,
    AlreadyDecided if it was reversed before.
    """
    chapter = session.get_one(Chapter, bound_chapter(session))
    original = _lock_transaction(session, transaction_id)
    if original.state != TransactionState.APPROVED or original.reverses_id is not None:
        raise Refused({"decision": _l("You can only reverse an approved transaction that is not itself a reversal.")})
    earlier = session.scalars(select(Transaction).where(Transaction.reverses_id == transaction_id)).one_or_none()
    if earlier is not None:
        raise AlreadyDecided(decision="reversed", by=name_of(session, earlier.recorded_by), at=earlier.recorded_at)
    dated_on = max(local_day(at, chapter.zone), original.dated_on)
    refuse_closed(session, dated_on)
    values: dict[str, object] = {
        "kind": REVERSAL_OF.get(TransactionKind(original.kind), TransactionKind.REVERSAL),
        "state": TransactionState.APPROVED,
        "amount_minor": original.amount_minor,
        "currency": original.currency,
        "dated_on": dated_on,
        "what": original.what,
        "budget_line_id": original.budget_line_id,
        "source_id": original.source_id,
        "reverses_id": original.id,
        "awaits_desk": False,
    }
    return _insert_transaction(
        session, chapter, values, _conversion(original), form_key=new_id(), actor_id=actor_id, at=at
    )


def convert_waiting(session: Session, *, actor_id: UUID, at: datetime) -> int:
    """Convert transactions that had no rate and have one now; return how many. Reversals use their original's rate.

    This includes closed periods: the recorded amounts do not change, nor does the report as it was sent.
    """
    statement = select(Transaction).where(Transaction.usd_minor.is_(None)).order_by(Transaction.id).with_for_update()
    rows = session.scalars(statement).all()
    originals = {
        row.id: row
        for row in session.scalars(
            select(Transaction).where(
                Transaction.id.in_([row.reverses_id for row in rows if row.reverses_id is not None])
            )
        )
    }
    converted_count = 0
    for row in rows:
        day = originals[row.reverses_id].dated_on if row.reverses_id is not None else row.dated_on
        conversion = convert(session, row.amount_minor, row.currency, day)
        if conversion is not None:
            row.usd_minor, row.rate_per_usd = conversion.usd_minor, conversion.rate_per_usd
            row.rate_starts_on = conversion.rate_starts_on
            converted_count += 1
    if converted_count:
        record(session, at=at, actor_id=actor_id, action="transactions.converted", count=converted_count)
    session.flush()
    return converted_count


def _decide(
    session: Session,
    state: TransactionState,
    actor_id: UUID,
    at: datetime,
    transaction_id: UUID,
    *,
    is_desk: bool,
    reason: str = "",
) -> Transaction:
    expense = _lock_waiting(session, transaction_id)
    refuse_own_request(actor_id=actor_id, asked_by=expense.recorded_by)
    if is_desk:
        refuse_desk_where_chapter_decides(session, Permission.APPROVE_EXPENSE, asked_by=expense.recorded_by)
    if state is TransactionState.APPROVED:
        refuse_closed(session, expense.dated_on)
        record(session, at=at, actor_id=actor_id, action="expense.approved", subject_id=expense.id, is_desk=is_desk)
    else:
        record(session, at=at, actor_id=actor_id, action="expense.refused", subject_id=expense.id, is_desk=is_desk)
    expense.state, expense.reason = state, reason
    expense.decided_at, expense.decided_by, expense.is_outside = at, actor_id, is_desk
    session.flush()
    return expense


def _lock_waiting(session: Session, transaction_id: UUID) -> Transaction:
    expense = _lock_transaction(session, transaction_id)
    if expense.kind != TransactionKind.EXPENSE:
        raise Refused({"decision": _l("Only expenses need a decision.")})
    if expense.state != TransactionState.PENDING:
        by = None if expense.decided_by is None else name_of(session, expense.decided_by)
        raise AlreadyDecided(decision=expense.state, by=by, at=expense.decided_at)
    return expense


def _lock_transaction(session: Session, transaction_id: UUID) -> Transaction:
    """Lock a transaction and return its current row."""
    statement = select(Transaction).where(Transaction.id == transaction_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _insert_transaction(
    session: Session,
    chapter: Chapter,
    values: dict[str, object],
    conversion: Converted | None,
    *,
    form_key: UUID,
    actor_id: UUID,
    at: datetime,
) -> Transaction:
    """Insert a transaction, or return the one that the same form has already created."""
    statement = (
        insert(Transaction)
        .values(
            chapter_id=chapter.id,
            id=new_id(),
            country=chapter.country,
            form_key=form_key,
            recorded_at=at,
            recorded_by=actor_id,
            is_outside=False,
            usd_minor=conversion and conversion.usd_minor,
            rate_per_usd=conversion and conversion.rate_per_usd,
            rate_starts_on=conversion and conversion.rate_starts_on,
            **values,
        )
        .on_conflict_do_nothing(index_elements=["chapter_id", "form_key"])
        .returning(Transaction.id)
    )
    new = session.execute(statement).scalar_one_or_none()
    row = session.scalars(select(Transaction).where(Transaction.form_key == form_key)).one()
    if new is not None:
        _record_transaction(session, row, actor_id=actor_id, at=at)
    return row


def _record_transaction(session: Session, row: Transaction, *, actor_id: UUID, at: datetime) -> None:
    if row.reverses_id is not None:
        record(session, at=at, actor_id=actor_id, action="transaction.reversed", subject_id=row.id)
        session.flush()
        return
    is_pending = row.state == TransactionState.PENDING  # another person decides on it, so there is nothing to undo
    change = Transition(row.id, None, None if is_pending else {"counts": True}, row.what)
    record_change(session, change, action="transaction.recorded", actor_id=actor_id, at=at, kind=row.kind)


def _conversion(row: Transaction) -> Converted | None:
    if row.usd_minor is None or row.rate_per_usd is None or row.rate_starts_on is None:
        return None
    return Converted(row.usd_minor, row.rate_per_usd, row.rate_starts_on)
