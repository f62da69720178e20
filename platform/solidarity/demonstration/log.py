"""A chapter's log: activities, logged a few days later, sometimes corrected, not counted, or with fewer questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from solidarity.demonstration.chapters.model import PlannedActivity, Scenario
from solidarity.demonstration.events import crowd
from solidarity.demonstration.life import Life
from tenants.action_kit.activities.services import ActivityEntry, log_activity, revise_activity
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.plan.models import PlanLine
from tenants.action_kit.plan.queries import open_activities
from tenants.db import new_id
from tenants.people.permissions import Permission

FIRST_HELD = 16  # days after the beginning
LAST_HELD = 3  # days before
INTERVAL_DAYS = 24  # days, about
MIN_ACTIVITIES, MAX_ACTIVITIES = 4, 20
PUT_RIGHT_IN = 7
UNCOUNTED_IN = 14
NOT_ASKED_IN = 11
PUT_RIGHT_LATE = 6  # days before, weeks after the report


def keep_the_log(life: Life) -> None:
    """Schedule a year of activities: the planned activities in turn, each time with other counts."""
    first, last = life.days.began + timedelta(days=FIRST_HELD), life.days.ago(LAST_HELD)
    times = min(max((last - first).days // INTERVAL_DAYS, MIN_ACTIVITIES), MAX_ACTIVITIES)
    days = life.days.spread(first, last, times, life.rng)
    reported_days = [day for day in days if Period.of(day) == life.days.quarters[-2]]
    late = reported_days[0] if reported_days and life.actor.scenario is Scenario.LATE else None
    for number, held_on in enumerate(days):
        planned_activity = life.actor.planned_activities[number % len(life.actor.planned_activities)]
        told_on = min(held_on + timedelta(days=life.rng.randrange(3)), last)
        life.on(told_on, partial(_log, planned_activity, held_on, is_put_right_late=held_on == late))


def _log(
    planned_activity: PlannedActivity, held_on: date, life: Life, at: datetime, *, is_put_right_late: bool
) -> None:
    by = life.person_for(Permission.LOG_ACTIVITY).user_id
    is_counted = is_put_right_late or life.rng.randrange(UNCOUNTED_IN) > 0
    entry = _entry(planned_activity, held_on, people=_varied(life, planned_activity), is_counted=is_counted)
    entry = replace(entry, plan_line_id=_repeated_line(life, held_on))
    if is_counted and life.rng.randrange(NOT_ASKED_IN) == 0:
        entry = replace(entry, first_time=None, came_before=None, not_sure=None)
    activity = log_activity(life.session, actor_id=by, at=at, form_key=new_id(), entry=entry)
    if not is_counted:
        return
    right = _entry(
        planned_activity,
        held_on,
        people=(planned_activity.people[0] + 2, planned_activity.people[1] + 1, planned_activity.people[2]),
    )
    right = replace(right, plan_line_id=entry.plan_line_id)
    if is_put_right_late:
        life.on(life.days.ago(PUT_RIGHT_LATE), partial(_put_right, activity.id, right))
    elif life.rng.randrange(PUT_RIGHT_IN) == 0:
        life.on(life.days.day_of(at) + timedelta(days=1), partial(_put_right, activity.id, right))


def log_planned(line: PlanLine, life: Life, at: datetime) -> None:
    """Log that an activity of the plan took place today."""
    planned_activity, by = life.rng.choice(life.actor.planned_activities), life.person_for(Permission.LOG_ACTIVITY)
    entry = _entry(planned_activity, life.days.day_of(at), people=_varied(life, planned_activity))
    entry = replace(entry, title=line.title, plan_line_id=line.id)
    log_activity(life.session, actor_id=by.user_id, at=at, form_key=new_id(), entry=entry)


def _repeated_line(life: Life, held_on: date) -> UUID | None:
    """Return the line of the plan that the activity of a day belongs to: one that is planned more than once more."""
    for row in open_activities(life.session):
        if row.line.starts_on is not None and row.line.starts_on <= held_on and row.held + 1 < row.line.times:
            return row.line.id
    return None


def _put_right(activity_id: UUID, entry: ActivityEntry, life: Life, at: datetime) -> None:
    """Revise an activity with other counts. The first revision stays readable."""
    by = life.person_for(Permission.LOG_ACTIVITY).user_id
    revise_activity(life.session, actor_id=by, at=at, activity_id=activity_id, seen=1, entry=entry)


def _varied(life: Life, planned_activity: PlannedActivity) -> tuple[int, int, int]:
    women, men, other_people = planned_activity.people
    return (
        max(round(women * life.rng.uniform(0.7, 1.4)), 1),
        max(round(men * life.rng.uniform(0.7, 1.4)), 1),
        other_people,
    )


def _entry(
    planned_activity: PlannedActivity, held_on: date, *, people: tuple[int, int, int], is_counted: bool = True
) -> ActivityEntry:
    """Return an entry in which a third of the people had come before."""
    attendance = sum(people)
    entry = ActivityEntry(
        kind=planned_activity.kind,
        title=planned_activity.title,
        held_on=held_on,
        place=planned_activity.place,
        narrative=planned_activity.narrative,
        counts=crowd(*people),
        first_time=attendance - attendance // 3 - attendance // 10,
        came_before=attendance // 3,
        not_sure=attendance // 10,
    )
    return entry if is_counted else replace(entry, counts=None, first_time=None, came_before=None, not_sure=None)
