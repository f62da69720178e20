"""When UN Women's recipients get mail: at nine o'clock in their time zone, else in UTC, from Monday to Friday.

Holidays are not considered, because a recipient reads about many countries.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.details import refuse_unknown_zone
from tenants.mail.desk_models import DeskReader
from tenants.people.models import User
from tenants.reminders.schedule import next_morning

WORKING_WEEK = (1, 2, 3, 4, 5)
ELSE_ZONE = "UTC"


def start_writing_to(session: Session, *, user: User, at: datetime) -> None:
    """Start mails to a person on their next working morning. The clock of an existing recipient stays unchanged."""
    reader = session.get(DeskReader, user.id)
    if reader is None:
        morning = next_desk_morning(after=at, zone=user.zone)
        reader = DeskReader(user_id=user.id, next_at=morning)
        session.add(reader)
    reader.name, reader.email, reader.language, reader.zone = user.name, user.email, user.language, user.zone
    session.flush()


def set_reader_language(session: Session, *, user_id: UUID, language: str) -> None:
    """Change the language of UN Women's mails to a person, if they get any."""
    session.execute(update(DeskReader).where(DeskReader.user_id == user_id).values(language=language))


def set_reader_contact(session: Session, *, user: User) -> None:
    """Write UN Women's mails to a person's present name and address, if they get any."""
    contact = update(DeskReader).where(DeskReader.user_id == user.id).values(name=user.name, email=user.email)
    session.execute(contact)


def set_reader_zone(session: Session, *, user_id: UUID, zone: str | None, at: datetime) -> None:
    """Change the time zone in whose morning UN Women's mails reach a person, if they get any.

    Raises Refused with the field `zone`.
    """
    refuse_unknown_zone(zone)
    morning = next_desk_morning(after=at, zone=zone)
    statement = update(DeskReader).where(DeskReader.user_id == user_id)
    session.execute(statement.values(zone=zone, next_at=morning))


def next_desk_morning(*, after: datetime, zone: str | None) -> datetime:
    """Return the first working morning later than `after` in `zone`, in UTC."""
    return next_morning(after=after, zone=zone or ELSE_ZONE, working_week=WORKING_WEEK, country=None)


def desk_day(moment: datetime, zone: str | None) -> date:
    """Return the calendar day of a moment in `zone`, else in UTC."""
    return clock.local_day(moment, zone or ELSE_ZONE)
