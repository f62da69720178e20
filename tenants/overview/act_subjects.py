"""What the actions on the audit trail concerned, as it is called now: an activity, an expense, a report and so on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Select, String, Subquery, literal, null, select, union_all

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.funding.models import BudgetLine, FundingSource, Transaction
from tenants.action_kit.launch.models import LaunchEvent
from tenants.action_kit.plan.models import PlanLine


@dataclass(frozen=True)
class ActSubject:
    """The subject of an action. A report has its period instead of a title, and money its amount."""

    title: str | None
    amount_minor: int | None
    currency: str | None
    period_on: date | None
    is_activity: bool


def select_subjects(chapter_id: UUID, subject_ids: Collection[UUID | None]) -> Subquery:
    """Select the subjects with these ids in a chapter: the fields of ActSubject and their id. People are not in it."""
    selects = [
        _titled(ActivityRevision, ActivityRevision.activity_id, ActivityRevision.title).where(
            ActivityRevision.is_current
        ),
        _money(Transaction, Transaction.what),
        _money(FundingSource, FundingSource.name),
        _titled(BudgetLine, BudgetLine.id, BudgetLine.title),
        _titled(PlanLine, PlanLine.id, PlanLine.title),
        _titled(LaunchEvent, LaunchEvent.id, LaunchEvent.title),
        _select(Report, Report.id, null().cast(String), *_NO_MONEY, Report.period_on),
    ]
    parts = [part.where(part.selected_columns.id.in_(subject_ids), _chapter_of(part) == chapter_id) for part in selects]
    return union_all(*parts).subquery("subjects")


_NO_MONEY = (null().cast(BigInteger), null().cast(String))


def _select(model: Any, *columns: Any) -> Select[Any]:
    names = ("id", "title", "amount_minor", "currency", "period_on")
    labelled_columns = [column.label(name) for column, name in zip(columns, names, strict=True)]
    return select(*labelled_columns, literal(model is ActivityRevision, Boolean).label("is_activity"))


def _titled(model: Any, key: Any, title: Any) -> Select[Any]:
    return _select(model, key, title, *_NO_MONEY, null().cast(Date))


def _money(model: Any, title: Any) -> Select[Any]:
    return _select(model, model.id, title, model.amount_minor, model.currency, null().cast(Date))


def _chapter_of(part: Select[Any]) -> Any:
    return part.get_final_froms()[0].c.chapter_id
