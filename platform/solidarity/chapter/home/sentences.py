"""The first texts on a chapter's first page: a greeting, the most important fact, and a fact for each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.chapter.home.figures import total, year_shown
from solidarity.i18n.locale import format_day_short, format_list, format_number
from solidarity.labels.obligations.wording import WORDS
from solidarity.labels.people import first_name
from tenants import clock
from tenants.action_kit.evaluation.models import ReportState
from tenants.action_kit.plan.models import VersionState
from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.models import Obligation, ObligationKind, ObligationState, Step
from tenants.overview.chapter_facts import ChapterFacts
from tenants.overview.obligation_kinds import KINDS
from tenants.overview.steps import IN_ORDER, StepState

NOON, EVENING = 12, 18
LAUNCH_IS_NEAR = 30  # days before the launch in which it is the headline


@dataclass(frozen=True)
class ObligationCounts:
    """A chapter's obligations, counted once for each subject: late in all, late by step, and the kinds returned."""

    late: int
    late_of: dict[Step, int]
    returned: frozenset[ObligationKind]

    @classmethod
    def of(cls, obligations: Sequence[Obligation], today: date) -> ObligationCounts:
        """Count the obligations on the chapter's day `today`."""
        late = {(due.kind, due.subject_id) for due in obligations if due.state(today) is ObligationState.LATE}
        of_step = {step: sum(kind.step is step for kind, _subject in late) for step in Step}
        return cls(len(late), of_step, frozenset(due.kind for due in obligations if WORDS[due.kind].returned))


def greeting(name: str, moment: datetime, zone: str) -> str:
    """Return good morning, afternoon or evening, by the time in the chapter's zone."""
    name = first_name(name)
    hour = moment.astimezone(clock.zone_info(zone)).hour
    if hour < NOON:
        return str(_("Good morning, %(name)s.", name=name))
    if hour < EVENING:
        return str(_("Good afternoon, %(name)s.", name=name))
    return str(_("Good evening, %(name)s.", name=name))


def home_headline(facts: ChapterFacts, counts: ObligationCounts, today: date) -> str:
    """Return the most important fact of today, in a sentence."""
    days = (facts.launch_on - today).days if facts.launch_on else -1
    if days == 0:
        return str(_("Your launch event is today."))
    if 0 < days <= LAUNCH_IS_NEAR:
        return str(ngettext("Your launch event is in %(num)s day.", "Your launch event is in %(num)s days.", days))
    if counts.returned:
        return _returned(counts)[0]
    if counts.late:
        return str(ngettext("One task is overdue.", "%(num)s tasks are overdue.", counts.late))
    year = year_shown(facts, today)
    people = total([quarter for quarter in facts.quarters if quarter.starts_on.year == year], "people")
    if people:
        values = {"count": format_number(people), "year": str(year)}
        return str(
            ngettext("%(count)s participation in %(year)s.", "%(count)s participations in %(year)s.", people, **values)
        )
    return str(_("Nothing is overdue."))


def lead(states: Sequence[StepState], counts: ObligationCounts, headline: str) -> str:
    """Return sentences about the steps and what is overdue or returned, without the one that is the `headline`."""
    done_count, ongoing_count = states.count("done"), states.count("prog")
    sentences = [ngettext("%(num)s step is done.", "%(num)s steps are done.", done_count)] if done_count else []
    if ongoing_count:
        sentences.append(ngettext("%(num)s step is in progress.", "%(num)s steps are in progress.", ongoing_count))
    if waiting_count := states.count("wait"):
        sentences.append(ngettext("%(num)s step is waiting.", "%(num)s steps are waiting.", waiting_count))
    if counts.late:
        sentences.append(ngettext("One task is overdue.", "%(num)s tasks are overdue.", counts.late))
    sentences += _returned(counts)
    return " ".join(str(sentence) for sentence in sentences if str(sentence) != headline)


