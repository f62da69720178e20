"""What step 1 expects: somebody who answers, who is still the right person, and whose term runs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from harness.people import SINCE, Person, World, join, onboard, part, person

from tenants import clock
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.focal_point import services
from tenants.action_kit.focal_point.obligations import CONFIRM_FOCAL_POINT, TERM_ENDING, VACANCY
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import opened
from tenants.obligations.models import ObligationState
from tenants.overview.obligations import obligations_due, obligations_of
from tenants.overview.steps import states_of, step_states
from tenants.people.permissions import Role
from tenants.people.terms import Rank
from tenants.scope import ChapterScope, DeskScope

BEGUN, LAST_DAY, A_DAY = SINCE.date(), date(2028, 1, 11), timedelta(days=1)
HALF_A_YEAR = timedelta(days=182)


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        who = person(name)
        join(world.recife, who, role)
    return who


def noon(day: date) -> datetime:
    return SINCE.replace(year=day.year, month=day.month, day=day.day)


def looking_ahead(world: World, today: date, by: date) -> list[Any]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        found = obligations_due(session, by=by, today=today, quiet_weeks=4)
    return [each for each in found if each.kind.step == "focal_point"]


def test_alice_is_asked_twice_a_year_by_name_and_one_press_answers(world, recife):
    term = recife.terms(world.alice)[0]
    assert recife.due(BEGUN + HALF_A_YEAR - A_DAY) == []
    (asked,) = recife.due(BEGUN + HALF_A_YEAR)
    assert (asked.kind, asked.title, asked.subject_id) == (CONFIRM_FOCAL_POINT, "Alice", term.id)
    assert asked.owner_id == recife.seat(world.alice).id
    assert asked.state(BEGUN + HALF_A_YEAR) is ObligationState.DUE
    recife.act(services.confirm_term, by=world.alice, at=noon(BEGUN + HALF_A_YEAR), term_id=term.id)
    assert recife.due(BEGUN + HALF_A_YEAR) == []
    (again,) = recife.due(BEGUN + 2 * HALF_A_YEAR)
    assert again.due_on == BEGUN + 2 * HALF_A_YEAR


def test_those_who_stand_beside_are_not_asked(world, recife):
    newcomer(world, "Duda", Role.DEPUTY)
    assert {due.owner_id for due in recife.due(BEGUN + HALF_A_YEAR)} == {recife.seat(world.alice).id}


def test_the_end_of_a_term_is_announced_weeks_before_and_renewing_settles_it(world, recife):
    term = recife.terms(world.alice)[0]
    recife.act(services.confirm_term, by=world.alice, at=noon(LAST_DAY - 2 * HALF_A_YEAR), term_id=term.id)
    early = LAST_DAY - timedelta(days=60)
    recife.act(services.confirm_term, by=world.alice, at=noon(early), term_id=term.id)
    (ending,) = looking_ahead(world, early, LAST_DAY)
    assert (ending.kind, ending.title, ending.due_on, ending.subject_id) == (TERM_ENDING, "Alice", LAST_DAY, term.id)
    assert ending.owner_id == recife.seat(world.alice).id
    recife.act(services.renew_term, by=world.alice, at=noon(early), term_id=term.id)
    assert looking_ahead(world, early, LAST_DAY) == []


def test_nobody_is_asked_to_confirm_what_ends_before(world, recife):
    recife.hand_over(world.alice, world.bob, at=SINCE + A_DAY, ends_on=BEGUN + timedelta(days=90))
    assert [due.kind for due in looking_ahead(world, BEGUN + A_DAY, BEGUN + 2 * HALF_A_YEAR)] == [TERM_ENDING]


def test_a_term_that_ran_out_leaves_a_vacancy_which_is_not_hers_to_be_told_of(world, recife):
    day = LAST_DAY + A_DAY
    (vacancy,) = recife.due(day)
    assert (vacancy.kind, vacancy.due_on, vacancy.owner_id) == (VACANCY, day, None)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        everything = obligations_due(session, by=day, quiet_weeks=4)
    assert {due.owner_id for due in everything} == {None}, "nothing is anybody's in a chapter nobody leads"


def test_a_deputy_is_told_of_the_vacancy_and_leads_until_it_is_filled(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    day = BEGUN + timedelta(days=40)
    with world.app.app_context():
        part(world.recife, world.alice, noon(day))
    (vacancy,) = recife.due(day)
    assert (vacancy.due_on, vacancy.owner_id) == (day, recife.seat(duda).id)
    choice = services.Choice(recife.seat(world.bob).id)
    recife.act(services.appoint, by=duda, at=noon(day), choice=choice, rank=Rank.PRIMARY)
    assert recife.due(day) == []
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        quiet = [due for due in obligations_due(session, by=day, quiet_weeks=4) if due.kind is QUIET_CHAPTER]
    assert [due.owner_id for due in quiet] == [recife.seat(world.bob).id]


def test_a_deputy_whose_own_term_ran_out_still_hears_of_it_while_nobody_answers(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    assert [due.owner_id for due in recife.due(LAST_DAY + A_DAY)] == [recife.seat(duda).id]


@pytest.mark.parametrize("days", [0, 1])
def test_the_desk_sees_the_vacancy_of_its_countries_beside_a_world_of_others_and_no_name(world, days):
    day = BEGUN + timedelta(days=40)
    with world.app.app_context():
        others = [onboard(f"place-{number}", f"Place {number}", "BR", "America/Recife", ["pt"]) for number in range(4)]
        for number, place in enumerate(others):
            join(place, person(f"Head{number}"), Role.FOCAL_POINT)
        part(world.recife, world.alice, noon(day))
        asked = [world.recife.id, world.huye.id, *(place.id for place in others)]
        today = day + timedelta(days=days)
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            found = obligations_of(session, asked, by=today + HALF_A_YEAR, today=today, quiet_weeks=4)
            states = states_of(
                session, asked, today=today, obligations=[each for each in found if each.due_on <= today]
            )
        with opened(DeskScope(("RW",))) as session:
            in_rwanda = obligations_of(session, asked, by=today, today=today, quiet_weeks=4)
    vacant = [each for each in found if each.kind is VACANCY]
    assert [(each.chapter_id, each.due_on, each.title, each.owner_id) for each in vacant] == [
        (world.recife.id, day, None, None)
    ]
    assert {each.title for each in found if each.kind is CONFIRM_FOCAL_POINT} == {None}
    assert states[world.recife.id][0] == ("att", "late")[days]
    assert states[world.huye.id][0] == "done"
    assert [each for each in in_rwanda if each.kind is VACANCY] == []


def test_step_one_is_done_while_somebody_answers_and_late_once_nobody_does(world):
    def states(day: date) -> str:
        with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
            owed = obligations_due(session, by=day, quiet_weeks=4)
            return step_states(session, today=day, obligations=owed)[0]

    assert states(BEGUN) == "done"
    assert states(BEGUN + HALF_A_YEAR) == "att"
    assert states(LAST_DAY + A_DAY) == "att"
    assert states(LAST_DAY + 2 * A_DAY) == "late"
    assert clock.now().date() < LAST_DAY, "the standing term still runs"
