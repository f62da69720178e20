"""Whom a chapter asks at UN Women: the people most local to its country, by name."""

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
    """Somebody at UN Women and how to reach her; `language` is the one in which she reads."""

    name: str
    email: str
    role: DeskRole
    language: str


def contacts_for(session: Session, *, country: str, today: date) -> list[Contact]:
    """Return who at UN Women decides for a country on `today` with nobody more local beside her, by name.

    One statement; needs the web's login. Somebody whose account is closed is nobody to ask.
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
