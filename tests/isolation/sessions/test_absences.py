"""Obligations about missing rows count the bound chapter alone. The invisible rows of others are not missing rows."""

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

# All kinds about missing rows. Each chapter of the test has all of them; those with a focal point have no vacancy.
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
            if number % 2:  # a chapter with a focal point, who is responsible for the quiet chapter
                join(place, person(f"Head{number}"), Role.FOCAL_POINT)
            else:  # a chapter without a focal point
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
