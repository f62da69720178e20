"""What pages and mails say of each obligation, in the language in force, and where one acts on it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from solidarity.i18n.locale import format_quarter
from tenants.action_kit.launch.checklist import item_words
from tenants.obligations.models import Act, Obligation, ObligationKind, Step
from tenants.people.permissions import Permission

DAYS_A_WEEK = 7

HOME = "chapter.home"
STEP_PAGES = {
    Step.FOCAL_POINT: "focal_point.show",
    Step.PLAN: "plan.show",
    Step.FUNDING: "funding.show",
    Step.LAUNCH: "launch.show",
    Step.ACTIVITIES: "activities.list_activities",
    Step.EVALUATION: "evaluation.list_reports",
}
# Where one acts, unless that is the page of the step.
ACT_PAGES = {Act.CORRECT_ADDRESS: "people.list_people", Act.LOG_ACTIVITY: "activities.log_activity"}
# Where a single press does it; never for money or a decision.
PRESSES = {
    Act.CONFIRM_FOCAL_POINT: "focal_point.confirm",
    Act.FINISH_PLANNED_ACTIVITY: "plan.finish_activity",
    Act.FINISH_CHECKLIST_ITEM: "launch.finish_item",
}
OF_A_PERIOD = frozenset(
    {
        ObligationKind.REPORT_DUE,
        ObligationKind.RETURNED_REPORT,
        ObligationKind.REPORT_TO_APPROVE,
        ObligationKind.LATE_ENTRY_WAITING,
    }
)
# Kinds about one row of a list.
OF_ONE_ROW = OF_A_PERIOD | {
    ObligationKind.CONFIRM_FOCAL_POINT,
    ObligationKind.TERM_ENDING,
    ObligationKind.ADDRESS_UNREACHED,
    ObligationKind.PLANNED_ACTIVITY_DUE,
    ObligationKind.PLAN_TO_APPROVE,
    ObligationKind.BUDGET_TO_REVISE,
    ObligationKind.EXPENSE_TO_APPROVE,
    ObligationKind.CHECKLIST_ITEM,
    ObligationKind.EVENT_REPORT,
}
# What lets somebody do it who does not own it.
PERMISSIONS = {
    ObligationKind.VACANCY: Permission.MANAGE_PEOPLE,
    ObligationKind.CONFIRM_FOCAL_POINT: Permission.MANAGE_PEOPLE,
    ObligationKind.TERM_ENDING: Permission.MANAGE_PEOPLE,
    ObligationKind.ADDRESS_UNREACHED: Permission.MANAGE_PEOPLE,
    ObligationKind.PLAN_TO_SUBMIT: Permission.EDIT_PLAN,
    ObligationKind.RETURNED_PLAN: Permission.EDIT_PLAN,
    ObligationKind.PLAN_TO_APPROVE: Permission.APPROVE_PLAN,
    ObligationKind.PLANNED_ACTIVITY_DUE: Permission.EDIT_PLAN,
    ObligationKind.BUDGET_TO_REVISE: Permission.EDIT_FUNDING,
    ObligationKind.EXPENSE_TO_APPROVE: Permission.APPROVE_EXPENSE,
    ObligationKind.CHECKLIST_ITEM: Permission.EDIT_LAUNCH,
    ObligationKind.EVENT_REPORT: Permission.EDIT_LAUNCH,
    ObligationKind.QUIET_CHAPTER: Permission.LOG_ACTIVITY,
    ObligationKind.REPORT_DUE: Permission.EDIT_REPORT,
    ObligationKind.RETURNED_REPORT: Permission.EDIT_REPORT,
    ObligationKind.REPORT_TO_APPROVE: Permission.APPROVE_REPORT,
    ObligationKind.LATE_ENTRY_WAITING: Permission.EDIT_REPORT,
}


@dataclass(frozen=True)
class Phrases:
    """What is said of a kind. `named` is the title where the subject has a name, given as `what`.

    `press` is the verb of the button that does it at once; `mail` is the title in the subject of a mail, where `named`
    is a name alone.
    """

    title: LazyString
    why: LazyString
    button: LazyString
    named: LazyString | None = None
    press: LazyString | None = None
    mail: LazyString | None = None


@dataclass(frozen=True)
class Words:
    """One obligation in words. `headline` is the subject of a mail that tells of nothing else."""

    headline: str
    title: str
    why: str
    button: str
    press: str


WORDS: dict[ObligationKind, Phrases] = {
    ObligationKind.VACANCY: Phrases(
        title=_l("Choose a focal point"),
        why=_l("The chapter has no focal point at the moment."),
        button=_l("Choose someone"),
    ),
    ObligationKind.CONFIRM_FOCAL_POINT: Phrases(
        title=_l("Confirm your focal point"),
        named=_l("Confirm that %(what)s is still your focal point"),
        why=_l("We ask twice a year so that messages reach the right person."),
        button=_l("Review and confirm"),
        press=_l("Confirm focal point"),
    ),
    ObligationKind.TERM_ENDING: Phrases(
        title=_l("A focal point’s term is ending"),
        named=_l("The term of %(what)s is ending"),
        why=_l("Renew the term, or choose who comes next."),
        button=_l("Renew the term"),
    ),
    ObligationKind.ADDRESS_UNREACHED: Phrases(
        title=_l("Correct an address that does not receive our emails"),
        named=_l("Correct the email address of %(what)s"),
        why=_l("No reminders are sent to this address until it is corrected or tried again."),
        button=_l("Check the address"),
    ),
    ObligationKind.PLAN_TO_SUBMIT: Phrases(
        title=_l("Send your plan for approval"),
        named=_l("Send your plan “%(what)s” for approval"),
        why=_l("The plan says what you want to change, who is responsible and by when."),
        button=_l("Open the plan"),
    ),
    ObligationKind.RETURNED_PLAN: Phrases(
        title=_l("Correct your plan"),
        named=_l("Correct your plan “%(what)s”"),
        why=_l("It was returned with a comment. Make the changes and send it again."),
        button=_l("Open the plan"),
    ),
    ObligationKind.PLAN_TO_APPROVE: Phrases(
        title=_l("Review the plan"),
        named=_l("Review the plan “%(what)s”"),
        why=_l("It was sent for approval and is waiting for a decision."),
        button=_l("Review the plan"),
    ),
    ObligationKind.PLANNED_ACTIVITY_DUE: Phrases(
        title=_l("Complete a planned activity"),
        named=_l("%(what)s"),
        why=_l("Your plan sets this date. Mark it as done, or change the plan."),
        button=_l("Open the plan"),
        press=_l("Mark as done"),
        mail=_l("Complete the planned activity “%(what)s”"),
    ),
    ObligationKind.BUDGET_TO_REVISE: Phrases(
        title=_l("Revise a budget line"),
        named=_l("Revise the budget line “%(what)s”"),
        why=_l("Spending on this budget line is higher than its budget."),
        button=_l("Open the budget"),
    ),
    ObligationKind.EXPENSE_TO_APPROVE: Phrases(
        title=_l("Review an expense"),
        named=_l("Review the expense “%(what)s”"),
        why=_l("Someone else recorded it and is waiting for a decision."),
        button=_l("Review the expense"),
    ),
    ObligationKind.CHECKLIST_ITEM: Phrases(
        title=_l("Complete a checklist item"),
        named=_l("%(what)s"),
        why=_l("This is on your event checklist."),
        button=_l("Open the checklist"),
        press=_l("Mark as done"),
        mail=_l("Complete the checklist item “%(what)s”"),
    ),
    ObligationKind.EVENT_REPORT: Phrases(
        title=_l("Record attendance at your event"),
        named=_l("Record attendance at “%(what)s”"),
        why=_l("Count who came, by age and gender, as soon as the event is over."),
        button=_l("Count who came"),
    ),
    ObligationKind.QUIET_CHAPTER: Phrases(
        title=_l("Log your recent activities"),
        why=_l("Nothing has been logged for a while. One short entry is enough."),
        button=_l("Log an activity"),
    ),
    ObligationKind.REPORT_DUE: Phrases(
        title=_l("Send the report"),
        named=_l("Send the report for %(what)s"),
        why=_l("The report is filled in from your log. Check it, add a few words and send it."),
        button=_l("Open the report"),
    ),
    ObligationKind.RETURNED_REPORT: Phrases(
        title=_l("Correct the report"),
        named=_l("Correct the report for %(what)s"),
        why=_l("It was returned with a comment. Make the changes and send it again."),
        button=_l("Open the report"),
    ),
    ObligationKind.REPORT_TO_APPROVE: Phrases(
        title=_l("Review the report"),
        named=_l("Review the report for %(what)s"),
        why=_l("It was sent for approval and is waiting for a decision."),
        button=_l("Review the report"),
    ),
    ObligationKind.LATE_ENTRY_WAITING: Phrases(
        title=_l("Compare a report with your log"),
        named=_l("Compare the report for %(what)s with your log"),
        why=_l("The log changed after the report was sent."),
        button=_l("Compare"),
    ),
}

# The same, said of a chapter to somebody who only looks on.
SAID_OF_IT: dict[ObligationKind, LazyString] = {
    ObligationKind.VACANCY: _l("No focal point"),
    ObligationKind.CONFIRM_FOCAL_POINT: _l("Focal point not confirmed"),
    ObligationKind.TERM_ENDING: _l("A focal point’s term is ending"),
    ObligationKind.ADDRESS_UNREACHED: _l("A member’s address does not receive our emails"),
    ObligationKind.PLAN_TO_SUBMIT: _l("Plan not sent"),
    ObligationKind.RETURNED_PLAN: _l("Returned plan not sent again"),
    ObligationKind.PLAN_TO_APPROVE: _l("Plan waiting for a decision"),
    ObligationKind.PLANNED_ACTIVITY_DUE: _l("Planned activity not done"),
    ObligationKind.BUDGET_TO_REVISE: _l("Budget line overspent"),
    ObligationKind.EXPENSE_TO_APPROVE: _l("Expense waiting for a decision"),
    ObligationKind.CHECKLIST_ITEM: _l("Launch checklist item not done"),
    ObligationKind.EVENT_REPORT: _l("Event not counted"),
    ObligationKind.QUIET_CHAPTER: _l("No activity logged"),
    ObligationKind.REPORT_DUE: _l("Report not sent"),
    ObligationKind.RETURNED_REPORT: _l("Returned report not sent again"),
    ObligationKind.REPORT_TO_APPROVE: _l("Report waiting for UN Women"),
    ObligationKind.LATE_ENTRY_WAITING: _l("Report not compared with the log"),
}


class Named(Protocol):
    """The chapter something is said of, as far as words and addresses need it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def slug(self) -> str:
        """What its addresses begin with."""

    @property
    def country(self) -> str:
        """Where it is: months have other names in other countries."""


