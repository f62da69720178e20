"""What each word, state and figure means, in plain words: the one place behind Help and every “What is this?”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from solidarity.labels.steps import STATE_WORDS
from tenants.action_kit.evaluation.indicators import CORE


@dataclass(frozen=True)
class Term:
    """One word with its meaning. `code` is its anchor on the page of help; `unit` is what a figure counts."""

    code: str
    word: Any
    meaning: Any
    unit: Any = None


@dataclass(frozen=True)
class HowTo:
    """How one thing is done, in a few short sentences, one a step."""

    code: str
    title: Any
    steps: tuple[Any, ...]


@dataclass(frozen=True)
class Section:
    """Terms that are read together."""

    code: str
    title: Any
    terms: tuple[Term, ...]


STATES = (
    Term(
        "none",
        STATE_WORDS["none"],
        _l("Nothing has been written down for this step yet, and nothing is late. You can begin whenever you like."),
    ),
    Term(
        "prog", STATE_WORDS["prog"], _l("Something has been written down. Nothing about it is due today, or overdue.")
    ),
    Term("done", STATE_WORDS["done"], _l("All that this step asks for now is there. It can open again later.")),
    Term(
        "late",
        STATE_WORDS["late"],
        _l("A day has passed on which something was due. The list of what is due says since when, and what is enough."),
    ),
    Term(
        "att",
        STATE_WORDS["att"],
        _l("Something is due today, or has come back to you. A step shows its most urgent duty."),
    ),
    Term(
        "waiting",
        _l("Waiting"),
        _l("It was sent, and somebody else decides now. You have nothing to do until then."),
    ),
    Term(
        "returned",
        _l("Returned"),
        _l("It came back with a reason. Change what the reason asks for and send it again; nothing is lost."),
    ),
    Term(
        "locked",
        _l("Locked"),
        _l("It was approved and stays as it is, so that everybody reads the same. UN Women can open it again."),
    ),
)

READING = (
    Term(
        "participation",
        _l("Participation"),
        _l("One person present at one activity. Somebody who comes to three activities is three participations."),
    ),
    Term(
        "commitment",
        _l("Commitment"),
        _l(
            "A person who gave her or his own word for equality and confirmed it by mail. "
            "Never added to participations or to sign-ups counted on paper."
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
        _l("How many have reported, of how many were expected to. A figure from half of them says half of the story."),
    ),
    Term(
        "as_of",
        _l("As of"),
        _l("The moment up to which a figure counts. What was saved later is not in it yet."),
    ),
    Term(
        "approved",
        _l("Approved"),
        _l("UN Women has read the report and accepted it. Only approved reports count beyond the chapter."),
    ),
    Term(
        "not_sent",
        _l("Not sent"),
        _l("The report was expected and has not arrived. It is missing, which is not the same as zero."),
    ),
    Term(
        "frozen",
        _l("Frozen"),
        _l("A figure kept as it stood on a certain day, so that what was published stays what it was."),
    ),
    Term(
        "disaggregation",
        _l("Disaggregation"),
        _l("One number split by age and gender. Together the parts are always the whole."),
    ),
    Term(
        "target",
        _l("Target"),
        _l("The value you want to reach by a certain day. You may move it; the old one is kept with your reason."),
    ),
    Term(
        "baseline",
        _l("Baseline"),
        _l("The value before you began. Progress is the way from there to the target."),
    ),
    Term(
        "means_of_verification",
        _l("Means of verification"),
        _l("What somebody else could look at to see that it is true: a list, a photo, minutes, a receipt."),
    ),
)

DUTIES = (
    Term(
        "reporting_period",
        _l("Reporting period"),
        _l("Three months, from January, April, July or October. The report is due some days after the period ends."),
    ),
    Term(
        "due",
        _l("Due"),
        _l("The day by which something is expected. You are reminded before it, and only while it is not done."),
    ),
    Term(
        "not_now",
        _l("Not now"),
        _l("You get no reminder about this one thing for three days. It stays on the list."),
    ),
    Term(
        "known",
        _l("I know about it"),
        _l("You get no more mail about this one thing that is late. It stays on the list until it is done."),
    ),
    Term(
        "term",
        _l("Term"),
        _l("The time for which somebody answers for the chapter. It can be renewed, or handed over to somebody else."),
    ),
    Term(
        "deputy",
        _l("Deputy"),
        _l("Who answers for the chapter while the focal point is away. Reminders reach both."),
    ),
    Term(
        "dormant",
        _l("Dormant"),
        _l("The chapter rests. Nothing is due for it and no reminder goes out; UN Women can wake it up."),
    ),
)

FIGURES = tuple(Term(each.code, each.title, each.definition, each.unit) for each in CORE)

GLOSSARY: tuple[Section, ...] = (
    Section("states", _l("The states"), STATES),
    Section("figures", _l("The figures"), FIGURES),
    Section("reading", _l("Words beside a figure"), READING),
    Section("duties", _l("What is due"), DUTIES),
)
TERMS: dict[str, Term] = {term.code: term for section in GLOSSARY for term in section.terms}

HOW_TO: tuple[HowTo, ...] = (
    HowTo(
        "log",
        _l("Log an activity"),
        (
            _l("Open “Log an activity” on the day, or later. A title, a day and a place are enough."),
            _l("What you do not know yet may stay empty. You can put it right afterwards; every version is kept."),
            _l("No signal? Print the tally sheet. It has the same boxes as the screen."),
        ),
    ),
    HowTo(
        "count",
        _l("Count who came"),
        (
            _l("Count heads, by age and gender, and write no names. Ask nobody who does not want to say."),
            _l("Whoever comes to two activities counts at both. That is why we say participations, not people."),
            _l("If nobody counted, say so. A missing count is better than a guessed one."),
        ),
    ),
    HowTo(
        "plan",
        _l("Write the plan"),
        (
            _l("Start from the template and change whatever does not fit, or begin with an empty plan."),
            _l("Give every activity a day and somebody who does it. Only what has a day can be reminded of."),
            _l("Send it for approval. Until it is approved you can go on working."),
        ),
    ),
    HowTo(
        "report",
        _l("Send a report"),
        (
            _l("After each quarter the report fills itself from your log. Nothing is typed twice."),
            _l("Look at the figures, add what only you know, and say in a few words what was hard."),
            _l("If it comes back, the reason is at the top. Correct it and send it again."),
        ),
    ),
)

PRIVACY: tuple[Any, ...] = (
    _l("Your chapter’s pages open for your own people and for UN Women in your country. Other chapters see nothing."),
    _l("Who comes to an activity is counted and never named."),
    _l("UN Women reads your plan, money, launch, activities and reports. It never writes in your name."),
    _l("Whenever somebody from UN Women opens your pages, the chapter can see the day and the name."),
    _l("Beyond the chapter only approved reports count."),
)
