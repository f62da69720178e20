"""Write down money once; take it back by a reversing entry, never by overwriting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.funding.models import (
    NAME_LENGTH,
    REASON_LENGTH,
    WHAT_LENGTH,
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    SourceState,
    Transaction,
    TransactionKind,
    TransactionState,
)
from tenants.action_kit.funding.queries import current_revision
from tenants.action_kit.funding.rates import Converted, convert
from tenants.approvals import refuse_desk_where_chapter_decides, refuse_own_request, someone_else_may
from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.clock import local_day
from tenants.db import new_id
from tenants.errors import AlreadyDecided, Refused, VersionConflict
from tenants.people.permissions import Permission
from tenants.people.queries import name_of
from tenants.scope import bound_chapter

THE_MOVEMENT_BEGAN = date(2014, 9, 20)
TOO_LONG: str = _l("Shorten it.")
NOTHING: str = _l("Write something here.")
ABOVE_ZERO: str = _l("Give an amount above zero.")
STILL_TO_COME: str = _l("This day is still to come.")
TOO_EARLY: str = _l("The movement began on 20 September 2014. Give a day from then on.")
UNSEEN = dict.fromkeys(code for code in (*range(32), 127))


@dataclass(frozen=True)
class Entry:
    """A transaction as somebody types it: an expense names its budget line, money that came in its source."""

    kind: TransactionKind
    amount_minor: int
    currency: str
    dated_on: date
    what: str
    budget_line_id: UUID | None = None
    source_id: UUID | None = None


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
    """Add somebody who gives to the bound chapter; raises Refused."""
    name = _tidy(name)
    _refuse(
        {
            "name": _text_problem(name, NAME_LENGTH),
            "amount": None if amount_minor > 0 else ABOVE_ZERO,
        }
    )
    chapter = _chapter(session)
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
    session.add(source)
    record(session, at=at, actor_id=actor_id, action="source.added", subject_id=source.id, state=str(state))
    session.flush()
    return source


def move_source(session: Session, *, actor_id: UUID, at: datetime, source_id: UUID, state: SourceState) -> None:
    """Say that a source is surer than before; going back is refused. Saying the same again changes nothing."""
    source = session.scalars(select(FundingSource).where(FundingSource.id == source_id).with_for_update()).one()
    order = list(SourceState)
    if state == source.state:
        return
    if order.index(state) < order.index(SourceState(source.state)):
        raise Refused({"decision": _l("It is surer than that already.")})
    source.state = state
    record(session, at=at, actor_id=actor_id, action="source.moved", subject_id=source.id, state=str(state))
    session.flush()


def add_budget_line(session: Session, *, actor_id: UUID, at: datetime, title: str, amount_minor: int) -> BudgetLine:
    """Add a budget line in the chapter's own currency, with its first budget; raises Refused."""
    title = _tidy(title)
    _refuse({"title": _text_problem(title, NAME_LENGTH)})
    chapter = _chapter(session)
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
    _add_revision(session, line, number=1, amount_minor=amount_minor, reason="", actor_id=actor_id, at=at)
    record(session, at=at, actor_id=actor_id, action="budget.added", subject_id=line.id)
    session.flush()
    return line


def revise_budget(
    session: Session, *, actor_id: UUID, at: datetime, line_id: UUID, seen: int, amount_minor: int, reason: str
) -> BudgetRevision:
    """Replace the budget of a line by a new one; raises Refused, or VersionConflict where another came since `seen`."""
    reason = reason.replace("\0", "").strip()
    _refuse({"reason": _text_problem(reason, REASON_LENGTH)})
    line = session.scalars(select(BudgetLine).where(BudgetLine.id == line_id)).one()
    session.scalars(
        select(BudgetRevision).where(BudgetRevision.line_id == line_id, BudgetRevision.number == seen).with_for_update()
    ).one_or_none()
    current = current_revision(session, line_id)
    if current.number != seen:
        raise VersionConflict(seen=seen, current=current.number)
    current.is_current = False
    session.flush()  # one current budget at a time: the old one steps back before the new one comes
    revision = _add_revision(
        session, line, number=seen + 1, amount_minor=amount_minor, reason=reason, actor_id=actor_id, at=at
    )
    record(session, at=at, actor_id=actor_id, action="budget.revised", subject_id=line_id, number=seen + 1)
    session.flush()
    return revision


