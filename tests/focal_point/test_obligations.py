"""The obligations of step 1: a focal point is appointed, has confirmed recently, and has a running term."""

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

FIRST_DAY, LAST_DAY, A_DAY = SINCE.date(), date(2028, 1, 11), timedelta(days=1)
HALF_A_YEAR = timedelta(days=182)


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def noon(day: date) -> datetime:
    return SINCE.replace(year=day.year, month=day.month, day=day.day)


def looking_ahead(world: World, today: date, by: date) -> list[Any]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        obligations = obligations_due(session, by=by, today=today, quiet_weeks=4)
    return [obligation for obligation in obligations if obligation.kind.step == "focal_point"]


def test_alice_is_asked_twice_a_year_by_name_and_one_press_answers(world, recife):
    term = recife.terms(world.alice)[0]
    assert recife.due(FIRST_DAY + HALF_A_YEAR - A_DAY) == []
    (obligation,) = recife.due(FIRST_DAY + HALF_A_YEAR)
    assert (obligation.kind, obligation.title, obligation.subject_id) == (CONFIRM_FOCAL_POINT, "Alice", term.id)
    assert obligation.owner_id == recife.own_membership(world.alice).id
    assert obligation.state(FIRST_DAY + HALF_A_YEAR) is ObligationState.DUE
    recife.act(services.confirm_term, by=world.alice, at=noon(FIRST_DAY + HALF_A_YEAR), term_id=term.id)
    assert recife.due(FIRST_DAY + HALF_A_YEAR) == []
    (next_obligation,) = recife.due(FIRST_DAY + 2 * HALF_A_YEAR)
    assert next_obligation.due_on == FIRST_DAY + 2 * HALF_A_YEAR


def test_those_who_stand_beside_are_not_asked(world, recife):
    newcomer(world, "Duda", Role.DEPUTY)
    assert {due.owner_id for due in recife.due(FIRST_DAY + HALF_A_YEAR)} == {recife.own_membership(world.alice).id}


def test_the_end_of_a_term_is_announced_weeks_before_and_renewing_settles_it(world, recife):
    term = recife.terms(world.alice)[0]
    recife.act(services.confirm_term, by=world.alice, at=noon(LAST_DAY - 2 * HALF_A_YEAR), term_id=term.id)
    early = LAST_DAY - timedelta(days=60)
    recife.act(services.confirm_term, by=world.alice, at=noon(early), term_id=term.id)
    (ending,) = looking_ahead(world, early, LAST_DAY)
    assert (ending.kind, ending.title, ending.due_on, ending.subject_id) == (TERM_ENDING, "Alice", LAST_DAY, term.id)
    assert ending.owner_id == recife.own_membership(world.alice).id
    recife.act(services.renew_term, by=world.alice, at=noon(early), term_id=term.id)
    assert looking_ahead(world, early, LAST_DAY) == []


def test_nobody_is_asked_to_confirm_what_ends_before(world, recife):
    recife.hand_over(world.alice, world.bob, at=SINCE + A_DAY, ends_on=FIRST_DAY + timedelta(days=90))
    assert [due.kind for due in looking_ahead(world, FIRST_DAY + A_DAY, FIRST_DAY + 2 * HALF_A_YEAR)] == [TERM_ENDING]


def test_a_term_that_ran_out_leaves_a_vacancy_which_is_not_hers_to_be_told_of(world, recife):
    day = LAST_DAY + A_DAY
    (vacancy,) = recife.due(day)
    assert (vacancy.kind, vacancy.due_on, vacancy.owner_id) == (VACANCY, day, None)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        obligations = obligations_due(session, by=day, quiet_weeks=4)
    assert {due.owner_id for due in obligations} == {None}, "nothing is anybody's in a chapter nobody leads"


def test_a_deputy_is_told_of_the_vacancy_and_leads_until_it_is_filled(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    day = FIRST_DAY + timedelta(days=40)
    with world.app.app_context():
        part(world.recife, world.alice, noon(day))
    (vacancy,) = recife.due(day)
    assert (vacancy.due_on, vacancy.owner_id) == (day, recife.own_membership(duda).id)
    choice = services.Choice(recife.own_membership(world.bob).id)
    recife.act(services.appoint, by=duda, at=noon(day), choice=choice, rank=Rank.PRIMARY)
    assert recife.due(day) == []
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        quiet = [due for due in obligations_due(session, by=day, quiet_weeks=4) if due.kind is QUIET_CHAPTER]
    assert [due.owner_id for due in quiet] == [recife.own_membership(world.bob).id]


def test_a_deputy_whose_own_term_ran_out_still_hears_of_it_while_nobody_answers(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    assert [due.owner_id for due in recife.due(LAST_DAY + A_DAY)] == [recife.own_membership(duda).id]


@pytest.mark.parametrize("days", [0, 1])
def test_the_desk_sees_the_vacancy_of_its_countries_beside_a_world_of_others_and_no_name(world, days):
    day = FIRST_DAY + timedelta(days=40)
    with world.app.app_context():
        places = [onboard(f"place-{number}", f"Place {number}", "BR", "America/Recife", ["pt"]) for number in range(4)]
        for number, place in enumerate(places):
            join(place, person(f"Head{number}"), Role.FOCAL_POINT)
        part(world.recife, world.alice, noon(day))
        chapter_ids = [world.recife.id, world.huye.id, *(place.id for place in places)]
        today = day + timedelta(days=days)
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            obligations = obligations_of(session, chapter_ids, by=today + HALF_A_YEAR, today=today, quiet_weeks=4)
            states = states_of(
                session,
                chapter_ids,
                today=today,
                obligations=[obligation for obligation in obligations if obligation.due_on <= today],
            )
        with opened(DeskScope(("RW",))) as session:
            in_rwanda = obligations_of(session, chapter_ids, by=today, today=today, quiet_weeks=4)
    vacant = [obligation for obligation in obligations if obligation.kind is VACANCY]
    assert [
        (obligation.chapter_id, obligation.due_on, obligation.title, obligation.owner_id) for obligation in vacant
    ] == [(world.recife.id, day, None, None)]
    assert {obligation.title for obligation in obligations if obligation.kind is CONFIRM_FOCAL_POINT} == {None}
    assert states[world.recife.id][0] == ("att", "late")[days]
    assert states[world.huye.id][0] == "done"
    assert [obligation for obligation in in_rwanda if obligation.kind is VACANCY] == []


def test_step_one_is_done_while_somebody_answers_and_late_once_nobody_does(world):
    def states(day: date) -> str:
        with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
            obligations = obligations_due(session, by=day, quiet_weeks=4)
            return step_states(session, today=day, obligations=obligations)[0]

    assert states(FIRST_DAY) == "done"
    assert states(FIRST_DAY + HALF_A_YEAR) == "att"
    assert states(LAST_DAY + A_DAY) == "att"
    assert states(LAST_DAY + 2 * A_DAY) == "late"
    assert clock.now().date() < LAST_DAY, "the standing term still runs"
