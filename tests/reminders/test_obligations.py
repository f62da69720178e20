"""Obligations counted in the scope of one chapter, beside a world of others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID

from harness.deliveries import QUIET_WEEKS, log_talk
from harness.people import SINCE, Place, World, join, onboard, part, person
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.focal_point.obligations import VACANCY
from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.models import Obligation, ObligationKind, ObligationState
from tenants.overview.obligations import obligations_due
from tenants.people.models import Membership
from tenants.people.permissions import Role

DUE = SINCE.date() + timedelta(weeks=QUIET_WEEKS)
InChapter = Callable[..., AbstractContextManager[Session]]


def due(session: Session, by: date) -> list[Obligation]:
    """Return the obligations of the log and of the focal point. Other steps have their own tests."""
    obligations = obligations_due(session, by=by, quiet_weeks=QUIET_WEEKS)
    return [obligation for obligation in obligations if obligation.kind in (QUIET_CHAPTER, VACANCY)]


def test_a_chapter_is_quiet_weeks_after_it_began_and_not_a_day_before(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife, login="worker") as session:
        assert due(session, DUE - timedelta(days=1)) == []
        (quiet,) = due(session, DUE)
    assert (quiet.kind, quiet.due_on, quiet.chapter_id) == (QUIET_CHAPTER, DUE, world.recife.id)
    assert quiet.state(DUE) is ObligationState.DUE
    assert quiet.state(DUE + timedelta(days=1)) is ObligationState.LATE
    assert quiet.state(DUE - timedelta(days=1)) is ObligationState.COMING


def test_logging_an_activity_moves_the_day(world: World, in_chapter: InChapter) -> None:
    logged_at = SINCE + timedelta(days=10)
    with in_chapter(world.recife, world.alice) as session:
        log_talk(session, by=world.alice.user_id, at=logged_at)
    with in_chapter(world.recife, login="worker") as session:
        assert due(session, DUE) == []
        (quiet,) = due(session, DUE + timedelta(days=10))
    assert quiet.due_on == logged_at.date() + timedelta(weeks=QUIET_WEEKS)


def test_the_day_is_counted_where_the_chapter_is(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife, world.alice) as session:  # 01:00 in UTC is still the evening before in Recife
        log_talk(session, by=world.alice.user_id, at=datetime.fromisoformat("2026-02-02T01:00:00Z"))
    with in_chapter(world.recife, login="worker") as session:
        (quiet,) = due(session, date(2026, 6, 1))
    assert quiet.due_on == date(2026, 2, 1) + timedelta(weeks=QUIET_WEEKS)


def test_absence_is_counted_in_one_chapter_beside_a_world_of_others(world: World, in_chapter: InChapter) -> None:
    other_places = [
        onboard(f"other-{number}", f"Other {number}", "KE", "Africa/Nairobi", ["sw"]) for number in range(12)
    ]
    leaders = [person(f"Leader{number}") for number in range(len(other_places))]
    for place, leader in zip(other_places, leaders, strict=True):
        join(place, leader, Role.FOCAL_POINT)
    part(other_places[0], leaders[0], SINCE + timedelta(days=3))
    later = SINCE.date() + timedelta(days=200)
    kinds_by_slug = {place.slug: kinds(in_chapter, place, later) for place in (world.recife, world.huye, *other_places)}
    assert kinds_by_slug.pop("other-0") == [VACANCY, QUIET_CHAPTER]
    assert set(map(tuple, kinds_by_slug.values())) == {(QUIET_CHAPTER,)}


def test_a_chapter_that_is_not_active_owes_nothing(world: World, in_chapter: InChapter) -> None:
    signed_place = onboard("signed", "Signed only", "KE", "Africa/Nairobi", ["sw"])
    assert kinds(in_chapter, signed_place, SINCE.date() + timedelta(days=400)) == []
    with in_chapter(world.recife) as session:
        session.scalars(select(Chapter)).one().state = ChapterState.DORMANT
    assert kinds(in_chapter, world.recife, SINCE.date() + timedelta(days=400)) == []


def test_who_answers_owns_it_and_those_beside_her_only_while_nobody_does(world: World, in_chapter: InChapter) -> None:
    second, deputy = person("Second"), person("Deputy")
    join(world.recife, second, Role.FOCAL_POINT)
    join(world.recife, deputy, Role.DEPUTY)
    assert owners(in_chapter, world.recife) == {world.alice.user_id}
    part(world.recife, world.alice, SINCE + timedelta(days=3))
    assert owners(in_chapter, world.recife) == {second.user_id, deputy.user_id}
    part(world.recife, second, SINCE + timedelta(days=4))
    assert owners(in_chapter, world.recife) == {deputy.user_id}


def kinds(in_chapter: InChapter, place: Place, by: date) -> list[ObligationKind]:
    with in_chapter(place, login="worker") as session:
        obligations = due(session, by)
        assert {obligation.chapter_id for obligation in obligations} <= {place.id}
        return [obligation.kind for obligation in obligations]


def owners(in_chapter: InChapter, place: Place) -> set[UUID]:
    with in_chapter(place, login="worker") as session:
        user_ids = {row.id: row.user_id for row in session.scalars(select(Membership))}
        obligations = due(session, SINCE.date() + timedelta(days=200))
        return {user_ids[obligation.owner_id] for obligation in obligations if obligation.owner_id}
