"""The people of the tests, and their two chapters.

alice    focal point of Recife (Brazil)
bob      member of Recife: reads, does not log
charlie  focal point of Huye (Rwanda), no access to Recife
dana     UN Women facilitator for all countries
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from solidarity.access.link_tokens import COOKIE
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
    """A person who can sign in."""

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
    """All people and chapters in one database, and the application over it."""

    alice: Person
    bob: Person
    charlie: Person
    dana: Person
    recife: Place
    huye: Place
    app: Flask = field(repr=False, default=None)  # type: ignore[assignment]
    settings: Settings = field(repr=False, default=None)  # type: ignore[assignment]

    def placed(self, app: Flask, settings: Settings) -> World:
        """Return the same people for another clone of their database."""
        return replace(self, app=app, settings=settings)

    def browser_of(self, person: Person) -> FlaskClient:
        """Return a browser in which `person` has signed in through the sign-in page."""
        client = self.app.test_client()
        answer = post(client, "/sign-in", email=person.email, password=person.password)
        assert answer.status_code == 302, f"{person.name} could not sign in: {answer.status_code}"
        return client


def make_world() -> World:
    """Create the people and chapters through the services. Needs an application context."""
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
    """Create a person without a chapter."""
    email = f"{name.lower()}@people.example"
    with opened(NobodyScope()) as session:
        user = create_user(session, email=email, name=name, language="en", password=PASSWORD, at=SINCE)
        return Person(name, email, user.id)


def join(place: Place, member: Person, role: Role) -> None:
    """Invite a person to a chapter, and accept the invitation for them."""
    with opened(ChapterScope(place.id)) as session:
        invitation = invite(
            session, actor_id=None, at=SINCE, email=member.email, name=member.name, role=role, language="en"
        )
        user = session.get(User, member.user_id)
        assert user is not None
        accept_invitation(session, invitation_id=invitation.id, user=user, at=SINCE)


def part(place: Place, member: Person, at: datetime) -> None:
    """End a membership without the service, which refuses to end that of the last focal point."""
    with opened(ChapterScope(place.id)) as session:
        present = select(Membership).where(Membership.user_id == member.user_id, Membership.left_at.is_(None))
        own_membership = session.scalars(present).one()
        own_membership.left_at = at
        member_left(session, membership_id=own_membership.id, actor_id=member.user_id, at=at)


def desk_person(name: str, role: DeskRole, countries: tuple[str, ...]) -> Person:
    """Create a person at UN Women."""
    email = f"{name.lower()}@desk.example"
    with opened(NobodyScope()) as session:
        user = create_desk_user(
            session, email=email, name=name, role=role, countries=countries, at=SINCE, password=PASSWORD
        )
        return Person(name, email, user.id)


class Browser(FlaskClient):
    """A test client that follows the redirect of a mailed link, as browsers do, and no other.

    With `follows_links = False` it shows the first answer.
    """

    follows_links = True

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request, and return the answer or that of the page of a mailed link."""
        answer = super().open(*args, **options)
        if self.follows_links and answer.headers.get("Set-Cookie", "").startswith(f"{COOKIE}="):
            headers = {name: value for name, value in (options.get("headers") or {}).items() if name != "Cookie"}
            return super().open(answer.location, headers=headers)
        return answer


def post(client: FlaskClient, address: str, *, form: str | None = None, **fields: str | list[str]) -> TestResponse:
    """Send a form as a browser would: get the page of the form (`form`, else `address`), and post its token and key.

    The page of a mailed link has another address than the link.
    """
    page = client.get(form or address)
    hidden = dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]+)"', page.get_data(as_text=True)))
    is_followed = form is None and page.request.path != urlsplit(address).path
    target = page.request.path if is_followed else address
    return client.post(target, data={"csrf_token": "", **hidden, **fields})
