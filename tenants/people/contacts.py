"""The people at UN Women whom a chapter can ask: the most local ones for its country, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.people.models import DeskAppointment, User
from tenants.people.most_local import most_local, runs
from tenants.people.permissions import DeskRole


@dataclass(frozen=True)
class Contact:
    """A contact at UN Women. `language` is the one in which they read."""

    name: str
    email: str
    role: DeskRole
    language: str


def contacts_for(session: Session, *, country: str, today: date) -> list[Contact]:
    """Return the most local people at UN Women who may decide for a country on `today`, sorted by name.

    Uses one statement and needs the web's login. People whose account is closed are left out.
    """
    rows = session.execute(
        select(DeskAppointment, User)
        .join(User, User.id == DeskAppointment.user_id)
        .where(DeskAppointment.countries.contains([country]), User.active)
    ).all()
    near = most_local((appointment for appointment, _user in rows), today)
    contacts = {
        user.id: Contact(user.name, user.email, DeskRole(appointment.role), user.language)
        for appointment, user in sorted(rows, key=lambda row: row[0].role)
        if runs(appointment, today) and country in near.get(user.id, ())
    }
    return sorted(contacts.values(), key=lambda contact: (contact.name, contact.email))
