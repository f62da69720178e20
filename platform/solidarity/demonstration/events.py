"""A chapter's launch: planning, checklist, event and head counts. The launch of a new chapter is in the future."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from solidarity.demonstration.chapters.model import Scenario
from solidarity.demonstration.life import Life
from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.launch.entries import EventEntry, moment_there
from tenants.action_kit.launch.models import TallyKind
from tenants.action_kit.launch.queries import items_of
from tenants.action_kit.launch.services import finish_item, plan_event, record_tally
from tenants.people.permissions import Permission

PLANNING_DAY, EVENT_DAY = 34, 84  # days after the beginning
TO_COME = 11  # days after the day of the demonstration
FORGOTTEN_ITEM = "invitations_sent"  # by a new chapter: overdue on the day of the demonstration
BEGINS = time(17)
COUNTED_AGAIN_IN = 4


def launch(life: Life) -> None:
    """Schedule the launch, from its planning to the head counts."""
    is_new = life.actor.scenario is Scenario.NEWCOMER
    held_on = life.days.ago(-TO_COME) if is_new else life.days.after(EVENT_DAY + life.rng.randrange(12))
    life.on(life.days.after(PLANNING_DAY), partial(_plan, held_on))


def _plan(held_on: date, life: Life, at: datetime) -> None:
    actor, by = life.actor, life.person_for(Permission.EDIT_LAUNCH).user_id
    expected = life.rng.randrange(6, 24) * 10
    entry = EventEntry(
        title=actor.event,
        place=actor.event_place,
        host=actor.partner,
        zone=actor.zone,
        starts_at=moment_there(held_on, BEGINS, actor.zone),
        expected_people=expected,
    )
    event = plan_event(life.session, actor_id=by, at=at, entry=entry)
    for item in items_of(life.session, event.id):
        if actor.scenario is not Scenario.NEWCOMER or item.code != FORGOTTEN_ITEM:
            day = max(item.due_on - timedelta(days=1), life.days.day_of(at) + timedelta(days=1))
            life.on(day, partial(_finish, item.id))
    life.on(held_on + timedelta(days=1), partial(_count, event.id, expected))


def _finish(item_id: UUID, life: Life, at: datetime) -> None:
    finish_item(life.session, actor_id=life.person_for(Permission.EDIT_LAUNCH).user_id, at=at, item_id=item_id)


def _count(event_id: UUID, expected: int, life: Life, at: datetime) -> None:
    """Record the attendance and the sign-ups. Some chapters correct the sign-ups on the next day."""
    by = life.person_for(Permission.EDIT_LAUNCH).user_id
    attendance = round(expected * life.rng.uniform(0.7, 1.3))
    record_tally(
        life.session,
        actor_id=by,
        at=at,
        event_id=event_id,
        kind=TallyKind.ATTENDANCE,
        counts=crowd(attendance * 2 // 5, attendance - attendance * 2 // 5, life.rng.randrange(3)),
        seen=0,
    )
    if life.actor.scenario is Scenario.NIL:
        return  # each quarter's report includes the sign-ups, so a later report could not be nil
    signups = attendance // 3

    def sign(life: Life, at: datetime, *, people: int, seen: int) -> None:
        counts = crowd(people // 4, people - people // 4, 0)
        record_tally(
            life.session, actor_id=by, at=at, event_id=event_id, kind=TallyKind.SIGNUPS, counts=counts, seen=seen
        )

    sign(life, at, people=signups, seen=0)
    if life.rng.randrange(COUNTED_AGAIN_IN) == 0:
        life.on(life.days.day_of(at) + timedelta(days=1), partial(sign, people=signups + 2, seen=1))


def crowd(women: int, men: int, other_people: int) -> dict[Cell, int]:
    """Return counts by cell: mostly adults, a third of them young, some girls and boys, some of unknown age."""
    young_women, young_men, girls, boys, old = women // 4, men // 3, women // 6, men // 8, women // 9
    counts = {
        (Sex.WOMEN, AgeBand.UNDER_18): girls,
        (Sex.WOMEN, AgeBand.FROM_18_TO_24): young_women,
        (Sex.WOMEN, AgeBand.FROM_25_TO_59): women - girls - young_women - old,
        (Sex.WOMEN, AgeBand.FROM_60): old,
        (Sex.MEN, AgeBand.UNDER_18): boys,
        (Sex.MEN, AgeBand.FROM_18_TO_24): young_men,
        (Sex.MEN, AgeBand.FROM_25_TO_59): men - young_men - boys,
        (Sex.OTHER, AgeBand.UNKNOWN): other_people,
    }
    return {cell: people for cell, people in counts.items() if people}