def words_of(due: Obligation, chapter: Named, *, today: date, quiet_weeks: int) -> Words:
    """Return the words for one obligation of `chapter` on its day `today`; all of them text, not markup."""
    phrases, what = WORDS[due.kind], called(due, chapter)
    named, subject = phrases.named, phrases.mail or phrases.named
    title = str(phrases.title) if what is None or named is None else str(named) % {"what": what}
    in_mail = title if what is None or subject is None else str(subject) % {"what": what}
    headline, why = _("%(chapter)s: %(title)s", chapter=chapter.name, title=in_mail), str(phrases.why)
    if due.kind is ObligationKind.QUIET_CHAPTER:
        headline, why = _of_silence(due, chapter, today, quiet_weeks, why)
    return Words(headline, title, why, str(phrases.button), str(phrases.press or phrases.button))


def place_of(due: Obligation, chapter: Named, endpoints: Container[str]) -> tuple[str, dict[str, Any]]:
    """Return the endpoint where one acts, with its values; of the pages that `endpoints` holds, or else home."""
    endpoint = ACT_PAGES.get(due.act, STEP_PAGES[due.step])
    if endpoint not in endpoints:
        return HOME, {"chapter": chapter.slug}
    anchor = {"_anchor": f"s-{due.subject_id}"} if due.kind in OF_ONE_ROW else {}
    return endpoint, {"chapter": chapter.slug, **anchor}


def called(due: Obligation, chapter: Named) -> str | None:
    """Return what the subject is called, in words: a period is kept as its first day, an item of ours as its code."""
    if due.title is None:
        return None
    if due.kind is ObligationKind.CHECKLIST_ITEM:
        return str(item_words(due.title))
    return format_quarter(date.fromisoformat(due.title), chapter.country) if due.kind in OF_A_PERIOD else due.title


def _of_silence(due: Obligation, chapter: Named, today: date, quiet_weeks: int, coming: str) -> tuple[str, str]:
    """Return headline and reason of a chapter gone quiet; before the day it is due, when it will be."""
    quiet_since = due.due_on - timedelta(weeks=quiet_weeks)
    weeks = max((today - quiet_since).days // DAYS_A_WEEK, quiet_weeks)
    headline = ngettext(
        "%(chapter)s: no activity has been logged for %(num)s week",
        "%(chapter)s: no activity has been logged for %(num)s weeks",
        weeks,
        chapter=chapter.name,
    )
    if due.due_on > today:
        return headline, coming
    why = ngettext(
        "Nothing has been logged for %(num)s week. A talk with ten people counts too.",
        "Nothing has been logged for %(num)s weeks. A talk with ten people counts too.",
        weeks,
    )
    return headline, why
