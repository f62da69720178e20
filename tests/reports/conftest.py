"""Recife in the quarter after a finished one, for which it logs activities and reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from harness.people import Person, Place, World, join, person
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.services import ActivityEntry, log_activity, revise_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import queries, services
from tenants.db import new_id, opened
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

CELLS = {(Sex.WOMEN, AgeBand.FROM_25_TO_59): 3, (Sex.MEN, AgeBand.FROM_18_TO_24): 4}


@dataclass(frozen=True)
class Desk:
    """A world, the quarter that is over, and actions in it."""

    world: World
    period: Period

    @property
    def address(self) -> str:
        """The address of Recife's report."""
        return f"/c/recife/reports/{self.period.code}"

    @contextmanager
    def inside(self, place: Place | None = None) -> Iterator[Session]:
        """Open a committing session in a chapter, by default in Recife."""
        with self.world.app.app_context(), opened(ChapterScope((place or self.world.recife).id)) as session:
            yield session

    def begin(self, place: Place | None = None) -> UUID:
        """Open the report of a chapter for the quarter, and return its id."""
        with self.inside(place) as session:
            services.open_report(session, period=self.period, at=clock.now())
            return self.report(session).id

    def report(self, session: Session) -> Report:
        row = queries.report_for(session, self.period)
        assert row is not None
        return row

    def log(self, people: int | None = 7, *, on: date | None = None, actor: Person | None = None) -> UUID:
        """Log an activity of Recife in the quarter and return its id. None for `people` means not counted."""
        with self.inside() as session:
            return log_activity(
                session,
                actor_id=(actor or self.world.alice).user_id,
                at=clock.now(),
                form_key=new_id(),
                entry=self.entry(people, on),
            ).id

    def correct(self, activity_id: UUID, people: int) -> None:
        """Correct an activity to `people`, by the number of men."""
        with self.inside() as session:
            revise_activity(
                session,
                actor_id=self.world.alice.user_id,
                at=clock.now(),
                activity_id=activity_id,
                seen=1,
                entry=self.entry(people, None),
            )

    def entry(self, people: int | None, on: date | None) -> ActivityEntry:
        """Return an entry of `people`, three of them women, or without a head count."""
        counts = None if people is None else CELLS | {(Sex.MEN, AgeBand.FROM_18_TO_24): people - 3}
        return ActivityEntry(
            kind=ActivityKind.DIALOGUE,
            title="Roda",
            held_on=on or self.period.ends_on - timedelta(days=20),
            place="",
            narrative="",
            counts=counts,
            first_time=people,
            came_before=None if people is None else 0,
            not_sure=None if people is None else 0,
        )

    def submit(self, actor: Person | None = None, *, nil: bool = False) -> None:
        with self.inside() as session:
            services.submit_report(
                session,
                report_id=self.report(session).id,
                actor_id=(actor or self.world.alice).user_id,
                at=clock.now(),
                is_nil=nil,
            )

    def approve(self, number: int = 1, actor: Person | None = None) -> None:
        with self.inside() as session:
            services.approve_report(
                session,
                report_id=self.report(session).id,
                number=number,
                actor_id=(actor or self.world.dana).user_id,
                at=clock.now(),
            )

    def values(self) -> dict[tuple[str, str], int | None]:
        """Return the values sent last, by indicator and cell."""
        with self.inside() as session:
            snapshot = queries.sent_values(session, self.report(session))
            assert snapshot is not None
            return {(row.indicator, row.cell): row.numerator for row in snapshot[1]}

    def events(self) -> list[str]:
        """Return the kinds of the report's events, the latest first."""
        with self.inside() as session:
            return [event.kind for event in queries.events_of(session, self.report(session).id)]

    def coordinator(self) -> Person:
        """Add a coordinator to Recife, who prepares the report and may not send it."""
        with self.world.app.app_context():
            carla = person("Carla")
            join(self.world.recife, carla, Role.COORDINATOR)
        return carla


@pytest.fixture
def quarter(world: World) -> Desk:
    """The quarter that is just over."""
    return Desk(world, Period.of(clock.now().date()).previous)
