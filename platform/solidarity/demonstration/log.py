"""A chapter's log: what it did, told a few days later, sometimes put right, sometimes not counted at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from solidarity.demonstration.chapters.model import Deed, Story
from solidarity.demonstration.events import crowd
from solidarity.demonstration.life import Life
from tenants.action_kit.activities.services import ActivityEntry, log_activity, revise_activity
from tenants.action_kit.evaluation.periods import Period
from tenants.db import new_id
from tenants.people.permissions import Permission

FIRST_HELD = 16  # days after the beginning
LAST_HELD = 3  # days before
INTERVAL_DAYS = 24  # days, about
MIN_ACTIVITIES, MAX_ACTIVITIES = 4, 20
PUT_RIGHT_IN = 7
UNCOUNTED_IN = 14
PUT_RIGHT_LATE = 6  # days before, long after the report


def keep_the_log(life: Life) -> None:
    """Put a year of activities on the agenda: the deeds in turn, each time with other people."""
    first, last = life.days.began + timedelta(days=FIRST_HELD), life.days.ago(LAST_HELD)
    times = min(max((last - first).days // INTERVAL_DAYS, MIN_ACTIVITIES), MAX_ACTIVITIES)
    days = life.days.spread(first, last, times, life.dice)
    reported_days = [day for day in days if Period.of(day) == life.days.quarters[-2]]
    late = reported_days[0] if reported_days and life.actor.story is Story.LATE else None
    for number, held_on in enumerate(days):
        deed = life.actor.deeds[number % len(life.actor.deeds)]
        told_on = min(held_on + timedelta(days=life.dice.randrange(3)), last)
        life.on(told_on, partial(_log, deed, held_on, is_put_right_late=held_on == late))


def _log(deed: Deed, held_on: date, life: Life, at: datetime, *, is_put_right_late: bool) -> None:
    by = life.who(Permission.LOG_ACTIVITY).user_id
    is_counted = is_put_right_late or life.dice.randrange(UNCOUNTED_IN) > 0
    entry = _entry(deed, held_on, people=_varied(life, deed), is_counted=is_counted)
    activity = log_activity(life.session, actor_id=by, at=at, form_key=new_id(), entry=entry)
    if not is_counted:
        return
    right = _entry(deed, held_on, people=(deed.people[0] + 2, deed.people[1] + 1, deed.people[2]))
    if is_put_right_late:
        life.on(life.days.ago(PUT_RIGHT_LATE), partial(_put_right, activity.id, right))
    elif life.dice.randrange(PUT_RIGHT_IN) == 0:
        life.on(life.days.day_of(at) + timedelta(days=1), partial(_put_right, activity.id, right))


def _put_right(activity_id: UUID, entry: ActivityEntry, life: Life, at: datetime) -> None:
    """Say it again with other numbers; what was first said stays readable."""
    by = life.who(Permission.LOG_ACTIVITY).user_id
    revise_activity(life.session, actor_id=by, at=at, activity_id=activity_id, seen=1, entry=entry)


def _varied(life: Life, deed: Deed) -> tuple[int, int, int]:
    women, men, other_people = deed.people
    return (
        max(round(women * life.dice.uniform(0.7, 1.4)), 1),
        max(round(men * life.dice.uniform(0.7, 1.4)), 1),
        other_people,
    )


def _entry(deed: Deed, held_on: date, *, people: tuple[int, int, int], is_counted: bool = True) -> ActivityEntry:
    """Return an entry; a third of those who came had been there before."""
    attendance = sum(people)
    entry = ActivityEntry(
        kind=deed.kind,
        title=deed.title,
        held_on=held_on,
        place=deed.place,
        narrative=deed.narrative,
        counts=crowd(*people),
        first_time=attendance - attendance // 3 - attendance // 10,
        came_before=attendance // 3,
        not_sure=attendance // 10,
    )
    return entry if is_counted else replace(entry, counts=None, first_time=None, came_before=None, not_sure=None)
