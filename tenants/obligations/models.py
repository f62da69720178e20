"""The model of an obligation: something that a step expects of a chapter. It follows from rows, it is never stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from tenants.obligations.ladder import FROM_ITS_DAY, Ladder
from tenants.obligations.selects import DueRows, StatementScope, obligation_select
from tenants.people.permissions import Permission


class Step(StrEnum):
    """The six steps, and the chapter itself."""

    CHAPTER = "chapter"
    FOCAL_POINT = "focal_point"
    PLAN = "plan"
    FUNDING = "funding"
    LAUNCH = "launch"
    ACTIVITIES = "activities"
    EVALUATION = "evaluation"


class ObligationState(StrEnum):
    """The state of an obligation relative to its due date. What waits for UN Women is not late in the chapter."""

    COMING = "coming"
    DUE = "due"
    LATE = "late"
    WAITING = "waiting"


class Responsible(Enum):
    """Who can complete an obligation. EITHER is a decision: UN Women takes it if no other member of the chapter may."""

    CHAPTER = "the chapter"
    EITHER = "the chapter or UN Women"
    UN_WOMEN = "UN Women"


class OneClick(Protocol):
    """A service that completes an obligation without further input. It may raise Refused."""

    def __call__(self, session: Session, subject_id: UUID, *, actor_id: UUID, at: datetime) -> Any:
        """Complete the obligation about this subject."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ObligationKind:
    """Everything the domain knows about one kind of obligation, declared in the package of its step.

    Its words are declared in solidarity/labels/obligations. docs/growing.md shows how to add one.

    code: its name in rows, links and mails, of letters and underscores. It never changes.
    due_rows: which rows are due, in the scope of a statement; None if that login cannot read them.
    permission: lets a member complete it who does not own it.
    ladder: the days, counted from the due date, on which its owners are reminded.
    one_click: the service that completes it with one click, on a page or in a mail; never for money or a decision.
    may_wait: whether its reminders can be postponed or stopped; False for money and decisions.
    owner_needs_no_permission: whether its owner may complete it in any role.
    title_permission: the permission that a reader needs to see the title, if the title names a person.
    is_request: whether UN Women may have to decide on it. Then the desk has it in its list of requests.
    is_returned: whether it needs attention from its first day, because something was returned to the chapter.
    doubts_contacts: whether it means that mail may reach the wrong person or nobody.
    began_days_before: how many days before its due date it began, for the desk's "since".
    """

    code: str
    step: Step
    due_rows: Callable[[StatementScope], DueRows | None]
    permission: Permission
    ladder: Ladder = FROM_ITS_DAY
    one_click: OneClick | None = None
    may_wait: bool = True
    owner_needs_no_permission: bool = False
    title_permission: Permission | None = None
    responsible: Responsible = Responsible.CHAPTER
    is_request: bool = False
    is_returned: bool = False
    doubts_contacts: bool = False
    began_days_before: int = 0

    def __repr__(self) -> str:
        return f"<ObligationKind {self.code}>"


@dataclass(frozen=True)
class Obligation:
    """One thing expected of one owner. Without an owner it is for UN Women's desk.

    `subject_id` is what it is about and `title` its name in the chapter, if it has one. `due_on` is a day in the
    chapter's time zone. `awaits_desk` is whether UN Women must act next, and nobody in the chapter can.
    """

    chapter_id: UUID
    kind: ObligationKind
    subject_id: UUID
    due_on: date
    owner_id: UUID | None
    title: str | None = None
    awaits_desk: bool = False

    def is_overdue_for_desk(self, today: date) -> bool:
        """Whether UN Women's list of what is overdue has it. Requests are in the list of requests instead."""
        return self.due_on < today and not (self.kind.is_request and self.awaits_desk)

    def state(self, today: date) -> ObligationState:
        """Return its state on the chapter's day `today`."""
        if self.awaits_desk:
            return ObligationState.WAITING
        if self.due_on > today:
            return ObligationState.COMING
        return ObligationState.DUE if self.due_on == today else ObligationState.LATE


def selects_of(kinds: Iterable[ObligationKind], scope: StatementScope) -> list[Select[*tuple[Any, ...]]]:
    """Return the selects of these kinds, to be combined by UNION ALL, without those that the login cannot read."""
    rows = ((kind, kind.due_rows(scope)) for kind in kinds)
    return [obligation_select(kind.code, due_rows, scope) for kind, due_rows in rows if due_rows is not None]
