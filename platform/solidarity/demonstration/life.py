"""The simulation of one invented chapter: its session, its people, and an agenda of scheduled acts.

Each subject (plans, money, the log, ...) puts its acts on the agenda. They run in the order of time, and each calls the
service that a person would have called, with its own time. Acts after the day of the demonstration never run: they are
what is due or planned on that day.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from solidarity.demonstration.chapters.model import Actor, TeamMember
from solidarity.demonstration.days import Calendar
from solidarity.demonstration.desk import Desk
from tenants.approvals import deciders
from tenants.chapters.models import Chapter
from tenants.people.permissions import OF_ROLE, Permission, Role

Act = Callable[["Life", datetime], None]


@dataclass
class Person:
    """A person who has joined the chapter. The role can change during the year."""

    team_member: TeamMember
    user_id: UUID
    membership_id: UUID
    role: Role


@dataclass
class Life:
    """One chapter's year until the time `until`."""

    session: Session
    actor: Actor
    until: datetime
    desk: Desk
    password_hash: str
    people: list[Person] = field(default_factory=list)
    chapter: Chapter | None = None  # a reference, so that the session does not load it again for each act
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _put: int = 0

    def __post_init__(self) -> None:
        """Create the calendar and a random generator, which has the same seed in every run."""
        self.days = Calendar(self.actor, self.until)
        self.rng = Random(self.actor.slug)  # noqa: S311 - nothing secret hangs on it

    def on(self, day: date, act: Act) -> None:
        """Schedule an act in the office hours of a day, in the chapter's time zone."""
        clock_time = time(self.rng.randrange(8, 17), self.rng.randrange(60))
        self.at(datetime.combine(day, clock_time, tzinfo=ZoneInfo(self.actor.zone)).astimezone(UTC), act)

    def at(self, moment: datetime, act: Act) -> None:
        """Schedule an act at a time."""
        self._put += 1
        heapq.heappush(self._agenda, (moment, self._put, act))

    def live(self) -> None:
        """Run the acts on the agenda, and those that they schedule, in the order of time."""
        while self._agenda and self._agenda[0][0] <= self.until:
            moment, _, act = heapq.heappop(self._agenda)
            act(self, moment)

    def person_for(self, permission: Permission) -> Person:
        """Return the last joined person with this permission, who is rarely the focal point."""
        return next(person for person in reversed(self.people) if permission in OF_ROLE[person.role])

    def decider(self, permission: Permission, *, but: UUID) -> tuple[UUID, bool]:
        """Return the user who decides on a request of the user `but`, and whether they are from UN Women."""
        decider_ids = deciders(self.session, permission) - {but}
        member_ids = (person.user_id for person in self.people if person.user_id in decider_ids)
        return next(((user_id, False) for user_id in member_ids), (self.desk.of(self.actor.country), True))
