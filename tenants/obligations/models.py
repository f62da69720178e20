"""What an obligation is: something a step still expects of a chapter. It is never stored; it follows from the rows."""

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
    """How near it is."""

    COMING = "coming"
    DUE = "due"
    LATE = "late"


class Responsible(Enum):
    """Who can do it. EITHER is a decision: UN Women takes it where nobody else in the chapter may."""

    CHAPTER = "the chapter"
    EITHER = "the chapter or UN Women"
    UN_WOMEN = "UN Women"


class OneClick(Protocol):
    """A service that does an obligation without asking for anything more; it may raise Refused."""

    def __call__(self, session: Session, subject_id: UUID, *, actor_id: UUID, at: datetime) -> Any:
        """Do what the obligation about this subject expects."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ObligationKind:
    """Everything the domain knows about one kind of obligation, declared in the package of its step.

    Its words are declared in solidarity/labels/obligations. docs/growing.md shows how to add one.

    code: its name in rows, links and mails, of letters and underscores. It never changes.
    due_rows: which rows are due, in the scope of a statement; None where that login cannot read them.
    permission: lets somebody do it who does not own it.
    ladder: on which days, counted from the day it is due, its owners are reminded.
    one_click: the service that does it with a single click, on a page or in a mail; never for money or a decision.
    may_wait: whether reminders of it may be put off or stopped; False for money and decisions.
    owner_needs_no_permission: whether its owner may do it in any role.
    title_permission: what a reader needs to see the title, where the title names a person.
    is_overdue_for_desk: whether it counts in UN Women's list of late chapters; False where UN Women must act first.
    doubts_contacts: whether it means that mail may reach the wrong person or nobody.
    began_days_before: how many days before it is due it began, for the desk's "since".
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
    is_overdue_for_desk: bool = True
    doubts_contacts: bool = False
    began_days_before: int = 0

    def __repr__(self) -> str:
        return f"<ObligationKind {self.code}>"


@dataclass(frozen=True)
class Obligation:
    """One thing expected of one owner; without an owner it is for UN Women's desk.

    `subject_id` is what it is about and `title` its name in the chapter, if it has one; `due_on` is a day of the
    chapter's own calendar.
    """

    chapter_id: UUID
    kind: ObligationKind
    subject_id: UUID
    due_on: date
    owner_id: UUID | None
    title: str | None = None

    def state(self, today: date) -> ObligationState:
        """Return how near it is on the chapter's day `today`."""
        if self.due_on > today:
            return ObligationState.COMING
        return ObligationState.DUE if self.due_on == today else ObligationState.LATE


def selects_of(kinds: Iterable[ObligationKind], scope: StatementScope) -> list[Select[*tuple[Any, ...]]]:
    """Return the selects of these kinds, to be put together by UNION ALL; without those that the login cannot read."""
    rows = ((kind, kind.due_rows(scope)) for kind in kinds)
    return [obligation_select(kind.code, due_rows, scope) for kind, due_rows in rows if due_rows is not None]
