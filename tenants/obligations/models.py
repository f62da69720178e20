"""What an obligation is: something a step still expects of a chapter. It is never stored; it is what the rows say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Step(StrEnum):
    """The six steps, and the chapter itself."""

    CHAPTER = "chapter"
    FOCAL_POINT = "focal_point"
    PLAN = "plan"
    FUNDING = "funding"
    LAUNCH = "launch"
    ACTIVITIES = "activities"
    EVALUATION = "evaluation"


class ObligationKind(StrEnum):
    """What is expected."""

    QUIET_CHAPTER = "quiet_chapter"
    VACANCY = "vacancy"


class ObligationState(StrEnum):
    """How near it is."""

    COMING = "coming"
    DUE = "due"
    LATE = "late"


class Act(StrEnum):
    """What its owner does about it; pages and mails know which address that is."""

    LOG_ACTIVITY = "log_activity"
    INVITE_FOCAL_POINT = "invite_focal_point"


@dataclass(frozen=True)
class Obligation:
    """One thing expected of one owner; without an owner it is the desk's to see to.

    `subject_id` is what it is about, `due_on` a day of the chapter's own calendar; `one_click` says whether a single
    press may do it.
    """

    chapter_id: UUID
    step: Step
    kind: ObligationKind
    subject_id: UUID
    due_on: date
    owner_id: UUID | None
    act: Act
    one_click: bool

    def state(self, today: date) -> ObligationState:
        """Return how near it is on the chapter's day `today`."""
        if self.due_on > today:
            return ObligationState.COMING
        return ObligationState.DUE if self.due_on == today else ObligationState.LATE