def _returned(counts: ObligationCounts) -> list[str]:
    """Return a sentence for each kind returned to the chapter, the latest step first."""
    return [str(WORDS[kind].returned) for kind in reversed(KINDS) if kind in counts.returned]


def step_notes(
    facts: ChapterFacts, counts: ObligationCounts, *, today: date, chapter: Chapter, shows_people: bool
) -> list[str]:
    """Return a short fact for each of the six steps: its overdue tasks, else its progress or what comes first.

    The state of the step stands beside it and is not repeated.
    """
    notes = [
        _focal_point(facts, shows_people=shows_people),
        _plan(facts),
        _funding(facts),
        _launch(facts, today, chapter.country),
        _activities(facts),
        _report(facts, today, chapter),
    ]
    late = [counts.late_of.get(step, 0) for step in IN_ORDER]
    return [
        str(ngettext("%(num)s task is overdue", "%(num)s tasks are overdue", number)) if number else note
        for number, note in zip(late, notes, strict=True)
    ]


def step_shares(facts: ChapterFacts) -> list[float | None]:
    """Return the done share (0 to 1) of each step; None if the facts do not show it."""
    launch = facts.items_done / facts.items if facts.items else None
    activities = facts.held / facts.planned if facts.planned else None
    alone = 0.5 if len(facts.holders) == 1 else None
    return [alone, None, None, launch, activities, None]


def _focal_point(facts: ChapterFacts, *, shows_people: bool) -> str:
    if not facts.holders:
        return str(_("Not assigned yet"))
    if not shows_people:
        return str(ngettext("%(num)s person responsible", "%(num)s people responsible", len(facts.holders)))
    return format_list(facts.holders)


def _plan(facts: ChapterFacts) -> str:
    if facts.plan_number is None:
        return str(_("Draft") if facts.lines else _("Begins with the template"))
    number = format_number(facts.plan_number)
    words: dict[str | None, str] = {
        VersionState.SUBMITTED: _("Version %(number)s, waiting", number=number),
        VersionState.APPROVED: _("Version %(number)s, approved", number=number),
        VersionState.RETURNED: _("Version %(number)s, returned", number=number),
    }
    return str(words.get(facts.plan_state, _("Draft")))


def _funding(facts: ChapterFacts) -> str:
    if facts.waiting:
        return str(
            ngettext("%(num)s expense waiting for approval", "%(num)s expenses waiting for approval", facts.waiting)
        )
    return str(_("Nothing waiting") if facts.money else _("Begins with a budget line"))


def _launch(facts: ChapterFacts, today: date, country: str) -> str:
    if facts.launch_on is None:
        return str(_("No date set"))
    if facts.launch_on < today:
        return str(_("Held on %(day)s", day=format_day_short(facts.launch_on, country)))
    return str(_("%(done)s of %(all)s ready", done=format_number(facts.items_done), all=format_number(facts.items)))


def _activities(facts: ChapterFacts) -> str:
    if facts.planned:
        counts = {"done": format_number(facts.held), "all": format_number(facts.planned)}
        return str(_("%(done)s of %(all)s planned activities held", **counts))
    count = total(facts.quarters, "activities")
    return str(ngettext("%(num)s logged", "%(num)s logged", count) if count else _("Nothing logged"))


def _report(facts: ChapterFacts, today: date, chapter: Chapter) -> str:
    due_on = facts.report_due_on
    if due_on is None:
        return str(_("No report yet"))
    if facts.report_state == ReportState.SUBMITTED:
        return str(_("Waiting for UN Women"))
    if facts.report_state == ReportState.APPROVED:
        return str(_("Report approved"))
    if facts.is_report_returned:
        return str(_("Report returned"))
    if chapter.state == ChapterState.ACTIVE:
        return str(_("Next due %(day)s", day=format_day_short(due_on, chapter.country)))
    return str(_("Not sent, not due") if due_on < today else _("Not due yet"))
