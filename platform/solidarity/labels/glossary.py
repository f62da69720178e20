"""The meaning of each term, state and figure: the only source of Help and of every “What is this?”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from solidarity.labels.steps import STATE_WORDS, STEP_NAMES
from tenants.action_kit.evaluation.indicators import CORE


@dataclass(frozen=True)
class Term:
    """One term with its meaning. `code` is its anchor on the help page. `unit` is what a figure counts."""

    code: str
    word: Any
    meaning: Any
    unit: Any = None


@dataclass(frozen=True)
class HowTo:
    """Instructions for one task, with one short sentence for each step."""

    code: str
    title: Any
    steps: tuple[Any, ...]


@dataclass(frozen=True)
class Section:
    """A group of terms on the help page."""

    code: str
    title: Any
    terms: tuple[Term, ...]


STATES = (
    Term(
        "none",
        STATE_WORDS["none"],
        _l("Nothing is recorded for this step yet, and nothing is overdue. You can start at any time."),
    ),
    Term("prog", STATE_WORDS["prog"], _l("Work on this step has started. Nothing in it is due today or overdue.")),
    Term("done", STATE_WORDS["done"], _l("Everything this step needs for now is complete. The step can reopen later.")),
    Term(
        "late",
        STATE_WORDS["late"],
        _l("The due date of a task has passed. The task list shows since when, and what to do."),
    ),
    Term(
        "att",
        STATE_WORDS["att"],
        _l("Something is due today or was returned to you. Each step shows its most urgent task."),
    ),
    Term(
        "wait",
        STATE_WORDS["wait"],
        _l("Something was sent and is waiting for a decision, such as a plan, an expense or a report."),
    ),
    Term(
        "returned",
        _l("Returned"),
        _l("It was returned with a reason. Make the changes and send it again. Nothing is lost."),
    ),
    Term(
        "locked",
        _l("Locked"),
        _l("It was approved and can no longer be changed, so everyone sees the same version. UN Women can reopen it."),
    ),
)

DONE_FOR_NOW = (
    _l("Done while the chapter has a focal point. It reopens when their term must be confirmed or renewed."),
    _l("Done once a version of the plan is approved. It reopens when a planned activity is due or a plan is returned."),
    _l("Done once the agreed sources cover the whole budget. It reopens when an expense waits or a line is overspent."),
    _l("Done once the people who came to the launch event are counted."),
    _l(
        "Done if an activity was held in the last three months. It reopens when nothing has been logged for some weeks."
    ),
    _l("Done once the reports of all quarters that are over are approved. It reopens when the next quarter is over."),
)
STEPS = tuple(
    Term(f"step_{number}", name, meaning)
    for number, (name, meaning) in enumerate(zip(STEP_NAMES, DONE_FOR_NOW, strict=True), start=1)
)

READING = (
    Term(
        "participation",
        _l("Participation"),
        _l("One person at one activity. Someone who comes to three activities counts as three participations."),
    ),
    Term(
        "commitment",
        _l("Commitment"),
        _l(
            "One person’s own pledge for equality, confirmed by email. Never added to "
            "participations or to sign-ups counted on paper."
        ),
    ),
    Term(
        "media_reach",
        _l("Media reach"),
        _l("How often something was seen or heard. An estimate of times, not of people; never added to head counts."),
    ),
    Term(
        "coverage",
        _l("Coverage"),
        _l(
            "How many chapters have reported, of those expected to report. A figure from "
            "half of them shows only part of the picture."
        ),
    ),
    Term(
        "as_of",
        _l("As of"),
        _l("The time up to which a figure counts. Anything saved later is not included yet."),
    ),
    Term(
        "approved",
        _l("Approved"),
        _l("UN Women has read and approved the report. Only approved reports count outside the chapter."),
    ),
    Term(
        "not_sent",
        _l("Not sent"),
        _l("The report was not sent by its due date. Missing is not the same as zero."),
    ),
    Term(
        "frozen",
        _l("Frozen"),
        _l("A figure saved as it was on a certain day. It does not change after it is published."),
    ),
    Term(
        "disaggregation",
        _l("Disaggregation"),
        _l("One number split by age and gender. The parts always add up to the total."),
    ),
    Term(
        "target",
        _l("Target"),
        _l("The value you want to reach by a certain date. You can change it; the old value is kept with your reason."),
    ),
    Term(
        "baseline",
        _l("Baseline"),
        _l("The value before you started. Progress is measured from there to the target."),
    ),
    Term(
        "means_of_verification",
        _l("Means of verification"),
        _l("Evidence with which others can check a value: a list, a photo, minutes or a receipt."),
    ),
)

OBLIGATIONS = (
    Term(
        "reporting_period",
        _l("Reporting period"),
        _l(
            "Three months, starting in January, April, July or October. The report is due "
            "some days after the period ends."
        ),
    ),
    Term(
        "due",
        _l("Due date"),
        _l("The date by which something is expected. You get reminders before it, and only until it is done."),
    ),
    Term(
        "not_now",
        _l("Not now"),
        _l("You get no reminders about this one task for three days. It stays on the list."),
    ),
    Term(
        "known",
        _l("I know about it"),
        _l("You get no more emails about this one overdue task. It stays on the list until it is done."),
    ),
    Term(
        "term",
        _l("Term"),
        _l(
            "The time for which someone is responsible for the chapter. It can be renewed "
            "or handed over to someone else."
        ),
    ),
    Term(
        "deputy",
        _l("Deputy"),
        _l("The person responsible for the chapter while the focal point is away. Both get reminders."),
    ),
    Term(
        "dormant",
        _l("Dormant"),
        _l("The chapter is paused. Nothing is due for it and no reminders are sent. UN Women can reactivate it."),
    ),
)

FIGURES = tuple(Term(indicator.code, indicator.title, indicator.definition, indicator.unit) for indicator in CORE)

GLOSSARY: tuple[Section, ...] = (
    Section("states", _l("Statuses"), STATES),
    Section("steps", _l("When a step is done for now"), STEPS),
    Section("figures", _l("Figures"), FIGURES),
    Section("reading", _l("Terms used with figures"), READING),
    Section("duties", _l("What is due"), OBLIGATIONS),
)
TERMS: dict[str, Term] = {term.code: term for section in GLOSSARY for term in section.terms}

HOW_TO: tuple[HowTo, ...] = (
    HowTo(
        "log",
        _l("Log an activity"),
        (
            _l("Open “Log an activity” on the day or later. A title, a date and a place are enough."),
            _l(
                "If it was planned, press “It took place” in the plan, or choose it in the form. "
                "The plan then counts it."
            ),
            _l("Leave empty what you do not know yet. You can correct it later; every version is kept."),
            _l("No signal? Print the tally sheet. It has the same boxes as the screen."),
        ),
    ),
    HowTo(
        "count",
        _l("Count who came"),
        (
            _l("Count people by age and gender, and do not write names. Do not ask anyone who does not want to say."),
            _l(
                "Someone who comes to two activities is counted at both. That is why we say participations, not people."
            ),
            _l("If nobody counted, say so. A missing count is better than a guessed one."),
            _l("If you did not ask who had come before, leave those boxes empty. That adds nothing, not zero."),
        ),
    ),
    HowTo(
        "plan",
        _l("Write the plan"),
        (
            _l("Start from the template and change what does not fit, or start with an empty plan."),
            _l(
                "Give every activity a due date and a person responsible. Reminders are only "
                "sent for activities with a date."
            ),
            _l("If something takes place several times, say how many. The plan shows how often it did, from the log."),
            _l("Send it for approval. You can keep working until it is approved."),
        ),
    ),
    HowTo(
        "report",
        _l("Send a report"),
        (
            _l("After each quarter, the report is filled in from your log. You do not type anything twice."),
            _l("Check the figures, add what only you know, and say in a few words what was difficult."),
            _l("If the report is returned, the reason is at the top. Correct it and send it again."),
        ),
    ),
)

PRIVACY: tuple[Any, ...] = (
    _l(
        "Your chapter’s pages are open to your own people and to UN Women in your "
        "country. Other chapters cannot see them."
    ),
    _l("People who come to an activity are counted, never named."),
    _l("UN Women can read your plan, funding, launch event, activities and reports. It never writes in your name."),
    _l("When someone from UN Women opens your pages, the chapter can see the day and the name."),
    _l("Outside the chapter, only approved reports count."),
)
