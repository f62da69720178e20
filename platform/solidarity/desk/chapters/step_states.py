"""How far some chapters are with the six steps and what they are late with, for a page of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import current_app

from tenants import clock
from tenants.chapters.queries import SharedChapter
from tenants.db import db
from tenants.obligations.models import Obligation, ObligationKind, ObligationState
from tenants.overview.obligations import obligations_of
from tenants.overview.steps import StepState, states_of


@dataclass
class Late:
    """What a chapter is late with, of one kind: the thing that is late for longest, and how many there are."""

    first: Obligation
    count: int = 1

    @property
    def kind(self) -> ObligationKind:
        """What is late."""
        return self.first.kind

    @property
    def since(self) -> date:
        """The day the first of them was due."""
        return self.first.due_on


@dataclass(frozen=True)
class Standing:
    """Where a chapter is on its day `today`: the states of its steps 1 to 6, what is late, and all that it owes."""

    today: date
    states: list[StepState]
    late: list[Late] = field(default_factory=list)
    owed: list[Obligation] = field(default_factory=list)


def standings_of(chapters: Sequence[SharedChapter], *, moment: datetime, ahead: int = 0) -> dict[UUID, Standing]:
    """Return where chapters are at `moment`, each on its own day, in two statements however many there are.

    What they owe goes `ahead` days further.
    """
    days = {chapter.id: clock.local_day(moment, chapter.zone) for chapter in chapters}
    if not days:
        return {}
    today = moment.date()
    owed = owed_by(list(days), today=today, by=max(days.values()) + timedelta(days=ahead))
    states = states_of(db.session(), list(days), today=today, obligations=_as_of(today, owed, days))
    late = _late(owed, days)
    own = _by_chapter(owed)
    return {each: Standing(days[each], states[each], late.get(each, []), own.get(each, [])) for each in days}


def owed_by(chapters: Sequence[UUID], *, today: date, by: date) -> list[Obligation]:
    """Return what chapters owe by a day, as seen on another, the earliest first."""
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    return obligations_of(db.session(), chapters, today=today, by=by, quiet_weeks=quiet_weeks)


def _as_of(today: date, owed: Sequence[Obligation], days: dict[UUID, date]) -> list[Obligation]:
    """Date what is owed as far from `today` as it is from its chapter's own day, so that one day serves them all."""
    return [replace(due, due_on=today + (due.due_on - days[due.chapter_id])) for due in owed]


def _by_chapter(owed: Sequence[Obligation]) -> dict[UUID, list[Obligation]]:
    own: dict[UUID, list[Obligation]] = {}
    for due in owed:
        own.setdefault(due.chapter_id, []).append(due)
    return own


def _late(owed: Sequence[Obligation], days: dict[UUID, date]) -> dict[UUID, list[Late]]:
    found: dict[UUID, dict[ObligationKind, Late]] = {}
    for due in owed:
        if due.state(days[due.chapter_id]) is not ObligationState.LATE:
            continue
        own = found.setdefault(due.chapter_id, {})
        if due.kind in own:
            own[due.kind].count += 1
        else:
            own[due.kind] = Late(due)
    return {chapter: list(kinds.values()) for chapter, kinds in found.items()}
