"""The progress of chapters in the six steps, from their rows and from their obligations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter
from tenants.obligations.literal_statement import WrittenStatement, written_out
from tenants.obligations.models import Obligation, ObligationState
from tenants.obligations.selects import StatementScope
from tenants.overview.obligation_kinds import PROGRESS
from tenants.scope import bound_chapter

StepState = Literal["none", "prog", "done", "wait", "late", "att"]

IN_ORDER = tuple(PROGRESS)
URGENCY: dict[StepState, int] = {"wait": 1, "att": 2, "late": 3}


def step_states(session: Session, *, today: date, obligations: Iterable[Obligation]) -> list[StepState]:
    """Return the states of the bound chapter's steps 1 to 6, in one statement. `today` is its local day.

    `obligations` are those of the chapter, at least those of the next DAYS_TO_ANSWER days. A step shows its most urgent
    one (`urgent_state`). Otherwise it shows the progress of the step itself.
    """
    chapter = bound_chapter(session)
    return _states(session, [chapter], names_owners=True, today=today, obligations=obligations)[chapter]


def states_of(
    session: Session, chapters: Sequence[UUID], *, today: date, obligations: Iterable[Obligation]
) -> dict[UUID, list[StepState]]:
    """Return the states of the steps of some chapters, as UN Women's desk sees them."""
    return _states(session, chapters, names_owners=False, today=today, obligations=obligations)


def urgent_state(due: Obligation, today: date) -> StepState | None:
    """Return the state that an obligation gives to its step, wherever it is shown; None if it is not urgent.

    "late" if it is overdue, "att" (attention) if it is due today or was returned, "wait" if UN Women must act next.
    """
    state = due.state(today)
    if state is ObligationState.WAITING:
        return "wait"
    if state is ObligationState.LATE:
        return "late"
    return "att" if state is ObligationState.DUE or due.kind.is_returned else None


def _states(
    session: Session, chapters: Sequence[UUID], *, names_owners: bool, today: date, obligations: Iterable[Obligation]
) -> dict[UUID, list[StepState]]:
    parameters = StatementScope(names_owners).parameters(chapters)
    rows = _progress(names_owners=names_owners).execute(session, {**parameters, "today": today})
    states = {row[0]: [cast("StepState", state) for state in row[1:]] for row in rows}
    for obligation in obligations:
        if obligation.kind.step not in IN_ORDER or obligation.chapter_id not in states:
            continue
        chapter_states, number = states[obligation.chapter_id], IN_ORDER.index(obligation.kind.step)
        state = urgent_state(obligation, today)
        if state is not None and URGENCY[state] > URGENCY.get(chapter_states[number], 0):
            chapter_states[number] = state
    return states


@cache
def _progress(*, names_owners: bool) -> WrittenStatement:
    scope = StatementScope(names_owners)
    columns = [progress(scope).label(f"step_{number}") for number, progress in enumerate(PROGRESS.values(), 1)]
    return written_out(select(Chapter.id, *columns).where(scope.covers(Chapter.id)))