def record_transaction(session: Session, *, actor_id: UUID, at: datetime, form_key: UUID, entry: Entry) -> Transaction:
    """Record what moved and return it; the same form sent again returns the first. Raises Refused.

    An expense waits for somebody else's decision: UN Women's, where nobody else in the chapter may.
    """
    chapter, what = _chapter(session), _tidy(entry.what)
    _refuse_unsound(session, entry, what, today=local_day(at, chapter.zone))
    waits = entry.kind is TransactionKind.EXPENSE
    awaits_desk = waits and not someone_else_may(session, Permission.APPROVE_EXPENSE, but=actor_id)
    values: dict[str, object] = {
        "kind": entry.kind,
        "state": TransactionState.PENDING if waits else TransactionState.APPROVED,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "dated_on": entry.dated_on,
        "what": what,
        "budget_line_id": entry.budget_line_id,
        "source_id": entry.source_id,
        "awaits_desk": awaits_desk,
    }
    converted = convert(session, entry.amount_minor, entry.currency, entry.dated_on)
    return _write(session, chapter, values, converted, form_key=form_key, actor_id=actor_id, at=at)


def approve_expense(
    session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID, is_desk: bool = False
) -> Transaction:
    """Approve a waiting expense; raises Refused, or AlreadyDecided."""
    return _decide(session, TransactionState.APPROVED, actor_id, at, transaction_id, is_desk=is_desk)


def refuse_expense(
    session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID, is_desk: bool = False
) -> Transaction:
    """Refuse a waiting expense, which then counts nowhere; raises Refused, or AlreadyDecided."""
    return _decide(session, TransactionState.REFUSED, actor_id, at, transaction_id, is_desk=is_desk)


def reverse_transaction(session: Session, *, actor_id: UUID, at: datetime, transaction_id: UUID) -> Transaction:
    """Take a transaction back by an entry of the same amount, dated today where the chapter is.

    It keeps the rate of its original, so that both come to nothing in dollars too. Raises Refused for what does not
    count or is a reversal itself, AlreadyDecided where it was reversed before.
    """
    chapter = _chapter(session)
    original = _lock(session, transaction_id)
    if original.state != TransactionState.APPROVED or original.kind == TransactionKind.REVERSAL:
        raise Refused({"decision": _l("Only what counts can be taken back.")})
    earlier = session.scalars(select(Transaction).where(Transaction.reverses_id == transaction_id)).one_or_none()
    if earlier is not None:
        raise AlreadyDecided(decision="reversed", by=name_of(session, earlier.recorded_by), at=earlier.recorded_at)
    values: dict[str, object] = {
        "kind": TransactionKind.REVERSAL,
        "state": TransactionState.APPROVED,
        "amount_minor": original.amount_minor,
        "currency": original.currency,
        "dated_on": max(local_day(at, chapter.zone), original.dated_on),
        "what": original.what,
        "budget_line_id": original.budget_line_id,
        "source_id": original.source_id,
        "reverses_id": original.id,
        "awaits_desk": False,
    }
    return _write(session, chapter, values, _conversion(original), form_key=new_id(), actor_id=actor_id, at=at)


def convert_waiting(session: Session, *, actor_id: UUID, at: datetime) -> int:
    """Convert what had no rate and has one now; return how many. A reversal takes the rate of its original."""
    waiting = select(Transaction).where(Transaction.usd_minor.is_(None)).order_by(Transaction.id).with_for_update()
    rows = session.scalars(waiting).all()
    originals = {
        row.id: row
        for row in session.scalars(
            select(Transaction).where(
                Transaction.id.in_([row.reverses_id for row in rows if row.reverses_id is not None])
            )
        )
    }
    done = 0
    for row in rows:
        day = originals[row.reverses_id].dated_on if row.reverses_id is not None else row.dated_on
        converted = convert(session, row.amount_minor, row.currency, day)
        if converted is not None:
            row.usd_minor, row.rate_per_usd = converted.usd_minor, converted.rate_per_usd
            row.rate_starts_on = converted.rate_starts_on
            done += 1
    if done:
        record(session, at=at, actor_id=actor_id, action="transactions.converted", count=done)
    session.flush()
    return done


