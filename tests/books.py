"""Chapters that log, and the compiler that sums: what the tests of figures and of the desk do to their world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from people import Place, World, onboard
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityKind, ActivityRevision
from tenants.action_kit.activities.services import ActivityEntry, log_activity, revise_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import new_id, opened
from tenants.rollups.compile import check, compile_full, compile_marked
from tenants.rollups.marks import mark_moved
from tenants.rollups.models import Figure
from tenants.scope import ChapterScope, DeskScope, Scope

COMPILER = DeskScope(ALL_COUNTRIES, login="compiler")
NOON = datetime(2026, 2, 12, 12, 0, tzinfo=UTC)
Counts = dict[tuple[Sex, AgeBand], int] | None
Row = tuple[int, int, int, int]


@dataclass(frozen=True, repr=False)
class Books:
    """A world whose chapters log, and whose compiler sums."""

    world: World
    entered: list[Place] = field(default_factory=list)

    @property
    def places(self) -> list[Place]:
        """Return every chapter there is."""
        return [self.world.recife, self.world.huye, *self.entered]

    def onboard(self, slug: str, country: str, *, active: bool = True) -> Place:
        """Enter another chapter."""
        with self.world.app.app_context():
            place = onboard(slug, f"HeForShe {slug}", country, "UTC", ["en"])
        self.entered.append(place)
        if active:
            self.put_into(place, ChapterState.ACTIVE)
        return place

    def log(self, place: Place, counts: Counts) -> UUID:
        """Log an activity in a chapter and return its id."""
        with self.opened(ChapterScope(place.id)) as session:
            actor = self.world.alice.user_id
            return log_activity(session, actor_id=actor, at=NOON, form_key=new_id(), entry=entry(counts)).id

    def revise(self, place: Place, activity_id: UUID, counts: Counts) -> None:
        """Replace what a chapter says of an activity."""
        with self.opened(ChapterScope(place.id)) as session:
            seen = session.scalars(
                select(ActivityRevision.number).where(
                    ActivityRevision.activity_id == activity_id, ActivityRevision.is_current
                )
            ).one()
            actor = self.world.alice.user_id
            revise_activity(session, actor_id=actor, at=NOON, activity_id=activity_id, seen=seen, entry=entry(counts))

    def put_into(self, place: Place, state: ChapterState) -> None:
        """Move a chapter to another state of its agreement."""
        with self.opened(ChapterScope(place.id)) as session:
            chapter = session.scalars(select(Chapter)).one()
            dated = state in (ChapterState.ACTIVE, ChapterState.DORMANT, ChapterState.CLOSED)
            chapter.state, chapter.active_since = state, NOON if dated else None
            chapter.closed_on = NOON.date() if state == ChapterState.CLOSED else None
            mark_moved(session, at=NOON)

    def compile(self, at: datetime = NOON) -> int:
        """Compile what marks name, and commit."""
        with self.as_compiler() as session:
            return compile_marked(session, at=at)

    def compile_all(self, at: datetime = NOON) -> None:
        """Compile everything from scratch, and commit."""
        with self.as_compiler() as session:
            compile_full(session, at=at)

    def differences(self) -> list[object]:
        """Return where the figures differ from the log."""
        with self.as_compiler() as session:
            return [*check(session)]

    def figures(self) -> dict[tuple[str, str, str, str], Row]:
        """Return every figure stored: (level, place, sex, age band) -> (value, entries, reported, expected)."""
        with self.as_compiler() as session:
            return {
                (row.level, row.place, row.sex, row.age_band): (row.value, row.entries, row.reported, row.expected)
                for row in session.scalars(select(Figure))
            }

    def total(self, level: str, place: str) -> Row:
        """Return the row of all cells of one place."""
        return self.figures()[(level, place, "all", "all")]

    def as_compiler(self) -> AbstractContextManager[Session]:
        """Open a committing session as the compiler."""
        return self.opened(COMPILER)

    @contextmanager
    def opened(self, scope: Scope) -> Iterator[Session]:
        """Open a committing session, with an application context for as long as it lasts: a browser has its own."""
        with self.world.app.app_context(), opened(scope) as session:
            yield session


def entry(counts: Counts) -> ActivityEntry:
    """Return an activity of yesterday with these head counts, everybody there for the first time."""
    people = None if counts is None else sum(counts.values())
    return ActivityEntry(
        kind=ActivityKind.DIALOGUE,
        title="Barbershop dialogue",
        held_on=date(2026, 2, 11),
        place="Liberdade",
        narrative="",
        counts=counts,
        first_time=people,
        came_before=None if people is None else 0,
        not_sure=None if people is None else 0,
    )
