"""A chapter's plan: written from our template, submitted, sometimes returned, approved, and carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from solidarity.demonstration.chapters.model import Scenario
from solidarity.demonstration.life import Life
from solidarity.demonstration.log import log_planned
from tenants.action_kit.plan.lines import (
    LineEntry,
    add_line,
    drop_activity,
    find_line,
    line_entry,
    remove_line,
    revise_line,
    start_from_template,
)
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.action_kit.plan.queries import living_lines
from tenants.action_kit.plan.services import approve_plan, return_plan, submit_plan
from tenants.people.permissions import Permission

WRITING_DAY = 24  # days after the beginning
SENDING_DAY = 29
FIRST_DUE = 48
DUE_SOON = 8  # days after the day of the demonstration, for the last activity
REPETITIONS = 3  # how often the last activity is planned
REPEATED_FROM = 60  # days before its due date
OVERDUE = 11  # days before, for an activity that was forgotten
FORGETFUL = (Scenario.LATE, Scenario.MISSING, Scenario.VACANT)
CHANGES_ITS_PLAN = (Scenario.OUTSIDE, Scenario.NO_RATE)
CHANGED = 3  # days before
SENT_BACK = 6  # days before
RETURNED_IN = 3  # one plan in so many is returned at first
REASON = "Please say who is responsible for the first conversations, and leave a week between the two trainings."


def make_a_plan(life: Life) -> None:
    """Schedule writing, submitting and deciding. The plan of a new chapter was returned a few days ago."""
    life.on(life.days.after(WRITING_DAY), _write)
    if life.actor.scenario is Scenario.NEWCOMER:
        life.on(life.days.workday(life.days.ago(SENT_BACK + 2)), partial(_send, is_fit=False, is_sent_again=False))
        return
    is_fit = life.rng.randrange(RETURNED_IN) > 0
    life.on(life.days.after(SENDING_DAY), partial(_send, is_fit=is_fit))
    if life.actor.scenario in CHANGES_ITS_PLAN:
        life.on(life.days.workday(life.days.ago(CHANGED)), _change)


def _write(life: Life, at: datetime) -> None:
    """Start from the template, replace each line by the chapter's text, and add the remaining activities."""
    actor, writer = life.actor, life.person_for(Permission.EDIT_PLAN).user_id
    start_from_template(life.session, actor_id=writer, at=at)
    lines = living_lines(life.session)
    titles = {LineKind.OUTCOME: [actor.outcome], LineKind.OUTPUT: list(actor.outputs)}
    activities = list(zip(actor.planned, _due_days(life), strict=True))
    last_output: UUID | None = None
    for line in lines:
        if line.kind == LineKind.ACTIVITY:
            if not activities:
                remove_line(life.session, actor_id=writer, at=at, line_id=line.id)
                continue
            entry = _activity(life, *activities.pop(0))
        else:
            entry = LineEntry(titles[LineKind(line.kind)].pop(0))
            last_output = line.id if line.kind == LineKind.OUTPUT else None
        revise_line(life.session, actor_id=writer, at=at, line_id=line.id, seen=line.number, entry=entry)
    for title, due_on in activities:
        add_line(
            life.session,
            actor_id=writer,
            at=at,
            kind=LineKind.ACTIVITY,
            parent_id=last_output,
            entry=_activity(life, title, due_on),
        )


def _due_days(life: Life) -> list[date]:
    """Return the due date of each planned activity: the last one soon, the others about evenly before."""
    first = life.days.began + timedelta(days=FIRST_DUE)
    last = life.days.ago(OVERDUE if life.actor.scenario in FORGETFUL else OVERDUE + 20)
    times = len(life.actor.planned) - 1
    step = max((last - first).days // max(times - 1, 1), 1)
    return [*(last - timedelta(days=step * left) for left in reversed(range(times))), life.days.ago(-DUE_SOON)]


def _activity(life: Life, title: str, due_on: date) -> LineEntry:
    responsible, is_last = life.rng.choice(life.people), due_on == life.days.ago(-DUE_SOON)
    return LineEntry(
        title,
        starts_on=due_on - timedelta(days=REPEATED_FROM if is_last else 30),
        due_on=due_on,
        responsible_id=responsible.membership_id,
        times=REPETITIONS if is_last else 1,
    )


def _send(life: Life, at: datetime, *, is_fit: bool = True, is_sent_again: bool = True) -> None:
    """Submit the plan. The decision follows two days later. A returned plan may be submitted again a week later."""
    sender = life.person_for(Permission.EDIT_PLAN).user_id
    version = submit_plan(life.session, actor_id=sender, at=at)

    def decide(life: Life, at: datetime) -> None:
        by, is_desk = life.decider(Permission.APPROVE_PLAN, but=sender)
        if is_fit:
            approve_plan(life.session, actor_id=by, at=at, version_id=version.id, is_desk=is_desk)
            _work_off(life)
            return
        return_plan(life.session, actor_id=by, at=at, version_id=version.id, reason=REASON, is_desk=is_desk)
        if is_sent_again:
            life.on(life.days.workday(at.date() + timedelta(days=7)), _send)

    life.on(at.date() + timedelta(days=2), decide)


def _work_off(life: Life) -> None:
    """Schedule each activity near its due date, except the one that a forgetful chapter forgets."""
    lines = [line for line in living_lines(life.session) if line.kind == LineKind.ACTIVITY]
    for line in lines:
        if line.due_on is not None and not _is_forgotten(life, line):
            day = life.days.workday(line.due_on - timedelta(days=life.rng.randrange(3)))
            life.on(day, partial(_hold, line.id))


def _is_forgotten(life: Life, line: PlanLine) -> bool:
    return life.actor.scenario in FORGETFUL and line.due_on == life.days.ago(OVERDUE)


def _hold(line_id: UUID, life: Life, at: datetime) -> None:
    """Log that an activity took place. A chapter that rests drops it."""
    line = find_line(life.session, line_id)
    if life.days.rests(life.days.day_of(at)):
        drop_activity(life.session, actor_id=life.person_for(Permission.EDIT_PLAN).user_id, at=at, line_id=line_id)
    elif line is not None:
        log_planned(line, life, at)


def _change(life: Life, at: datetime) -> None:
    """Move the due date of the last activity by two weeks, and submit the plan again, which then waits."""
    actor_id = life.person_for(Permission.EDIT_PLAN).user_id
    line = next(line for line in reversed(living_lines(life.session)) if line.kind == LineKind.ACTIVITY)
    due_on = life.days.ago(-DUE_SOON - 14)
    entry = replace(line_entry(line), due_on=due_on)
    revise_line(life.session, actor_id=actor_id, at=at, line_id=line.id, seen=line.number, entry=entry)
    submit_plan(life.session, actor_id=actor_id, at=at)
