"""Terms of focal points in the world's two chapters, changed and read through the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from harness.people import Person, Place, World
from sqlalchemy import select

from tenants.action_kit.focal_point import services
from tenants.action_kit.focal_point.queries import primary_on
from tenants.action_kit.focal_point.services import Choice
from tenants.db import opened
from tenants.obligations.models import Obligation
from tenants.overview.obligations import obligations_due
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.people.queries import present_membership
from tenants.people.terms import FocalPointTerm
from tenants.scope import ChapterScope


@dataclass(frozen=True)
class Terms:
    """The focal point terms of one chapter."""

    world: World
    place: Place

    def act(self, service: Callable[..., Any], *, by: Person, at: datetime, **kwargs: Any) -> Any:
        """Call a service as a person, in its own transaction."""
        with self.world.app.test_request_context(), opened(ChapterScope(self.place.id, actor_id=by.user_id)) as session:
            return service(session, actor_id=by.user_id, at=at, **kwargs)

    def own_membership(self, member: Person) -> Membership:
        """Return the current membership of a person."""
        with self.world.app.app_context(), opened(ChapterScope(self.place.id)) as session:
            membership = present_membership(session, user_id=member.user_id)
        assert membership is not None, f"{member.name} does not belong to {self.place.slug}"
        return membership

    def role(self, member: Person) -> str:
        """Return the role of a person in the chapter."""
        return self.own_membership(member).role

    def terms(self, member: Person | None = None) -> list[FocalPointTerm]:
        """Return the terms of the chapter, or of one person, the earliest first."""
        with self.world.app.app_context(), opened(ChapterScope(self.place.id)) as session:
            statement = select(FocalPointTerm).order_by(FocalPointTerm.starts_on, FocalPointTerm.id)
            if member is not None:
                statement = statement.join(Membership, Membership.id == FocalPointTerm.membership_id).where(
                    Membership.user_id == member.user_id
                )
            return list(session.scalars(statement))

    def answers(self, day: date) -> UUID | None:
        """Return the membership that holds the primary term on a day."""
        with self.world.app.app_context(), opened(ChapterScope(self.place.id)) as session:
            term = primary_on(session, day)
        return term.membership_id if term else None

    def hand_over(self, giver: Person, taker: Person, *, at: datetime, **changes: Any) -> FocalPointTerm:
        """Hand over from `giver` to `taker`, as `giver` unless `changes` has `by`."""
        arguments = {"by": giver, "stays_as": Role.MEMBER, "organisation": "", "ends_on": None, **changes}
        choice = Choice(self.own_membership(taker).id, arguments.pop("organisation"), arguments.pop("ends_on"))
        term = next(candidate for candidate in reversed(self.terms(giver)) if candidate.rank == "primary")
        new_term: FocalPointTerm = self.act(services.hand_over, at=at, term_id=term.id, choice=choice, **arguments)
        return new_term

    def due(self, day: date, *, login: Any = "worker") -> list[Obligation]:
        """Return the obligations of step 1 up to a day, as seen on that day."""
        with self.world.app.app_context(), opened(ChapterScope(self.place.id, login=login)) as session:
            obligations = obligations_due(session, by=day, quiet_weeks=4)
        return [obligation for obligation in obligations if obligation.kind.step == "focal_point"]


@pytest.fixture
def recife(world: World) -> Terms:
    """Recife, whose focal point is Alice from 12 January 2026 to 11 January 2028."""
    return Terms(world, world.recife)
