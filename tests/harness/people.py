"""The standing people, and the two chapters they live in.

alice    focal point of Recife (Brazil)
bob      member of Recife: reads, does not log
charlie  focal point of Huye (Rwanda), nothing to do with Recife
dana     UN Women facilitator: the world
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from solidarity.settings import Settings
from tenants.action_kit.focal_point.services import member_left
from tenants.chapter_life.services import onboard_chapter
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import new_id, opened
from tenants.membership.services import accept_invitation, create_desk_user, create_user, invite
from tenants.people.models import Membership, User
from tenants.people.permissions import DeskRole, Role
from tenants.scope import ChapterScope, NobodyScope

PASSWORD = "a calm river at dawn"
SINCE = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    name: str
    email: str
    user_id: UUID
    password: str = PASSWORD


@dataclass(frozen=True)
class Place:
    """A chapter."""

    id: UUID
    slug: str
    name: str
    country: str


@dataclass(frozen=True)
class World:
    """Everybody, in one database."""

    alice: Person
    bob: Person
    charlie: Person
    dana: Person
    recife: Place
    huye: Place
    app: Flask = field(repr=False, default=None)  # type: ignore[assignment]
    settings: Settings = field(repr=False, default=None)  # type: ignore[assignment]

    def placed(self, app: Flask, settings: Settings) -> World:
        """Return the same people over another clone of their database."""
        return replace(self, app=app, settings=settings)

    def browser_of(self, person: Person) -> FlaskClient:
        """Return a browser in which `person` has signed in, through the page."""
        client = self.app.test_client()
        answer = post(client, "/sign-in", email=person.email, password=person.password)
        assert answer.status_code == 302, f"{person.name} could not sign in: {answer.status_code}"
        return client


def make_world() -> World:
    """Make the standing people through the services, inside an application context."""
    recife = onboard("recife", "ElesPorElas Recife", "BR", "America/Recife", ["pt"])
    huye = onboard("huye", "HeForShe Huye", "RW", "Africa/Kigali", ["rw", "fr"])
    alice, bob, charlie = person("Alice"), person("Bob"), person("Charlie")
    join(recife, alice, Role.FOCAL_POINT)
    join(recife, bob, Role.MEMBER)
    join(huye, charlie, Role.FOCAL_POINT)
    return World(alice, bob, charlie, desk_person("Dana", DeskRole.FACILITATOR, ALL_COUNTRIES), recife, huye)


def onboard(slug: str, name: str, country: str, zone: str, languages: list[str]) -> Place:
    """Onboard a chapter."""
    chapter_id = new_id()
    with opened(ChapterScope(chapter_id)) as session:
        onboard_chapter(
            session,
            actor_id=None,
            at=SINCE,
            slug=slug,
            name=name,
            campaign_name=name,
            country=country,
            zone=zone,
            working_week=[1, 2, 3, 4, 5],
            currency={"BR": "BRL", "RW": "RWF"}.get(country, "USD"),
            languages=languages,
        )
    return Place(chapter_id, slug, name, country)


def person(name: str) -> Person:
    """Create somebody who belongs to no chapter yet."""
    email = f"{name.lower()}@people.example"
    with opened(NobodyScope()) as session:
        user = create_user(session, email=email, name=name, language="en", password=PASSWORD, at=SINCE)
        return Person(name, email, user.id)


def join(place: Place, member: Person, role: Role) -> None:
    """Invite somebody to a chapter and accept in her name."""
    with opened(ChapterScope(place.id)) as session:
        invitation = invite(
            session, actor_id=None, at=SINCE, email=member.email, name=member.name, role=role, language="en"
        )
        user = session.get(User, member.user_id)
        assert user is not None
        accept_invitation(session, invitation_id=invitation.id, user=user, at=SINCE)


def part(place: Place, member: Person, at: datetime) -> None:
    """Let somebody be gone from a chapter, past the service that keeps its last focal point."""
    with opened(ChapterScope(place.id)) as session:
        present = select(Membership).where(Membership.user_id == member.user_id, Membership.left_at.is_(None))
        own_membership = session.scalars(present).one()
        own_membership.left_at = at
        member_left(session, membership_id=own_membership.id, actor_id=member.user_id, at=at)


def desk_person(name: str, role: DeskRole, countries: tuple[str, ...]) -> Person:
    """Create somebody at UN Women."""
    email = f"{name.lower()}@desk.example"
    with opened(NobodyScope()) as session:
        user = create_desk_user(
            session, email=email, name=name, role=role, countries=countries, at=SINCE, password=PASSWORD
        )
        return Person(name, email, user.id)


def post(client: FlaskClient, address: str, *, form: str | None = None, **fields: str | list[str]) -> TestResponse:
    """Send a form as a browser would: fetch the page that holds it (`form`, else `address`), post with its token."""
    page = client.get(form or address).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return client.post(address, data={"csrf_token": token.group(1) if token else "", **fields})
