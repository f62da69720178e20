"""What a chapter's figure was made of: its counted activities and what earlier revisions of them said.

For UN Women's desk, whose login reads the columns that chapters share; every statement names chapter and countries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision

Cursor = tuple[date, UUID]
"""Where a page of the list ended: the day and the activity of its last row."""


@dataclass(frozen=True)
class CountedEntry:
    """A revision of an activity, with the people counted; None where nobody counted."""

    activity_id: UUID
    number: int
    kind: str
    title: str
    held_on: date
    people: int | None
    made_at: datetime


@dataclass(frozen=True)
class LogNow:
    """What a chapter's log comes to this moment, marks waiting or not."""

    people: int
    counted: int
    uncounted: int


COLUMNS = (
    ActivityRevision.activity_id,
    ActivityRevision.number,
    ActivityRevision.kind,
    ActivityRevision.title,
    ActivityRevision.held_on,
    ActivityRevision.people,
    ActivityRevision.made_at,
)


@dataclass(frozen=True)
class Log:
    """One chapter's log, seen from the desk of some countries."""

    session: Session
    chapter_id: UUID
    countries: Sequence[str]

    def counted(self, *, limit: int, before: Cursor | None = None, after: Cursor | None = None) -> list[CountedEntry]:
        """Return what counts, the latest day first; `before` and `after` continue from a page's last or first row."""
        key = (ActivityRevision.held_on, ActivityRevision.activity_id)
        rows = select(*COLUMNS).where(*self._here(), ActivityRevision.people.is_not(None)).limit(limit)
        rows = rows.where(ActivityRevision.is_current)
        if after is not None:
            rising = rows.where(tuple_(*key) > after).order_by(*key)
            return [CountedEntry(*row) for row in self.session.execute(rising)][::-1]
        if before is not None:
            rows = rows.where(tuple_(*key) < before)
        falling = rows.order_by(*(column.desc() for column in key))
        return [CountedEntry(*row) for row in self.session.execute(falling)]

    def replaced(self, activities: Sequence[UUID]) -> dict[UUID, list[CountedEntry]]:
        """Return the earlier revisions of some activities, the latest first: they count no longer."""
        found: dict[UUID, list[CountedEntry]] = defaultdict(list)
        rows = select(*COLUMNS).where(
            *self._here(), ~ActivityRevision.is_current, ActivityRevision.activity_id.in_(activities)
        )
        for row in self.session.execute(rows.order_by(ActivityRevision.number.desc())):
            found[row.activity_id].append(CountedEntry(*row))
        return found

    def now(self) -> LogNow:
        """Return what the log comes to now."""
        people, counted, uncounted = self.session.execute(
            select(
                func.sum(ActivityRevision.people),
                func.count(ActivityRevision.people),
                func.count(ActivityRevision.activity_id) - func.count(ActivityRevision.people),
            ).where(*self._here(), ActivityRevision.is_current)
        ).one()
        return LogNow(people or 0, counted, uncounted)

    def _here(self) -> tuple[ColumnElement[bool], ...]:
        return ActivityRevision.chapter_id == self.chapter_id, ActivityRevision.country.in_(self.countries)
