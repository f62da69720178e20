"""When somebody at UN Women is written to: nine o'clock in her zone, else in UTC, from Monday to Friday.

Holidays count for nothing here, since she reads of many countries.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.mail.desk_models import DeskReader
from tenants.people.models import User
from tenants.reminders.schedule import next_morning

WORKING_WEEK = (1, 2, 3, 4, 5)
ELSE_ZONE = "UTC"


def start_writing_to(session: Session, *, user: User, at: datetime) -> None:
    """Write to a person from her next working morning on; whoever is written to already keeps her clock."""
    reader = session.get(DeskReader, user.id)
    if reader is None:
        morning = next_desk_morning(after=at, zone=user.zone)
        reader = DeskReader(user_id=user.id, next_at=morning)
        session.add(reader)
    reader.name, reader.email, reader.language, reader.zone = user.name, user.email, user.language, user.zone
    session.flush()


def set_reader_language(session: Session, *, user_id: UUID, language: str) -> None:
    """Write to her in another language from now on, if UN Women writes to her at all."""
    session.execute(update(DeskReader).where(DeskReader.user_id == user_id).values(language=language))


def set_reader_zone(session: Session, *, user_id: UUID, zone: str | None, at: datetime) -> None:
    """Write to her in the morning of another zone from now on, if UN Women writes to her at all."""
    morning = next_desk_morning(after=at, zone=zone)
    statement = update(DeskReader).where(DeskReader.user_id == user_id)
    session.execute(statement.values(zone=zone, next_at=morning))


def next_desk_morning(*, after: datetime, zone: str | None) -> datetime:
    """Return the first working morning later than `after` of somebody in `zone`, in UTC."""
    return next_morning(after=after, zone=zone or ELSE_ZONE, working_week=WORKING_WEEK, country=None)


def desk_day(moment: datetime, zone: str | None) -> date:
    """Return the calendar day of a moment of somebody in `zone`."""
    return clock.local_day(moment, zone or ELSE_ZONE)
