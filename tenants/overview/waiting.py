"""The requests that wait for UN Women's decision, oldest first, as the desk of some countries sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Select,
    String,
    Subquery,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.funding.models import Transaction
from tenants.action_kit.funding.obligations import EXPENSE_TO_APPROVE
from tenants.action_kit.plan.models import PlanVersion
from tenants.action_kit.plan.obligations import PLAN_TO_APPROVE
from tenants.action_kit.reports.obligations import REPORT_TO_APPROVE
from tenants.chapters.models import Chapter
from tenants.chapters.queries import listed_name
from tenants.keyset import Window, rows_in
from tenants.obligations.models import ObligationKind
from tenants.overview.obligation_kinds import BY_CODE

_NO_EXPENSE = (
    cast(null(), BigInteger).label("amount_minor"),
    cast(null(), String).label("currency"),
    cast(null(), Date).label("dated_on"),
)
REQUESTS = (REPORT_TO_APPROVE, PLAN_TO_APPROVE, EXPENSE_TO_APPROVE)


@dataclass(frozen=True)
class Waiting:
    """One request with its kind, its chapter, its subject and the time since when it waits.

    `number` counts the submissions of a report and the versions of a plan. `period_on` is the first day of a report's
    period; the amount and `dated_on` are those of an expense. All three are None for other requests.
    What an expense was for is not shared with UN Women's lists. The page of the chapter shows it.
    """

    kind: ObligationKind
    chapter_id: UUID
    slug: str
    chapter: str
    country: str
    area: str
    subject_id: UUID
    since: datetime
    number: int
    period_on: date | None
    amount_minor: int | None
    currency: str | None
    dated_on: date | None


@dataclass(frozen=True)
class WaitingSummary:
    """How many requests of each kind wait, and since when the oldest does, or None if none waits."""

    reports: int
    plans: int
    expenses: int
    oldest: datetime | None

    @property
    def count(self) -> int:
        """The total number of waiting requests."""
        return self.reports + self.plans + self.expenses

    def oldest_days(self, moment: datetime) -> int | None:
        """Return for how many whole days the oldest request has waited at `moment`, or None if none waits."""
        return None if self.oldest is None else (moment - self.oldest).days


def waiting(session: Session, countries: Sequence[str], window: Window) -> list[Waiting]:
    """Return requests of the chapters of `countries`, oldest first, in one statement. For the desk's login.

    A cursor is the time since when a request waits, and its subject. Expenses are included only if nobody else in the
    chapter may decide.
    """
    requests = _asked(countries)
    rows = rows_in(session, select(requests), window, (requests.c.since, requests.c.subject_id))
    return [Waiting(BY_CODE[row.kind], *row[1:]) for row in rows]


def waiting_summary(session: Session, countries: Sequence[str], *, until: datetime | None = None) -> WaitingSummary:
    """Return the counts of waiting requests of the chapters of `countries`, in one statement. For the desk's login.

    With `until`, only requests that have waited since `until` or longer are counted.
    """
    requests = _asked(countries)
    reports, plans, expenses = (func.count().filter(requests.c.kind == kind.code) for kind in REQUESTS)
    statement = select(reports, plans, expenses, func.min(requests.c.since))
    row = session.execute(statement if until is None else statement.where(requests.c.since <= until)).one()
    return WaitingSummary(*row)


def waiting_by_area(session: Session, countries: Sequence[str]) -> tuple[dict[str, WaitingSummary], bool]:
    """Return the counts by area, for the header of every desk page, in one statement.

    Areas without waiting requests are left out. The second value is whether a chapter of the demonstration is visible.
    """
    requests = _asked(countries)
    counts = (func.count().filter(requests.c.kind == kind.code) for kind in REQUESTS)
    by_area = select(requests.c.area, *counts, func.min(requests.c.since), false()).group_by(requests.c.area)
    no_area, zero, never = cast(null(), String), literal(0), cast(null(), DateTime(timezone=True))
    demonstration = select(no_area, zero, zero, zero, never, select(Chapter.id).where(Chapter.is_invented).exists())
    rows = session.execute(union_all(by_area, demonstration)).all()
    return {row[0]: WaitingSummary(*row[1:5]) for row in rows if row[0]}, any(row[5] for row in rows)


def _asked(countries: Sequence[str]) -> Subquery:
    return union_all(*(statement.where(Chapter.country.in_(countries)) for statement in _requests())).subquery()


def _requests() -> list[Select[*tuple[Any, ...]]]:
    return [
        _request(REPORT_TO_APPROVE, Report, Report.submitted_at, Report.sent, Report.period_on).where(
            Report.state == ReportState.SUBMITTED
        ),
        _request(REPORT_TO_APPROVE, Report, Report.reopening_asked_at, Report.sent, Report.period_on).where(
            Report.reopening_asked_at.is_not(None)
        ),
        _request(PLAN_TO_APPROVE, PlanVersion, PlanVersion.submitted_at, PlanVersion.number, cast(null(), Date)).where(
            PlanVersion.state == "submitted"
        ),
        _request(
            EXPENSE_TO_APPROVE,
            Transaction,
            Transaction.recorded_at,
            literal(1),
            cast(null(), Date),
            Transaction.amount_minor,
            Transaction.currency,
            Transaction.dated_on,
        ).where(Transaction.state == "pending", Transaction.awaits_desk),
    ]


def _request(
    kind: ObligationKind, model: Any, since: Any, number: Any, period_on: Any, *expense: Any
) -> Select[*tuple[Any, ...]]:
    is_of_chapter = and_(model.chapter_id == Chapter.id, model.country == Chapter.country)
    return select(
        literal(kind.code).label("kind"),
        Chapter.id,
        Chapter.slug,
        listed_name(),
        Chapter.country,
        Chapter.area,
        model.id.label("subject_id"),
        since.label("since"),
        number.label("number"),
        period_on.label("period_on"),
        *(expense or _NO_EXPENSE),
    ).join(model, is_of_chapter)
