"""The life of one invented chapter as it is lived: its session, its people, and an agenda of what is still to come.

Each subject (plans, money, the log, ...) puts its acts on the agenda; they are lived in the order of time, each calling
the service that a person would have called, at its own moment. What lies after the day of the demonstration is never
lived: that is what is due, or planned, on that day.
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
    """Somebody who has joined; her role changes as the year goes on."""

    team_member: TeamMember
    user_id: UUID
    membership_id: UUID
    role: Role


@dataclass
class Life:
    """One chapter's year until the moment `until`."""

    session: Session
    actor: Actor
    until: datetime
    desk: Desk
    password_hash: str
    people: list[Person] = field(default_factory=list)
    chapter: Chapter | None = None  # held, so that the session needs not ask for it again at each act
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _put: int = 0

    def __post_init__(self) -> None:
        """Give it its days, and its own dice, which fall alike in every run."""
        self.days = Calendar(self.actor, self.until)
        self.rng = Random(self.actor.slug)  # noqa: S311 - nothing secret hangs on it

    def on(self, day: date, act: Act) -> None:
        """Put an act on the agenda, in the office hours of a day there."""
        clock_time = time(self.rng.randrange(8, 17), self.rng.randrange(60))
        self.at(datetime.combine(day, clock_time, tzinfo=ZoneInfo(self.actor.zone)).astimezone(UTC), act)

    def at(self, moment: datetime, act: Act) -> None:
        """Put an act on the agenda, at a moment."""
        self._put += 1
        heapq.heappush(self._agenda, (moment, self._put, act))

    def live(self) -> None:
        """Live what is on the agenda, and what that puts there, in the order of time."""
        while self._agenda and self._agenda[0][0] <= self.until:
            moment, _, act = heapq.heappop(self._agenda)
            act(self, moment)

    def person_for(self, permission: Permission) -> Person:
        """Return who of the chapter does this kind of work: rather not the one who answers for it."""
        return next(person for person in reversed(self.people) if permission in OF_ROLE[person.role])

    def decider(self, permission: Permission, *, but: UUID) -> tuple[UUID, bool]:
        """Return who decides on what the person `but` has asked for, and whether she is of UN Women."""
        decider_ids = deciders(self.session, permission) - {but}
        member_ids = (person.user_id for person in self.people if person.user_id in decider_ids)
        return next(((user_id, False) for user_id in member_ids), (self.desk.of(self.actor.country), True))
