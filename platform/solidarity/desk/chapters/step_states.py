"""The states of the six steps and the overdue obligations of some chapters, for one page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import current_app

from tenants import clock
from tenants.chapters.queries import SharedChapter
from tenants.db import db
from tenants.obligations.models import Obligation, ObligationKind
from tenants.obligations.selects import DAYS_TO_ANSWER
from tenants.overview.obligations import obligations_of
from tenants.overview.steps import StepState, states_of


@dataclass
class Late:
    """The overdue obligations of one kind in a chapter: the oldest one, and how many there are."""

    first: Obligation
    count: int = 1

    @property
    def kind(self) -> ObligationKind:
        """The kind of the obligations."""
        return self.first.kind

    @property
    def since(self) -> date:
        """The due date of the oldest one."""
        return self.first.due_on


@dataclass(frozen=True)
class ChapterStates:
    """A chapter on its day `today`: the states of its steps 1 to 6, what is overdue, and all its obligations."""

    today: date
    states: list[StepState]
    late: list[Late] = field(default_factory=list)
    due_obligations: list[Obligation] = field(default_factory=list)


def states_of_chapters(chapters: Sequence[SharedChapter], *, moment: datetime) -> dict[UUID, ChapterStates]:
    """Return the states of chapters at `moment`, each on its own day, in two statements for any number of chapters.

    Obligations are included up to DAYS_TO_ANSWER days after that day: what was returned shows from its first day.
    """
    days = {chapter.id: clock.local_day(moment, chapter.zone) for chapter in chapters}
    if not days:
        return {}
    today = moment.date()
    obligations = obligations_by(list(days), today=today, by=max(days.values()) + timedelta(days=DAYS_TO_ANSWER))
    states = states_of(db.session(), list(days), today=today, obligations=_as_of(today, obligations, days))
    late = _late(obligations, days)
    obligations_by_chapter = _by_chapter(obligations)
    return {
        chapter_id: ChapterStates(
            days[chapter_id], states[chapter_id], late.get(chapter_id, []), obligations_by_chapter.get(chapter_id, [])
        )
        for chapter_id in days
    }


def obligations_by(chapters: Sequence[UUID], *, today: date, by: date) -> list[Obligation]:
    """Return the obligations of chapters that are due by the day `by`, as of `today`, earliest first."""
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    return obligations_of(db.session(), chapters, today=today, by=by, quiet_weeks=quiet_weeks)


def _as_of(today: date, obligations: Sequence[Obligation], days: dict[UUID, date]) -> list[Obligation]:
    """Shift due dates so that all are relative to `today` instead of their chapters' own days."""
    return [replace(due, due_on=today + (due.due_on - days[due.chapter_id])) for due in obligations]


def _by_chapter(obligations: Sequence[Obligation]) -> dict[UUID, list[Obligation]]:
    obligations_by_chapter: dict[UUID, list[Obligation]] = {}
    for due in obligations:
        obligations_by_chapter.setdefault(due.chapter_id, []).append(due)
    return obligations_by_chapter


def _late(obligations: Sequence[Obligation], days: dict[UUID, date]) -> dict[UUID, list[Late]]:
    late_by_chapter: dict[UUID, dict[ObligationKind, Late]] = {}
    for due in obligations:
        if not due.is_overdue_for_desk(days[due.chapter_id]):
            continue
        late_kinds = late_by_chapter.setdefault(due.chapter_id, {})
        if due.kind in late_kinds:
            late_kinds[due.kind].count += 1
        else:
            late_kinds[due.kind] = Late(due)
    return {chapter: list(kinds.values()) for chapter, kinds in late_by_chapter.items()}
