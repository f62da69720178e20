"""What waits for UN Women's decision, oldest first, as the desk of some countries sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.funding.models import Transaction
from tenants.action_kit.plan.models import PlanVersion
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind


@dataclass(frozen=True)
class Waiting:
    """One request: of which kind and chapter, what it is about, and since when it waits.

    `period_on` is the first day of a report's period, None for anything else.
    """

    kind: ObligationKind
    chapter_id: UUID
    slug: str
    chapter: str
    country: str
    subject_id: UUID
    since: datetime
    period_on: date | None


def waiting(session: Session, countries: Sequence[str], *, limit: int) -> list[Waiting]:
    """Return at most `limit` requests of the chapters of `countries`, in one statement; for the desk's login.

    Expenses are for UN Women only where nobody else in the chapter may decide.
    """
    asked = union_all(*(statement.where(Chapter.country.in_(countries)) for statement in _requests())).subquery()
    rows = session.execute(select(asked).order_by(asked.c.since, asked.c.subject_id).limit(limit))
    return [Waiting(ObligationKind(row.kind), *row[1:]) for row in rows]


def _requests() -> list[Select[*tuple[Any, ...]]]:
    return [
        _request(ObligationKind.REPORT_TO_APPROVE, Report, Report.submitted_at, Report.period_on).where(
            Report.state == ReportState.SUBMITTED
        ),
        _request(ObligationKind.PLAN_TO_APPROVE, PlanVersion, PlanVersion.submitted_at, cast(null(), Date)).where(
            PlanVersion.state == "submitted"
        ),
        _request(ObligationKind.EXPENSE_TO_APPROVE, Transaction, Transaction.recorded_at, cast(null(), Date)).where(
            Transaction.state == "pending", Transaction.awaits_desk
        ),
    ]


def _request(kind: ObligationKind, model: Any, since: Any, period_on: Any) -> Select[*tuple[Any, ...]]:
    own = and_(model.chapter_id == Chapter.id, model.country == Chapter.country)
    return select(
        literal(str(kind)).label("kind"),
        Chapter.id,
        Chapter.slug,
        Chapter.name,
        Chapter.country,
        model.id.label("subject_id"),
        since.label("since"),
        period_on.label("period_on"),
    ).join(model, own)