def _decide(
    session: Session,
    state: TransactionState,
    actor_id: UUID,
    at: datetime,
    transaction_id: UUID,
    *,
    is_desk: bool,
) -> Transaction:
    expense = _lock(session, transaction_id)
    if expense.kind != TransactionKind.EXPENSE:
        raise Refused({"decision": _l("Only an expense waits for a decision.")})
    if expense.state != TransactionState.PENDING:
        by = None if expense.decided_by is None else name_of(session, expense.decided_by)
        raise AlreadyDecided(decision=expense.state, by=by, at=expense.decided_at)
    refuse_own_request(actor_id=actor_id, asked_by=expense.recorded_by)
    if is_desk:
        refuse_desk_where_chapter_decides(session, Permission.APPROVE_EXPENSE, asked_by=expense.recorded_by)
    expense.state, expense.decided_at, expense.decided_by, expense.is_outside = state, at, actor_id, is_desk
    if state is TransactionState.APPROVED:
        record(session, at=at, actor_id=actor_id, action="expense.approved", subject_id=expense.id, is_desk=is_desk)
    else:
        record(session, at=at, actor_id=actor_id, action="expense.refused", subject_id=expense.id, is_desk=is_desk)
    session.flush()
    return expense


def _lock(session: Session, transaction_id: UUID) -> Transaction:
    """Return the row as it is once everybody before us has finished with it."""
    statement = select(Transaction).where(Transaction.id == transaction_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _write(
    session: Session,
    chapter: Chapter,
    values: dict[str, object],
    converted: Converted | None,
    *,
    form_key: UUID,
    actor_id: UUID,
    at: datetime,
) -> Transaction:
    """Insert a transaction, or return the one its form has made already."""
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
            usd_minor=converted and converted.usd_minor,
            rate_per_usd=converted and converted.rate_per_usd,
            rate_starts_on=converted and converted.rate_starts_on,
            **values,
        )
        .on_conflict_do_nothing(index_elements=["chapter_id", "form_key"])
        .returning(Transaction.id)
    )
    new = session.execute(statement).scalar_one_or_none()
    row = session.scalars(select(Transaction).where(Transaction.form_key == form_key)).one()
    if new is not None:
        if row.reverses_id is not None:
            record(session, at=at, actor_id=actor_id, action="transaction.reversed", subject_id=row.id)
        else:
            record(session, at=at, actor_id=actor_id, action="transaction.recorded", subject_id=row.id, kind=row.kind)
        session.flush()
    return row


def _add_revision(
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


def _refuse_unsound(session: Session, entry: Entry, what: str, *, today: date) -> None:
    problems: dict[str, str | None] = {
        "what": _text_problem(what, WHAT_LENGTH),
        "amount": None if entry.amount_minor > 0 else ABOVE_ZERO,
        "dated_on": _day_problem(entry.dated_on, today),
    }
    if entry.kind is TransactionKind.EXPENSE:
        lines = select(BudgetLine.id).where(BudgetLine.id == entry.budget_line_id)
        if entry.source_id is not None or session.scalar(lines) is None:
            problems["side"] = _l("Choose the budget line it is on.")
    else:
        cash = select(FundingSource.id).where(
            FundingSource.id == entry.source_id, FundingSource.kind != SourceKind.IN_KIND
        )
        if entry.budget_line_id is not None or session.scalar(cash) is None:
            problems["side"] = _l("Choose the source it is from.")
    _refuse(problems)


def _day_problem(day: date, today: date) -> str | None:
    if day > today:
        return STILL_TO_COME
    if day < THE_MOVEMENT_BEGAN:
        return TOO_EARLY
    return None


def _text_problem(text: str, most: int) -> str | None:
    if not text:
        return NOTHING
    return TOO_LONG if len(text) > most else None


def _refuse(problems: dict[str, str | None]) -> None:
    found = {field: sentence for field, sentence in problems.items() if sentence is not None}
    if found:
        raise Refused(found)


def _tidy(text: str) -> str:
    return " ".join(text.replace("\n", " ").translate(UNSEEN).split())


def _chapter(session: Session) -> Chapter:
    return session.get_one(Chapter, bound_chapter(session))


def _conversion(row: Transaction) -> Converted | None:
    if row.usd_minor is None or row.rate_per_usd is None or row.rate_starts_on is None:
        return None
    return Converted(row.usd_minor, row.rate_per_usd, row.rate_starts_on)
