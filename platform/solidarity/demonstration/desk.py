"""Invented staff of UN Women: one for the world, one for each area, two for a country, and a viewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.chapters.areas import ALL_COUNTRIES, AREA_OF_COUNTRY, COUNTRIES_BY_AREA, Area
from tenants.membership.services import create_desk_user
from tenants.people.models import User
from tenants.people.permissions import DeskRole


@dataclass(frozen=True)
class DeskMember:
    """An invented person at UN Women, with a role for some countries."""

    name: str
    login: str
    role: DeskRole
    what: str
    countries: tuple[str, ...]

    @property
    def email(self) -> str:
        """The email address."""
        return f"{self.login}@desk.example"


def _regional(name: str, login: str, area: Area, region: str) -> DeskMember:
    return DeskMember(name, login, DeskRole.REGIONAL_DESK, region, COUNTRIES_BY_AREA[area])


FACILITATOR = DeskMember("Ingrid Solheim", "ingrid", DeskRole.FACILITATOR, "the world", ALL_COUNTRIES)
AREAS = {
    Area.AMERICAS: _regional("Beatriz Quiroga", "beatriz", Area.AMERICAS, "the Americas"),
    Area.ARAB_STATES: _regional("Nadia Mansour", "nadia", Area.ARAB_STATES, "the Arab States"),
    Area.ASIA_PACIFIC: _regional("Mei Tanaka", "mei", Area.ASIA_PACIFIC, "Asia and the Pacific"),
    Area.EAST_SOUTHERN_AFRICA: _regional(
        "Thandiwe Moyo", "thandiwe", Area.EAST_SOUTHERN_AFRICA, "East and Southern Africa"
    ),
    Area.WEST_CENTRAL_AFRICA: _regional(
        "Aïssatou Barry", "aissatou", Area.WEST_CENTRAL_AFRICA, "West and Central Africa"
    ),
    Area.EUROPE_CENTRAL_ASIA: _regional(
        "Aigerim Sultanova", "aigerim", Area.EUROPE_CENTRAL_ASIA, "Europe and Central Asia"
    ),
    Area.HEADQUARTERS: _regional("Declan Byrne", "declan", Area.HEADQUARTERS, "the countries served by headquarters"),
}
COUNTRIES = {
    "JO": DeskMember("Layla Haddad", "layla", DeskRole.COUNTRY_DESK, "Jordan", ("JO",)),
    "RW": DeskMember("Jean-Bosco Nkurunziza", "jean-bosco", DeskRole.COUNTRY_DESK, "Rwanda", ("RW",)),
}
VIEWER = DeskMember("Hannah Weiss", "hannah", DeskRole.VIEWER, "the world, reading only", ALL_COUNTRIES)
DESK_PEOPLE = (FACILITATOR, *AREAS.values(), *COUNTRIES.values(), VIEWER)


@dataclass(frozen=True)
class Desk:
    """The user ids of UN Women's staff by email address."""

    ids: Mapping[str, UUID]

    def of(self, country: str) -> UUID:
        """Return the user who decides about chapters of a country: that of the country's desk, or of its area's."""
        return self.ids[COUNTRIES.get(country, AREAS[AREA_OF_COUNTRY[country]]).email]


def appoint(session: Session, *, at: datetime, password_hash: str) -> Desk:
    """Appoint the staff who have no account yet. `session` has a NobodyScope."""
    accounts = select(User.email, User.id).where(User.email.in_([desk_member.email for desk_member in DESK_PEOPLE]))
    user_ids = {email: user_id for email, user_id in session.execute(accounts)}  # noqa: C416 - mypy knows no dict of rows
    return Desk(user_ids | dict(_newly_appointed(session, at, password_hash, user_ids=user_ids)))


def _newly_appointed(
    session: Session, at: datetime, password_hash: str, *, user_ids: Mapping[str, UUID]
) -> Iterator[tuple[str, UUID]]:
    for desk_member in DESK_PEOPLE:
        if desk_member.email not in user_ids:
            user = create_desk_user(
                session,
                email=desk_member.email,
                name=desk_member.name,
                role=desk_member.role,
                countries=desk_member.countries,
                at=at,
                password_hash=password_hash,
            )
            yield desk_member.email, user.id
