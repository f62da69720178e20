"""Helpers for mails in the delivery ledger: due mails, states and invitations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import Place, World
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from time_machine import travel

from solidarity.labels.obligations.wording import WORDS
from solidarity.labels.obligations.words import quarter_name
from tenants import clock
from tenants.action_kit.activities.entries import ActivityEntry
from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.services import log_activity
from tenants.chapters.models import Chapter
from tenants.db import new_id, opened
from tenants.mail.delivery import MailSender
from tenants.mail.letters import NO_MAIL, Letter, open_letter
from tenants.mail.models import Delivery, MailKind, Notification
from tenants.membership.services import invite
from tenants.obligations.models import Obligation, ObligationKind
from tenants.people.permissions import Role
from tenants.reminders.due import process_chapter
from tenants.reminders.schedule import public_holidays, start_clock
from tenants.scope import ChapterScope, NobodyScope

QUIET_SINCE = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday, seven weeks after people.SINCE
QUIET_WEEKS = 4


@dataclass(frozen=True)
class DeliveryStatus:
    """The state of a mail in the ledger and in the chapter's inbox."""

    state: str
    reason: str | None
    notification: tuple[str, str | None] | None


def deliveries(kind: MailKind = MailKind.DIGEST) -> list[Delivery]:
    """Return the ledger's rows of a kind, detached."""
    with opened(NobodyScope(login="worker")) as session:
        rows = session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.created_at)).all()
        session.expunge_all()
        return list(rows)


def only_delivery(kind: MailKind = MailKind.DIGEST) -> Delivery:
    """Return the only row of a kind. Raises ValueError if there are none or several."""
    (delivery,) = deliveries(kind)
    return delivery


def delivery_status(place: Place) -> DeliveryStatus:
    """Return the status of the only digest, for the worker and for the chapter."""
    delivery = only_delivery()
    return DeliveryStatus(delivery.state, delivery.reason, notification_of(place, delivery.id))


def notification_of(place: Place, delivery_id: UUID) -> tuple[str, str | None] | None:
    """Return the state and reason of a mail in its chapter's inbox, or None."""
    with opened(ChapterScope(place.id)) as session:
        statement = select(Notification).where(Notification.delivery_id == delivery_id)
        notification = session.scalars(statement).one_or_none()
        return (notification.state, notification.reason) if notification else None


def update_delivery(delivery_id: UUID, **values: object) -> None:
    """Change a row of the ledger directly."""
    with opened(NobodyScope(login="worker")) as session:
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))


def make_due(moment: datetime) -> None:
    """Make all pending mails due at `moment`."""
    with opened(NobodyScope(login="worker")) as session:
        session.execute(update(Delivery).where(Delivery.state == "pending").values(next_at=moment))


def expire_leases() -> None:
    """Expire all leases and grace periods."""
    with opened(NobodyScope(login="worker")) as session:
        session.execute(update(Delivery).where(Delivery.lease_until.is_not(None)).values(lease_until=QUIET_SINCE))


def start_working_day(*places: Place) -> None:
    """Make it noon of a working day in `places`, so that mail is sent now, and make their clocks due."""
    for place in places:
        with opened(ChapterScope(place.id)) as session:
            chapter = session.scalars(select(Chapter)).one()
            skip_on_holidays(chapter.country)
            chapter.zone = zone_at_noon()
            chapter.working_week = list(range(1, 8))
            start_clock(session, chapter=chapter, at=clock.now() - timedelta(days=2))


def zone_at_noon() -> str:
    """Return a time zone in which it is between 12:00 and 13:00 now."""
    hours_ahead = 12 - clock.now().hour
    return f"Etc/GMT{-hours_ahead:+d}"  # POSIX inverts the sign


def skip_on_holidays(*countries: str) -> None:
    """Skip a test with a real clock on a public holiday, because no mail is sent then."""
    today = clock.local_day(clock.now(), zone_at_noon())
    for country in countries:
        if today in public_holidays(country, today.year):
            pytest.skip(f"{today} is a holiday in {country}, and the clock of this test is the real one")


def log_talk(session: Session, *, by: UUID, at: datetime) -> None:
    """Log an activity of the day before, without head counts."""
    entry = ActivityEntry(
        kind=ActivityKind.DIALOGUE,
        title="A talk",
        held_on=at.date() - timedelta(days=1),
        place="",
        narrative="",
        counts=None,
        first_time=None,
        came_before=None,
        not_sure=None,
    )
    log_activity(session, actor_id=by, at=at, form_key=new_id(), entry=entry)


def make_obligation(
    world: World,
    kind: ObligationKind,
    due_on: date,
    *,
    owner: UUID | None = None,
    title: str | None = None,
    subject: UUID | None = None,
) -> Obligation:
    """Return an obligation of Recife that no query has found. A report's is about the last quarter of 2025."""
    return Obligation(
        chapter_id=world.recife.id,
        kind=kind,
        subject_id=subject or new_id(),
        due_on=due_on,
        owner_id=owner,
        title=title or ("2025-10-01" if WORDS[kind].subject_name is quarter_name else None),
    )


@dataclass(frozen=True)
class Invitations:
    """Invitations to Recife: their ids by email address."""

    world: World
    ids: dict[str, UUID]

    @property
    def addresses(self) -> set[str]:
        """The email addresses of the invited people."""
        return set(self.ids)

    def states(self) -> set[str]:
        """Return the states of their mails in the delivery ledger."""
        deliveries = select(Delivery.state).where(Delivery.subject_id.in_(self.ids.values()))
        with self.world.app.app_context(), opened(NobodyScope(login="worker")) as session:
            return set(session.scalars(deliveries))


def invite_people(world: World, number: int, name: str = "guest") -> Invitations:
    """Invite `number` people to Recife, at addresses that begin with `name`."""
    ids = {}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for count in range(number):
            address = f"{name}{count}@people.example"
            invitation = invite(
                session,
                actor_id=world.alice.user_id,
                at=clock.now(),
                email=address,
                name="Guest",
                role=Role.MEMBER,
                language="en",
            )
            session.flush()
            ids[address] = invitation.id
    return Invitations(world, ids)


@pytest.fixture
def mail_sender(world: World, mailbox: Mailbox) -> Iterator[MailSender]:
    """The mail sender of the world's application over the mail sink, inside its context, without a grace period."""
    from workers.reminders import make_mail_sender

    point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with world.app.app_context(), travel(QUIET_SINCE, tick=True):
        yield replace(make_mail_sender(world.app), grace=timedelta(0))


@pytest.fixture
def digest_of_recife(world: World, mail_sender: MailSender) -> World:
    """A world in which Recife is quiet and its digest is in the ledger."""
    assert process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 1
    return world


def letters(world: World) -> list[Letter]:
    """Return the letters to people about their own accounts that are sent, decrypted, oldest first."""
    key = world.settings.secret_key.get_secret_value()
    with world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        contents = session.scalars(
            select(Delivery.sealed).where(Delivery.kind == MailKind.LETTER).order_by(Delivery.created_at, Delivery.id)
        ).all()
        opened_letters = [open_letter(key, content or b"") for content in contents]
        return [letter for letter in opened_letters if letter.letter != NO_MAIL]
