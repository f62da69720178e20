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

    VACANCY = "vacancy"
    CONFIRM_FOCAL_POINT = "confirm_focal_point"
    TERM_ENDING = "term_ending"
    ADDRESS_UNREACHED = "address_unreached"
    PLAN_TO_SUBMIT = "plan_to_submit"
    RETURNED_PLAN = "returned_plan"
    PLAN_TO_APPROVE = "plan_to_approve"
    PLANNED_ACTIVITY_DUE = "planned_activity_due"
    BUDGET_TO_REVISE = "budget_to_revise"
    EXPENSE_TO_APPROVE = "expense_to_approve"
    CHECKLIST_ITEM = "checklist_item"
    EVENT_REPORT = "event_report"
    QUIET_CHAPTER = "quiet_chapter"
    REPORT_DUE = "report_due"
    RETURNED_REPORT = "returned_report"
    REPORT_TO_APPROVE = "report_to_approve"
    LATE_ENTRY_WAITING = "late_entry_waiting"


class ObligationState(StrEnum):
    """How near it is."""

    COMING = "coming"
    DUE = "due"
    LATE = "late"


class Act(StrEnum):
    """What its owner does about it; pages and mails know which address that is."""

    INVITE_FOCAL_POINT = "invite_focal_point"
    CONFIRM_FOCAL_POINT = "confirm_focal_point"
    RENEW_TERM = "renew_term"
    CORRECT_ADDRESS = "correct_address"
    WRITE_PLAN = "write_plan"
    DECIDE_PLAN = "decide_plan"
    FINISH_PLANNED_ACTIVITY = "finish_planned_activity"
    REVISE_BUDGET = "revise_budget"
    DECIDE_EXPENSE = "decide_expense"
    FINISH_CHECKLIST_ITEM = "finish_checklist_item"
    COUNT_EVENT = "count_event"
    LOG_ACTIVITY = "log_activity"
    WRITE_REPORT = "write_report"
    DECIDE_REPORT = "decide_report"
    COMPARE_REPORT = "compare_report"


@dataclass(frozen=True)
class Expectation:
    """What is always true of a kind: its step, what one does about it, and whether a single press may do it."""

    step: Step
    act: Act
    one_click: bool = False


EXPECTATIONS: dict[ObligationKind, Expectation] = {
    ObligationKind.VACANCY: Expectation(Step.FOCAL_POINT, Act.INVITE_FOCAL_POINT),
    ObligationKind.CONFIRM_FOCAL_POINT: Expectation(Step.FOCAL_POINT, Act.CONFIRM_FOCAL_POINT, one_click=True),
    ObligationKind.TERM_ENDING: Expectation(Step.FOCAL_POINT, Act.RENEW_TERM),
    ObligationKind.ADDRESS_UNREACHED: Expectation(Step.FOCAL_POINT, Act.CORRECT_ADDRESS),
    ObligationKind.PLAN_TO_SUBMIT: Expectation(Step.PLAN, Act.WRITE_PLAN),
    ObligationKind.RETURNED_PLAN: Expectation(Step.PLAN, Act.WRITE_PLAN),
    ObligationKind.PLAN_TO_APPROVE: Expectation(Step.PLAN, Act.DECIDE_PLAN),
    ObligationKind.PLANNED_ACTIVITY_DUE: Expectation(Step.PLAN, Act.FINISH_PLANNED_ACTIVITY, one_click=True),
    ObligationKind.BUDGET_TO_REVISE: Expectation(Step.FUNDING, Act.REVISE_BUDGET),
    ObligationKind.EXPENSE_TO_APPROVE: Expectation(Step.FUNDING, Act.DECIDE_EXPENSE),
    ObligationKind.CHECKLIST_ITEM: Expectation(Step.LAUNCH, Act.FINISH_CHECKLIST_ITEM, one_click=True),
    ObligationKind.EVENT_REPORT: Expectation(Step.LAUNCH, Act.COUNT_EVENT),
    ObligationKind.QUIET_CHAPTER: Expectation(Step.ACTIVITIES, Act.LOG_ACTIVITY),
    ObligationKind.REPORT_DUE: Expectation(Step.EVALUATION, Act.WRITE_REPORT),
    ObligationKind.RETURNED_REPORT: Expectation(Step.EVALUATION, Act.WRITE_REPORT),
    ObligationKind.REPORT_TO_APPROVE: Expectation(Step.EVALUATION, Act.DECIDE_REPORT),
    ObligationKind.LATE_ENTRY_WAITING: Expectation(Step.EVALUATION, Act.COMPARE_REPORT),
}


@dataclass(frozen=True)
class Obligation:
    """One thing expected of one owner; without an owner it is UN Women's desk's to see to.

    `subject_id` is what it is about and `title` what the chapter calls that, where it has a name; `due_on` is a day of
    the chapter's own calendar; `one_click` says whether a single press may do it.
    """

    chapter_id: UUID
    step: Step
    kind: ObligationKind
    subject_id: UUID
    due_on: date
    owner_id: UUID | None
    act: Act
    one_click: bool
    title: str | None = None

    def state(self, today: date) -> ObligationState:
        """Return how near it is on the chapter's day `today`."""
        if self.due_on > today:
            return ObligationState.COMING
        return ObligationState.DUE if self.due_on == today else ObligationState.LATE
