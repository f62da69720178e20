"""What is missing is counted in the bound chapter alone: none of the others' rows can be seen, which is no absence."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from harness.people import World, join, onboard, person

from tenants import clock
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.focal_point.obligations import CONFIRM_FOCAL_POINT, VACANCY
from tenants.action_kit.plan.obligations import PLAN_TO_SUBMIT
from tenants.db import opened
from tenants.membership.activation import activate_chapter
from tenants.obligations.models import Obligation
from tenants.overview.obligations import obligations_due
from tenants.people.permissions import Role
from tenants.scope import ChapterLogin, ChapterScope

# Every kind about something missing; each chapter of the test lacks all of it, those with a focal point all but one.
ABSENCES = (QUIET_CHAPTER, PLAN_TO_SUBMIT, VACANCY)


def _due(chapter_id: UUID, login: ChapterLogin) -> list[Obligation]:
    with opened(ChapterScope(chapter_id, login=login)) as session:
        return obligations_due(session, by=clock.now().date() + timedelta(days=400), quiet_weeks=4)


@pytest.mark.parametrize("login", ["web", "worker"])
def test_absences_are_counted_in_one_chapter_beside_a_world_of_others(world: World, login: ChapterLogin) -> None:
    with world.app.app_context():
        alone = _due(world.recife.id, login)
        places = [onboard(f"place-{number}", f"Place {number}", "BR", "America/Recife", ["pt"]) for number in range(6)]
        for number, place in enumerate(places):
            if number % 2:  # a chapter with a focal point, who is the one to be told that it is quiet
                join(place, person(f"Head{number}"), Role.FOCAL_POINT)
            else:  # a chapter nobody leads
                with opened(ChapterScope(place.id)) as session:
                    activate_chapter(session, at=clock.now())
        assert _due(world.recife.id, login) == alone
        counts = {place.slug: Counter(obligation.kind for obligation in _due(place.id, login)) for place in places}
        foreign = [
            obligation for place in places for obligation in _due(place.id, login) if obligation.chapter_id != place.id
        ]
    led_chapter_counts = Counter({kind: 1 for kind in (*ABSENCES, CONFIRM_FOCAL_POINT) if kind is not VACANCY})
    assert counts == {
        place.slug: led_chapter_counts if number % 2 else Counter(ABSENCES) for number, place in enumerate(places)
    }
    assert foreign == []
