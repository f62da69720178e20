"""Mornings of a chapter in sequence: mails are written, sent, and their rungs consumed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from harness.deliveries import QUIET_WEEKS, make_due
from harness.people import Person, Place
from reminders.simulation import Worker
from sqlalchemy import select
from time_machine import travel

from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import ConsumedRung, Delivery, MailKind
from tenants.obligations.models import ObligationKind
from tenants.people.models import Membership
from tenants.reminders.due import process_chapter
from tenants.reminders.models import ChapterClock
from tenants.reminders.schedule import start_clock
from tenants.scope import ChapterScope, NobodyScope

ALWAYS = Worker(())


@dataclass(frozen=True)
class RungSent:
    """A rung that was sent to a member, and when."""

    who: UUID
    kind: str
    rung: int
    at: datetime


def membership_of(place: Place, person: Person) -> UUID:
    """Return the membership id of a person in a chapter."""
    with opened(ChapterScope(place.id)) as session:
        return session.scalars(select(Membership.id).where(Membership.user_id == person.user_id)).one()


def set_calendar(place: Place, *, zone: str, week: tuple[int, ...], at: datetime) -> None:
    """Set the time zone and the working week of a chapter from a moment on."""
    with opened(ChapterScope(place.id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        chapter.zone, chapter.working_week = zone, sorted(week)
        start_clock(session, chapter=chapter, at=at)


def next_at(place: Place) -> datetime:
    """Return when a chapter's clock is due."""
    with opened(NobodyScope(login="worker")) as session:
        return session.get_one(ChapterClock, place.id).next_at


def live_until(place: Place, mail_sender: MailSender, until: datetime, worker: Worker = ALWAYS) -> None:
    """Process every morning until a moment, each as soon as the worker is running."""
    while (moment := worker.there_from(next_at(place))) < until:
        with travel(moment, tick=True):
            process_chapter(place.id, at=moment, quiet_weeks=QUIET_WEEKS)
            send_waiting(mail_sender, seconds=20)


def rungs_sent_in(place: Place) -> list[RungSent]:
    """Return the rungs consumed in a chapter, in order."""
    with opened(ChapterScope(place.id)) as session:
        rows = session.scalars(select(ConsumedRung).order_by(ConsumedRung.consumed_at, ConsumedRung.rung)).all()
        return [RungSent(row.membership_id, row.kind, row.rung, row.consumed_at) for row in rows]


def rungs_of(place: Place, membership_id: UUID, kind: ObligationKind | None = None) -> list[int]:
    """Return the rungs that were sent to a member, in order."""
    return [
        sent_rung.rung
        for sent_rung in rungs_sent_in(place)
        if sent_rung.who == membership_id and (kind is None or sent_rung.kind == kind.code)
    ]


def digests_to(membership_id: UUID) -> list[Delivery]:
    """Return the digests of a member, in the order of their days."""
    with opened(NobodyScope(login="worker")) as session:
        statement = select(Delivery).where(Delivery.kind == MailKind.DIGEST, Delivery.subject_id == membership_id)
        rows = session.scalars(statement.order_by(Delivery.local_day)).all()
        session.expunge_all()
        return list(rows)


def morning_after(place: Place, mail_sender: MailSender, day: date | None = None) -> datetime:
    """Process the next morning, or all mornings until `day` has begun. Return the moment of the last one."""
    moment = next_at(place)
    while day is not None and moment.date() < day:
        live_until(place, mail_sender, moment + timedelta(seconds=1))
        moment = next_at(place)
    live_until(place, mail_sender, moment + timedelta(seconds=1))
    return moment


def try_again(mail_sender: MailSender, moment: datetime) -> None:
    """Try to send everything that waits at a moment."""
    make_due(moment)
    with travel(moment, tick=True):
        send_waiting(mail_sender, seconds=20)
