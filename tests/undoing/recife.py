"""Rows of Recife, and what its people do, for the tests of undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from harness.activity_form import fill
from harness.people import Person, World, join, person
from sqlalchemy import select
from undoing.undo_button import act

from tenants import clock
from tenants.action_kit.activities.queries import own_totals
from tenants.db import opened
from tenants.overview.obligations import obligations_due
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

CHAPTER_URL = "/c/recife"


def every(world: World, model: Any) -> list[Any]:
    """Return all rows of a model in Recife."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return list(session.scalars(select(model).order_by(model.id)))


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def counted(world: World) -> tuple[int, int]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        totals = own_totals(session)
    return totals.activities, totals.people


def dues(world: World) -> list[tuple[Any, Any, Any]]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        today = clock.local_day(clock.now(), "America/Recife")
        obligations = obligations_due(session, by=today + timedelta(days=200), today=today, quiet_weeks=4)
    return sorted((obligation.kind.code, str(obligation.subject_id), obligation.due_on) for obligation in obligations)


def log(client: Any, **changes: str) -> tuple[tuple[str, dict[str, str]], str]:
    today = {"held_on": clock.local_day(clock.now(), "America/Recife").isoformat()}
    fields = fill(client, f"{CHAPTER_URL}/activities/new", **today | changes)
    undo = act(client, f"{CHAPTER_URL}/activities/new", **fields)
    return undo, undo[1]["back"]
