"""People who are invited, so that a mail goes to each; their addresses are unlike anybody's else."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from uuid import UUID

from people import World
from sqlalchemy import select

from tenants import clock
from tenants.db import opened
from tenants.mail.models import Delivery
from tenants.membership.services import invite
from tenants.people.permissions import Role
from tenants.scope import ChapterScope, NobodyScope


@dataclass(frozen=True)
class Guests:
    """Invitations by address."""

    world: World
    invitations: dict[str, UUID]

    def keys(self) -> Set[str]:
        """Return their addresses."""
        return self.invitations.keys()

    def states(self) -> set[str]:
        """Return what the ledger says of their mails."""
        mine = select(Delivery.state).where(Delivery.subject_id.in_(self.invitations.values()))
        with self.world.app.app_context(), opened(NobodyScope(login="worker")) as session:
            return set(session.scalars(mine))


def invite_guests(world: World, number: int, name: str = "guest") -> Guests:
    """Invite some people to Recife."""
    invitations = {}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for count in range(number):
            address = f"{name}{count}@people.example"
            made = invite(
                session,
                actor_id=world.alice.user_id,
                at=clock.now(),
                email=address,
                name="Guest",
                role=Role.MEMBER,
                language="en",
            )
            session.flush()
            invitations[address] = made.id
    return Guests(world, invitations)
