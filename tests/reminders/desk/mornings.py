"""Helpers for tests of UN Women's own mails: process a morning, and read what was written and sent."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from harness.people import Person, Place, World
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import approve_report, open_report, submit_report
from tenants.db import opened
from tenants.mail.desk_models import DeskNotification, DeskReader
from tenants.mail.models import Delivery
from tenants.people.models import DeskAppointment
from tenants.reminders.desk.due import process_reader
from tenants.reminders.desk.schedule import set_reader_language
from tenants.scope import ChapterScope, DeskScope, NobodyScope

MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)  # eight weeks after the world's people joined
TUESDAY = MONDAY + timedelta(days=1)
QUIET_WEEKS = 4
LAST_QUARTER = Period(date(2025, 10, 1))


def settle() -> None:
    """Delete the waiting invitations, and make the desk mail of every reader due on MONDAY."""
    with opened(NobodyScope(login="worker")) as session:
        session.execute(delete(Delivery))
        session.execute(update(DeskReader).values(next_at=MONDAY))


def process_desk(person: Person, at: datetime = MONDAY) -> int:
    """Process the morning of a person at UN Women, and return how many mails were written."""
    with opened(NobodyScope(login="worker")) as session:
        session.execute(update(DeskReader).where(DeskReader.user_id == person.user_id).values(next_at=at))
    return process_reader(person.user_id, at=at, quiet_weeks=QUIET_WEEKS)


def written(person: Person | None = None) -> list[tuple[str, date | None]]:
    """Return kind and day of the desk mails in the ledger, of one person or of all, in the order of their days."""
    with opened(NobodyScope(login="worker")) as session:
        rows = select(Delivery).where(Delivery.kind.like("desk_%")).order_by(Delivery.local_day)
        return [
            (row.kind, row.local_day) for row in session.scalars(rows) if not person or row.subject_id == person.user_id
        ]


def notifications_of(person: Person) -> list[tuple[str, str, str | None]]:
    """Return kind, state and reason of a person's mails, as their page shows them."""
    with opened(DeskScope(("BR",))) as session:
        statement = select(DeskNotification).where(DeskNotification.user_id == person.user_id)
        return [
            (row.kind, row.state, row.reason) for row in session.scalars(statement.order_by(DeskNotification.local_day))
        ]


def chapters_in_latest(person: Person) -> set[UUID]:
    """Return the chapters in the latest mail of a person."""
    with opened(DeskScope(("BR",))) as session:
        statement = select(DeskNotification).where(DeskNotification.user_id == person.user_id)
        latest = session.scalars(statement.order_by(DeskNotification.local_day.desc()).limit(1)).one()
        return {UUID(item["chapter_id"]) for item in latest.items}


def send_report(world: World, place: Place, *, at: datetime) -> None:
    """Send the report of a chapter for the last quarter of 2025 at a moment."""
    with opened(ChapterScope(place.id)) as session:
        open_report(session, period=LAST_QUARTER, at=at)
        report = session.scalars(select(Report)).one()
        submit_report(session, report_id=report.id, actor_id=world.alice.user_id, at=at, is_nil=True)


def decide_report(world: World, place: Place, *, at: datetime) -> None:
    """Approve the report of a chapter as UN Women."""
    with opened(ChapterScope(place.id)) as session:
        report = session.scalars(select(Report)).one()
        approve_report(session, report_id=report.id, number=report.sent, actor_id=world.dana.user_id, at=at)


def speak(person: Person, language: str) -> None:
    """Set the language of a reader at UN Women."""
    with _desk_mail_sender() as session:
        set_reader_language(session, user_id=person.user_id, language=language)


def end_appointment(person: Person, *, on: date) -> None:
    """End the appointment of a person at UN Women after a day."""
    with _desk_mail_sender() as session:
        statement = update(DeskAppointment).where(DeskAppointment.user_id == person.user_id)
        session.execute(statement.values(ends_on=on))


def stand_in(person: Person, *, of: Person, since: date, until: date) -> None:
    """Let one person at UN Women stand in for another between two days."""
    with _desk_mail_sender() as session:
        appointment = session.scalars(select(DeskAppointment).where(DeskAppointment.user_id == of.user_id)).one()
        session.add(
            DeskAppointment(
                user_id=person.user_id,
                role=appointment.role,
                countries=appointment.countries,
                starts_on=since,
                ends_on=until,
                stand_in_for=of.user_id,
            )
        )


def read(user_id: UUID) -> DeskReader:
    """Return the row of a reader of desk mails, detached."""
    with opened(NobodyScope(login="worker")) as session:
        reader = session.get_one(DeskReader, user_id)
        session.expunge(reader)
        return reader


def _desk_mail_sender() -> AbstractContextManager[Session]:
    return opened(NobodyScope())
