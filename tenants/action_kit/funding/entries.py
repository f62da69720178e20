"""Entries of transactions, as parsed from a form, and their validation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.action_kit.funding.ledger import counts, signed
from tenants.action_kit.funding.models import (
    ON_A_LINE,
    WHAT_LENGTH,
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    Transaction,
    TransactionKind,
)
from tenants.clock import day_problem
from tenants.errors import refuse
from tenants.texts import text_problem

EMPTY_FIELD: str = _l("Fill in this field.")
ABOVE_ZERO: str = _l("Enter an amount above zero.")
STILL_TO_COME: str = _l("This date is in the future. Enter today’s date or an earlier one.")


@dataclass(frozen=True)
class TransactionEntry:
    """A transaction as it is entered. An expense and a refund name their budget line, all others a source."""

    kind: TransactionKind
    amount_minor: int
    currency: str
    dated_on: date
    what: str
    budget_line_id: UUID | None = None
    source_id: UUID | None = None


def refuse_invalid_transaction(session: Session, entry: TransactionEntry, description: str, *, today: date) -> None:
    """Raise Refused if an entry is invalid; `description` is its cleaned text, `today` the chapter's local day."""
    problems: dict[str, str | None] = {
        "what": text_problem(description, WHAT_LENGTH, empty=EMPTY_FIELD),
        "amount": None if entry.amount_minor > 0 else ABOVE_ZERO,
        "dated_on": _day_problem(entry.dated_on, today),
    }
    if entry.kind in ON_A_LINE:
        lines = select(BudgetLine.id).where(BudgetLine.id == entry.budget_line_id)
        if entry.source_id is not None or session.scalar(lines) is None:
            problems["side"] = _l("Choose the budget line for this expense or refund.")
        elif entry.kind is TransactionKind.REFUND and not problems["amount"]:
            problems["amount"] = _refund_problem(session, entry)
    else:
        cash = select(FundingSource.id).where(
            FundingSource.id == entry.source_id, FundingSource.kind != SourceKind.IN_KIND
        )
        if entry.budget_line_id is not None or session.scalar(cash) is None:
            problems["side"] = _l("Choose the source of this money.")
    refuse(problems)


def _refund_problem(session: Session, entry: TransactionEntry) -> str | None:
    """Return a problem if a refund is larger than what was spent on its line in its currency.

    Refunds on one line are checked one after the other: each locks the line's first revision, which no one removes
    without the line.
    """
    first = select(BudgetRevision.id).where(BudgetRevision.line_id == entry.budget_line_id, BudgetRevision.number == 1)
    session.execute(first.with_for_update())
    spending = select(func.sum(signed(Transaction.amount_minor))).where(
        Transaction.budget_line_id == entry.budget_line_id, Transaction.currency == entry.currency, counts()
    )
    if entry.amount_minor <= (session.scalar(spending) or 0):
        return None
    problem: str = _l("Less than this was spent on the budget line in this currency. A refund cannot be larger.")
    return problem


def _day_problem(day: date, today: date) -> str | None:
    return STILL_TO_COME if day > today else day_problem(day, today)
