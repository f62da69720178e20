"""Send invitations, and read their links, mails and members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask.testing import FlaskClient
from harness.people import Place, World, post
from sqlalchemy import select
from werkzeug.test import TestResponse

from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.mail.models import Delivery, MailKind
from tenants.people.links import sign_invitation
from tenants.people.models import Invitation
from tenants.people.queries import present_members
from tenants.scope import ChapterScope, NobodyScope

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
GOOD = "three green umbrellas"


def send(browser: FlaskClient, *, slug: str = "recife", **fields: str) -> TestResponse:
    values = {"name": "Eve", "email": "eve@people.example", "role": "coordinator", "language": "en", **fields}
    return post(browser, f"/c/{slug}/people/invitation", **values)


def link_to(world: World, email: str = "eve@people.example", place: Place | None = None) -> str:
    place = place or world.recife
    key = world.settings.secret_key.get_secret_value()
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        newest = select(Invitation.id).where(Invitation.email == email).order_by(Invitation.invited_at.desc()).limit(1)
        invitation_id = session.scalars(newest).one()
    return f"/invitation/{sign_invitation(key, chapter_id=place.id, invitation_id=invitation_id)}"


def mails(world: World) -> Sequence[Delivery]:
    with world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        since = datetime(2026, 2, 1, tzinfo=UTC)
        return session.scalars(
            select(Delivery).where(Delivery.kind == MailKind.INVITATION, Delivery.created_at > since)
        ).all()


def names(world: World, place: Place) -> dict[str, str]:
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        return {member.name: member.role for member in present_members(session)}


def invitation_id(world: World, email: str = "eve@people.example") -> UUID:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return session.scalars(select(Invitation.id).where(Invitation.email == email)).one()


def state_of(world: World, place: Place) -> str:
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        return session.scalars(select(Chapter.state)).one()
