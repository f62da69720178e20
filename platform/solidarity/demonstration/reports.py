"""A chapter's quarterly reports: opened as the quarter begins, sent as the scenario has it, and decided by UN Women.

The last quarter's report is sent and decided earlier if needed, so that the demonstration is complete on any day.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial

from solidarity.demonstration.chapters.model import Scenario
from solidarity.demonstration.life import Life
from solidarity.demonstration.phrases import phrase
from tenants.action_kit.evaluation.models import Missing
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.queries import report_for
from tenants.action_kit.reports.sending import send_written
from tenants.action_kit.reports.services import (
    TypedValue,
    approve_report,
    open_report,
    return_report,
    save_draft,
)
from tenants.chapter_life.states import make_dormant
from tenants.people.permissions import Permission

NEVER_SENT = {Scenario.MISSING: (2, 3), Scenario.DORMANT: (2, 3), Scenario.HANDED_OVER: (3,)}
"""The indexes of the quarters whose reports are never sent."""
RETURNED_PLACES = (1, 3)
NIL = 2
WAITS_SINCE = timedelta(days=3, hours=2)
RETURNED_SINCE = timedelta(days=4)
DECISION_MARGIN = timedelta(minutes=20)
SENDING_MARGIN = timedelta(minutes=40)
DORMANT_SINCE = 38  # days before
REASON = "Please look at the number of those who would speak up again: more have answered than have come."
REST = "Its people have moved away for work. They would like to begin again next year."


def report(life: Life) -> None:
    """Schedule the reports, and the day on which a dormant chapter becomes so."""
    for place, period in enumerate((*life.days.quarters, life.days.quarter_now)):
        life.at(datetime.combine(period.starts_on, time(6), tzinfo=UTC), partial(_ask, period))
        is_over = place < len(life.days.quarters)
        if is_over and place not in NEVER_SENT.get(life.actor.scenario, ()):
            _put_sending(life, place, period)
    if life.actor.scenario is Scenario.MISSING:
        life.at(_morning_after(life.days.quarters[-1], days=9), partial(_draft, life.days.quarters[-1]))
    if life.actor.scenario is Scenario.DORMANT:
        life.on(life.days.ago(DORMANT_SINCE), _rest)


def _put_sending(life: Life, place: int, period: Period) -> None:
    """Schedule the sending of a report, with UN Women's decision."""
    scenario, is_last = life.actor.scenario, place == len(life.days.quarters) - 1
    days = life.rng.randrange(5, 20)
    if scenario is Scenario.LATE:
        days = (period.due_on - period.ends_on).days + life.rng.randrange(5, 15)
    earliest = _morning_after(period, days=1)
    if is_last and scenario is Scenario.LATE:
        life.at(max(earliest, life.until - WAITS_SINCE), partial(_send, period, "left waiting"))
    elif is_last and scenario is Scenario.RETURNED:
        life.at(max(earliest, life.until - RETURNED_SINCE - timedelta(days=2)), partial(_send, period, "returned"))
    else:
        verdict = "returned, sent again" if scenario is Scenario.RETURNED and place in RETURNED_PLACES else "approved"
        moment = min(_morning_after(period, days=days), max(earliest, life.until - SENDING_MARGIN))
        life.at(moment, partial(_send, period, verdict))


def _morning_after(period: Period, *, days: int) -> datetime:
    return datetime.combine(period.ends_on + timedelta(days=days), time(8, 20), tzinfo=UTC)


def _ask(period: Period, life: Life, at: datetime) -> None:
    if life.people:  # else there is no chapter yet, or it has no members
        open_report(life.session, period=period, at=at)


def _send(period: Period, verdict: str, life: Life, at: datetime) -> None:
    """Write and send a report if it is expected and the quarter is over in the chapter's time zone."""
    expected_report = report_for(life.session, period)
    if expected_report is None or life.days.day_of(at) <= period.ends_on:
        return
    is_nil = period == life.days.quarters[NIL] and life.actor.scenario is Scenario.NIL
    submission = send_written(
        life.session,
        report_id=expected_report.id,
        seen=expected_report.edited,
        words=_words(life, is_nil=is_nil),
        typed_values={} if is_nil else _typed_values(life, period),
        actor_id=life.person_for(Permission.SUBMIT_REPORT).user_id,
        at=at,
        is_nil=is_nil,
    )

    def decide(life: Life, at: datetime) -> None:
        by = life.desk.of(life.actor.country)
        if not verdict.startswith("returned"):
            approve_report(life.session, report_id=expected_report.id, number=submission.number, actor_id=by, at=at)
            return
        return_report(
            life.session, report_id=expected_report.id, number=submission.number, reason=REASON, actor_id=by, at=at
        )
        if verdict == "returned, sent again":
            life.at(at + timedelta(days=4), partial(_send, period, "approved"))

    if verdict != "left waiting":
        soon = at + timedelta(days=life.rng.randrange(1, 4), hours=2)
        life.at(min(soon, max(at + DECISION_MARGIN, life.until - DECISION_MARGIN)), decide)


def _draft(period: Period, life: Life, at: datetime) -> None:
    """Save a draft of a report that is never sent."""
    expected_report = report_for(life.session, period)
    if expected_report is not None:
        save_draft(
            life.session,
            report_id=expected_report.id,
            seen=expected_report.edited,
            words={"what_was_hard": life.actor.lesson},
            typed_values={},
            actor_id=life.person_for(Permission.EDIT_REPORT).user_id,
            at=at,
        )


def _words(life: Life, *, is_nil: bool) -> dict[str, str]:
    actor = life.actor
    if is_nil:
        return {"what_was_hard": phrase("nil", actor), "what_next": phrase("next", actor)}
    return {
        "what_changed": actor.outcome,
        "what_women_say": phrase("women", actor),
        "what_was_hard": actor.lesson,
        "what_next": phrase("next", actor),
    }


def _typed_values(life: Life, period: Period) -> dict[str, TypedValue]:
    """Return the values that no records give: workplaces with a policy, answers to a question, people trained."""
    place = life.days.quarters.index(period)
    respondents = life.rng.randrange(24, 60)
    would = round(respondents * life.rng.uniform(0.6, 0.75 + place / 20))
    facilitators = life.rng.randrange(0, 9)
    return {
        "workplaces_with_policy": TypedValue(1 + place + life.rng.randrange(2)),
        "would_speak_up": TypedValue(would, respondents)
        if life.rng.random() > 0.1
        else TypedValue(None, missing=Missing.NOT_AVAILABLE),
        "facilitators_trained": TypedValue(facilitators),
    }


def _rest(life: Life, at: datetime) -> None:
    make_dormant(life.session, actor_id=life.desk.of(life.actor.country), at=at, reason=REST)
