"""Terms of the focal point: begun, confirmed, renewed, handed over and ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from harness.people import SINCE, Person, World, join, part, person
from sqlalchemy import select

from tenants.action_kit.focal_point import services
from tenants.action_kit.focal_point.queries import has_rank
from tenants.action_kit.focal_point.services import Choice, end_of_term
from tenants.audit import AuditEntry
from tenants.chapters.models import Chapter
from tenants.db import new_id, opened
from tenants.errors import Refused
from tenants.membership.services import end_membership
from tenants.people.permissions import Role
from tenants.people.terms import Rank
from tenants.scope import ChapterScope

FIRST_DAY = SINCE.date()
LAST_DAY = date(2028, 1, 11)
SPRING = datetime(2026, 4, 1, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def newcomer(world: World, name: str, role: Role = Role.MEMBER) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


def audit_entries(world: World, action: str) -> list[AuditEntry]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.at)))


def test_the_first_focal_point_to_join_answers_for_two_years_from_that_day(world, recife):
    (term,) = recife.terms(world.alice)
    assert (term.rank, term.starts_on, term.ends_on) == ("primary", FIRST_DAY, LAST_DAY)
    assert (term.appointed_by, term.confirmed_on) == (world.alice.user_id, None)
    assert recife.terms(world.bob) == []


def test_a_second_focal_point_and_a_deputy_stand_beside_and_keep_their_roles(world, recife):
    frida, duda = newcomer(world, "Frida", Role.FOCAL_POINT), newcomer(world, "Duda", Role.DEPUTY)
    assert [recife.terms(member)[0].rank for member in (frida, duda)] == ["deputy", "deputy"]
    assert [recife.role(member) for member in (frida, duda)] == ["focal_point", "deputy"]
    assert recife.answers(FIRST_DAY) == recife.own_membership(world.alice).id


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 1, 1), date(2027, 12, 31)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_term_is_two_years_to_the_day(begins, ends):
    assert end_of_term(begins) == ends


def test_whoever_leaves_has_no_term_any_more_and_nobody_is_moved_up(world, recife):
    frida = newcomer(world, "Frida", Role.FOCAL_POINT)
    recife.act(end_membership, by=world.alice, at=SPRING, membership_id=recife.own_membership(world.alice).id)
    (term,) = recife.terms(world.alice)
    assert (term.ends_on, term.ended_by) == (SPRING.date() - A_DAY, world.alice.user_id)
    assert recife.answers(SPRING.date()) is None
    assert recife.terms(frida)[0].rank == "deputy"


def test_she_who_joins_while_nobody_answers_does(world, recife):
    with world.app.app_context():
        part(world.recife, world.alice, SINCE)
    frida = newcomer(world, "Frida", Role.FOCAL_POINT)
    assert recife.answers(FIRST_DAY) == recife.own_membership(frida).id
    (of_alice,) = recife.terms(world.alice)
    assert of_alice.ends_on < of_alice.starts_on, "a term that ended on its first day has lasted no day"


def test_confirming_twice_is_confirming_once(world, recife):
    term = recife.terms(world.alice)[0].id
    assert recife.act(services.confirm_term, by=world.alice, at=SPRING, term_id=term) is True
    assert recife.act(services.confirm_term, by=world.alice, at=SPRING, term_id=term) is False
    assert recife.terms(world.alice)[0].confirmed_on == SPRING.date()
    assert len(audit_entries(world, "term.confirmed")) == 1


def test_a_term_that_has_ended_is_not_confirmed(world, recife):
    term = recife.terms(world.alice)[0].id
    with pytest.raises(Refused):
        recife.act(services.confirm_term, by=world.alice, at=noon(LAST_DAY + A_DAY), term_id=term)


def test_a_term_is_renewed_in_its_last_half_year_and_not_before(world, recife):
    term = recife.terms(world.alice)[0].id
    opens = LAST_DAY - timedelta(days=182)
    with pytest.raises(Refused):
        recife.act(services.renew_term, by=world.alice, at=noon(opens - A_DAY), term_id=term)
    recife.act(services.renew_term, by=world.alice, at=noon(opens), term_id=term)
    (renewed_term,) = recife.terms(world.alice)
    assert (renewed_term.starts_on, renewed_term.ends_on, renewed_term.confirmed_on) == (
        FIRST_DAY,
        date(2030, 1, 11),
        opens,
    )
    (entry,) = audit_entries(world, "term.renewed")
    assert entry.details == {"before": "2028-01-11", "ends_on": "2030-01-11"}
    with pytest.raises(Refused):
        recife.act(services.renew_term, by=world.alice, at=noon(opens), term_id=term)


def test_a_term_that_has_ended_begins_anew_and_the_days_between_stay_empty(world, recife):
    later, term = LAST_DAY + timedelta(days=10), recife.terms(world.alice)[0].id
    recife.act(services.renew_term, by=world.alice, at=noon(later), term_id=term)
    first, second = recife.terms(world.alice)
    assert (first.ends_on, second.starts_on) == (LAST_DAY, later)
    assert recife.answers(later - A_DAY) is None
    assert recife.answers(later) == recife.own_membership(world.alice).id
    with pytest.raises(Refused):
        recife.act(services.renew_term, by=world.alice, at=noon(later), term_id=term)


def test_a_term_that_has_ended_is_not_renewed_over_somebody_elses(world, recife):
    later, term = noon(LAST_DAY + A_DAY), recife.terms(world.alice)[0].id
    choice = Choice(recife.own_membership(world.bob).id)
    recife.act(services.appoint, by=world.alice, at=later, choice=choice, rank=Rank.PRIMARY)
    with pytest.raises(Refused):
        recife.act(services.renew_term, by=world.alice, at=later, term_id=term)


def test_alice_hands_over_to_bob_who_leads_from_that_day_while_she_stays_a_deputy(world, recife):
    recife.hand_over(world.alice, world.bob, at=SPRING, stays_as=Role.DEPUTY, organisation="  Casa   da Mulher ")
    before, today = SPRING.date() - A_DAY, SPRING.date()
    assert recife.answers(before) == recife.own_membership(world.alice).id
    assert recife.answers(today) == recife.own_membership(world.bob).id
    assert (recife.role(world.alice), recife.role(world.bob)) == ("deputy", "focal_point")
    primary_term, deputy_term = recife.terms(world.alice)
    assert (primary_term.rank, primary_term.ends_on, deputy_term.rank, deputy_term.starts_on) == (
        "primary",
        before,
        "deputy",
        today,
    )
    (bob_term,) = recife.terms(world.bob)
    assert (bob_term.organisation, bob_term.appointed_by) == ("Casa da Mulher", world.alice.user_id)
    assert [entry.subject_id for entry in audit_entries(world, "term.handed_over")] == [
        recife.own_membership(world.alice).id
    ]


def test_handing_back_on_the_same_day_undoes_it_and_the_history_keeps_both(world, recife):
    recife.hand_over(world.alice, world.bob, at=SPRING, stays_as=Role.DEPUTY)
    recife.hand_over(world.bob, world.alice, at=SPRING + timedelta(hours=1))
    assert recife.answers(SPRING.date()) == recife.own_membership(world.alice).id
    assert (recife.role(world.alice), recife.role(world.bob)) == ("focal_point", "member")
    assert len(recife.terms()) == 4
    assert len(recife.terms(world.bob)) == 1


def test_a_deputy_who_takes_over_is_a_deputy_no_more(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    recife.hand_over(world.alice, duda, at=SPRING, ends_on=date(2026, 12, 31))
    deputy, primary = recife.terms(duda)
    assert (deputy.rank, deputy.ends_on) == ("deputy", SPRING.date() - A_DAY)
    assert (primary.rank, primary.starts_on, primary.ends_on) == ("primary", SPRING.date(), date(2026, 12, 31))


def test_nobody_hands_over_to_herself_to_somebody_absent_or_with_words_too_long_and_nothing_changes(world, recife):
    former_member = newcomer(world, "Gone")
    membership_of_former_member = recife.own_membership(former_member).id
    recife.act(end_membership, by=former_member, at=SINCE + A_DAY, membership_id=membership_of_former_member)
    before = [(term.id, term.ends_on) for term in recife.terms()]
    term = recife.terms(world.alice)[0].id
    bob = recife.own_membership(world.bob).id
    for field, choice in (
        ("membership_id", Choice(recife.own_membership(world.alice).id)),
        ("membership_id", Choice(membership_of_former_member)),
        ("membership_id", Choice(new_id())),
        ("organisation", Choice(bob, "x" * 121)),
        ("ends_on", Choice(bob, "", SPRING.date() - A_DAY)),
        ("ends_on", Choice(bob, "", end_of_term(SPRING.date()) + A_DAY)),
    ):
        with pytest.raises(Refused) as error:
            recife.act(services.hand_over, by=world.alice, at=SPRING, term_id=term, choice=choice, stays_as=Role.MEMBER)
        assert list(error.value.errors) == [field]
    assert [(term.id, term.ends_on) for term in recife.terms()] == before
    assert recife.role(world.alice) == "focal_point"


def test_only_she_herself_and_un_women_hand_over_and_only_once(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    with pytest.raises(Refused):
        recife.hand_over(world.alice, duda, at=SPRING, by=duda)
    recife.hand_over(world.alice, world.bob, at=SPRING, by=world.dana, is_desk=True)
    with pytest.raises(Refused):
        recife.hand_over(world.alice, duda, at=SPRING)
    assert recife.answers(SPRING.date()) == recife.own_membership(world.bob).id


def test_nobody_is_appointed_where_somebody_answers(world, recife):
    with pytest.raises(Refused):
        recife.act(
            services.appoint,
            by=world.alice,
            at=SPRING,
            choice=Choice(recife.own_membership(world.bob).id),
            rank=Rank.PRIMARY,
        )


def test_a_deputy_is_chosen_and_her_term_ended_again(world, recife):
    arguments = {"choice": Choice(recife.own_membership(world.bob).id), "rank": Rank.DEPUTY}
    term = recife.act(services.appoint, by=world.alice, at=SPRING, **arguments)
    assert recife.role(world.bob) == "deputy"
    with pytest.raises(Refused):
        recife.act(services.appoint, by=world.alice, at=SPRING, **arguments)
    assert recife.act(services.end_term, by=world.alice, at=SPRING + A_DAY, term_id=term.id) is True
    assert recife.act(services.end_term, by=world.alice, at=SPRING + A_DAY, term_id=term.id) is False
    assert recife.role(world.bob) == "member"
    assert recife.act(services.appoint, by=world.alice, at=SPRING + A_DAY, **arguments).id != term.id


def test_who_answers_is_not_just_ended_and_the_last_who_leads_neither(world, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    with pytest.raises(Refused):
        recife.act(services.end_term, by=duda, at=SPRING, term_id=recife.terms(world.alice)[0].id)
    with world.app.app_context():
        part(world.recife, world.alice, SPRING)
    with pytest.raises(Refused):
        recife.act(services.end_term, by=duda, at=SPRING, term_id=recife.terms(duda)[0].id)
    assert recife.role(duda) == "deputy"


@pytest.mark.parametrize(
    ("moment", "has_focal_point"),
    [
        (datetime(2028, 1, 12, 2, 59, tzinfo=UTC), True),  # still 11 January in Recife, three hours behind UTC
        (datetime(2028, 1, 12, 3, 0, tzinfo=UTC), False),
    ],
)
def test_a_term_lasts_until_the_end_of_its_last_day_where_the_chapter_is(world, recife, moment, has_focal_point):
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        chapters = session.scalars(select(Chapter.id).where(has_rank(Rank.PRIMARY, moment))).all()
    assert chapters == ([world.recife.id] if has_focal_point else [])
