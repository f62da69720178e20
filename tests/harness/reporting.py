"""Reports and compiled figures of a world, for the tests of figures and of the desk.

All steps use the real services: log an activity, send the report that is filled from it, and approve it as UN Women.
The default period is the last quarter of 2025.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from harness.people import Place, World, onboard
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityKind, ActivityRevision
from tenants.action_kit.activities.services import ActivityEntry, log_activity, revise_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import services
from tenants.action_kit.reports.queries import report_for
from tenants.action_kit.reports.services import TypedValue
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import new_id, opened
from tenants.figures.marks import mark_changed
from tenants.figures.models import Figure
from tenants.rollups.checking import Check, check
from tenants.rollups.compiler import compile_full, compile_marked
from tenants.scope import ChapterScope, DeskScope, Scope

COMPILER = DeskScope(ALL_COUNTRIES, login="compiler")
NOON = datetime(2026, 2, 12, 12, 0, tzinfo=UTC)
LAST = Period(date(2025, 10, 1))
Counts = dict[tuple[Sex, AgeBand], int] | None
Row = tuple[int | None, int, int, int | None]


@dataclass(frozen=True, repr=False)
class Reporting:
    """A world, and methods to report, approve and compile in it."""

    world: World
    entered: list[Place] = field(default_factory=list)

    @property
    def places(self) -> list[Place]:
        """All chapters of the world."""
        return [self.world.recife, self.world.huye, *self.entered]

    def onboard(self, slug: str, country: str, *, active: bool = True) -> Place:
        """Onboard another chapter, and activate it if `active`."""
        with self.world.app.app_context():
            place = onboard(slug, f"HeForShe {slug}", country, "UTC", ["en"])
        self.entered.append(place)
        if active:
            self.put_into(place, ChapterState.ACTIVE)
        return place

    def log(self, place: Place, counts: Counts, period: Period = LAST) -> UUID:
        """Log an activity in a chapter and return its id."""
        with self.inside(place) as session:
            actor = self.world.alice.user_id
            activity = log_activity(session, actor_id=actor, at=NOON, form_key=new_id(), entry=entry(counts, period))
            return activity.id

    def revise(self, place: Place, activity_id: UUID, counts: Counts, period: Period = LAST) -> None:
        """Revise an activity of a chapter."""
        with self.inside(place) as session:
            revision = session.scalars(
                select(ActivityRevision.number).where(
                    ActivityRevision.activity_id == activity_id, ActivityRevision.is_current
                )
            ).one()
            actor = self.world.alice.user_id
            revise_activity(
                session, actor_id=actor, at=NOON, activity_id=activity_id, seen=revision, entry=entry(counts, period)
            )

    def expect(self, *places: Place, period: Period = LAST) -> None:
        """Open the reports of some chapters for a period, so that they are expected."""
        for place in places:
            with self.inside(place) as session:
                services.open_report(session, period=period, at=NOON)

    def send(self, place: Place, period: Period = LAST, values: Mapping[str, TypedValue] | None = None) -> None:
        """Open and send a chapter's report, with `values` typed into it."""
        self.expect(place, period=period)
        with self.inside(place) as session:
            report, actor = report_of_session(session, period), self.world.alice.user_id
            if values is not None:
                services.save_draft(
                    session,
                    report_id=report.id,
                    seen=report.edited,
                    words={},
                    typed_values=values,
                    actor_id=actor,
                    at=NOON,
                )
            services.submit_report(session, report_id=report.id, actor_id=actor, at=NOON)

    def approve(self, place: Place, period: Period = LAST) -> None:
        """Approve the sent report of a chapter, as UN Women."""
        with self.inside(place) as session:
            report, dana = report_of_session(session, period), self.world.dana.user_id
            services.approve_report(session, report_id=report.id, number=report.sent, actor_id=dana, at=NOON)

    def reopen(self, place: Place, period: Period = LAST) -> None:
        """Reopen an approved report, as UN Women."""
        with self.inside(place) as session:
            report, dana = report_of_session(session, period), self.world.dana.user_id
            services.reopen_report(session, report_id=report.id, reason="A number is wrong.", actor_id=dana, at=NOON)

    def report(
        self, place: Place, counts: Counts, period: Period = LAST, values: Mapping[str, TypedValue] | None = None
    ) -> UUID:
        """Log an activity, send the report that is filled from it, and approve it. Return the activity's id."""
        activity = self.log(place, counts, period)
        self.send(place, period, values)
        self.approve(place, period)
        return activity

    def put_into(self, place: Place, state: ChapterState) -> None:
        """Set the state of a chapter directly, and mark its figures for compiling."""
        with self.inside(place) as session:
            chapter = session.scalars(select(Chapter)).one()
            has_started = state in (ChapterState.ACTIVE, ChapterState.DORMANT, ChapterState.CLOSED)
            chapter.state, chapter.active_since = state, NOON if has_started else None
            chapter.closed_on = NOON.date() if state == ChapterState.CLOSED else None
            mark_changed(session, at=NOON)

    def compile(self, at: datetime = NOON) -> int:
        """Compile the marked figures, and commit."""
        with self.as_compiler() as session:
            return compile_marked(session, at=at)

    def compile_all(self, at: datetime = NOON) -> None:
        """Compile all figures from scratch, and commit."""
        with self.as_compiler() as session:
            compile_full(session, at=at)

    def check(self) -> Check:
        """Recompute all figures, and return the differences."""
        with self.as_compiler() as session:
            return check(session, at=NOON)

    def figures(self, indicator: str = "participations", period: Period = LAST) -> dict[tuple[str, str, str], Row]:
        """Return the stored figures: (level, place, cell) -> (numerator, reported, carried, expected)."""
        with self.as_compiler() as session:
            return {
                (row.level, row.place, row.cell): (row.numerator, row.reported, row.carried, row.expected)
                for row in session.scalars(
                    select(Figure).where(Figure.indicator == indicator, Figure.period_on == period.starts_on)
                )
            }

    def total(self, level: str, place: str, indicator: str = "participations", period: Period = LAST) -> Row:
        """Return the figure of one place over all cells."""
        return self.figures(indicator, period)[(level, place, "all")]

    def world_total(self) -> int | None:
        """Return the participations of the world."""
        return self.total("world", "world")[0]

    def as_compiler(self) -> AbstractContextManager[Session]:
        """Open a committing session as the compiler."""
        return self.opened(COMPILER)

    def inside(self, place: Place) -> AbstractContextManager[Session]:
        """Open a committing session in a chapter."""
        return self.opened(ChapterScope(place.id))

    @contextmanager
    def opened(self, scope: Scope) -> Iterator[Session]:
        """Open a committing session and an application context around it. Browsers have their own contexts."""
        with self.world.app.app_context(), opened(scope) as session:
            yield session


def report_of_session(session: Session, period: Period) -> Report:
    """Return the report of the session's chapter."""
    report = report_for(session, period)
    assert report is not None
    return report


def entry(counts: Counts, period: Period = LAST) -> ActivityEntry:
    """Return an activity 20 days before the end of a period, with these head counts. All people are first-timers."""
    people = None if counts is None else sum(counts.values())
    return ActivityEntry(
        kind=ActivityKind.DIALOGUE,
        title="Barbershop dialogue",
        held_on=period.ends_on - timedelta(days=20),
        place="Liberdade",
        narrative="",
        counts=counts,
        first_time=people,
        came_before=None if people is None else 0,
        not_sure=None if people is None else 0,
    )
