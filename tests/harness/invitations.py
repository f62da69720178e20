"""People who are invited, so that one mail goes to each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from harness.people import World
from sqlalchemy import select

from tenants import clock
from tenants.db import opened
from tenants.mail.models import Delivery
from tenants.membership.services import invite
from tenants.people.permissions import Role
from tenants.scope import ChapterScope, NobodyScope


@dataclass(frozen=True)
class Invitations:
    """Invitations to Recife, by the address of who is invited."""

    world: World
    ids: dict[str, UUID]

    @property
    def addresses(self) -> set[str]:
        """The addresses of the people invited."""
        return set(self.ids)

    def states(self) -> set[str]:
        """Return the states of their mails in the delivery ledger."""
        deliveries = select(Delivery.state).where(Delivery.subject_id.in_(self.ids.values()))
        with self.world.app.app_context(), opened(NobodyScope(login="worker")) as session:
            return set(session.scalars(deliveries))


def invite_people(world: World, number: int, name: str = "guest") -> Invitations:
    """Invite some people to Recife, at addresses that begin with `name`."""
    ids = {}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for count in range(number):
            address = f"{name}{count}@people.example"
            invitation = invite(
                session,
                actor_id=world.alice.user_id,
                at=clock.now(),
                email=address,
                name="Guest",
                role=Role.MEMBER,
                language="en",
            )
            session.flush()
            ids[address] = invitation.id
    return Invitations(world, ids)
