"""Chapters of a run, created by the product's own services: each has a focal point and three deputies, who get a digest
about one overdue obligation. Other people are invited during the run.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from harness.deliveries import QUIET_WEEKS, zone_at_noon
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from storm.workload import READERS_A_CHAPTER, ExpectedMail, Kind

from solidarity.settings import Settings
from tenants import clock
from tenants.chapter_life.services import onboard_chapter
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import new_id, opened
from tenants.errors import Refused
from tenants.mail.ledger import PLAIN
from tenants.mail.letters import queue_letter
from tenants.mail.models import Delivery
from tenants.membership.services import accept_invitation, create_user, invite
from tenants.obligations.ladder import DEPUTY
from tenants.people.models import User
from tenants.people.permissions import Role
from tenants.reminders.models import ChapterClock
from tenants.reminders.schedule import works_on
from tenants.scope import ChapterScope, NobodyScope

COUNTRIES = 6
EVERY_DAY = range(1, 8)
LATER = timedelta(days=1)


def onboard_chapters(number: int) -> list[UUID]:
    """Onboard chapters that are quiet for so long that the deputies are reminded today. Nothing is sent yet."""
    since = clock.now() - timedelta(weeks=QUIET_WEEKS, days=DEPUTY)
    zone, today = zone_at_noon(), clock.local_day(clock.now(), zone_at_noon())
    at_work = (country for country in ALL_COUNTRIES if works_on(today, EVERY_DAY, country))
    countries = list(islice(at_work, COUNTRIES))
    chapters = [_onboard(count, since, zone, countries[count % COUNTRIES]) for count in range(number)]
    with opened(NobodyScope(login="worker")) as session:
        session.execute(delete(Delivery), execution_options=PLAIN)  # the invitations, which are accepted already
    return chapters


def _onboard(number: int, since: datetime, zone: str, country: str) -> UUID:
    chapter_id = new_id()
    with opened(ChapterScope(chapter_id)) as session:
        onboard_chapter(
            session,
            actor_id=None,
            at=since,
            slug=f"storm-{number}",
            name=f"HeForShe Storm {number}",
            campaign_name="HeForShe",
            country=country,
            zone=zone,
            working_week=list(EVERY_DAY),
            currency="USD",
            languages=["en"],
        )
    for count in range(READERS_A_CHAPTER):
        _join(chapter_id, f"reader-{number}-{count}@people.example", since, leads=count == 0)
    with opened(NobodyScope(login="worker")) as session:
        _set_clock(session, chapter_id, clock.now() + LATER)
    return chapter_id


def _join(chapter_id: UUID, email: str, at: datetime, *, leads: bool) -> None:
    with opened(NobodyScope()) as session:
        user_id = create_user(session, email=email, name="Someone", language="en", password=None, at=at).id
    role = Role.FOCAL_POINT if leads else Role.DEPUTY
    with opened(ChapterScope(chapter_id)) as session:
        invitation = invite(session, actor_id=None, at=at, email=email, name="Someone", role=role, language="en")
        user = session.get_one(User, user_id)
        accept_invitation(session, invitation_id=invitation.id, user=user, at=at)


def set_mornings(chapters: list[UUID], mails: list[ExpectedMail], at: datetime) -> None:
    """Make each chapter's clock due at the moment of its digests, in a run that begins at `at`."""
    mornings = {mail.chapter: at + timedelta(seconds=mail.after) for mail in mails if mail.kind is Kind.DIGEST}
    with opened(NobodyScope(login="worker")) as session:
        for number, morning in mornings.items():
            _set_clock(session, chapters[number], morning)


def _set_clock(session: Session, chapter_id: UUID, at: datetime) -> None:
    own_clock = update(ChapterClock).where(ChapterClock.chapter_id == chapter_id)
    session.execute(own_clock.values(next_at=at), execution_options=PLAIN)


def queue_letters(settings: Settings, mails: list[ExpectedMail], at: datetime) -> None:
    """Queue the letters of a run that begins at `at`, each to be sent at its moment."""
    with opened(NobodyScope()) as session:
        for mail in mails:
            if mail.kind is Kind.LETTER:
                queue_letter(
                    session,
                    secret_key=settings.secret_key.get_secret_value(),
                    user_id=new_id(),
                    email=mail.address,
                    name="Someone",
                    language="en",
                    letter="password_reset",
                    link="https://solidarity.example/a-link",
                    at=at + timedelta(seconds=mail.after),
                )


def invite_until_acknowledged(chapter_id: UUID, address: str) -> float:
    """Invite a person, and retry after any fault until it succeeds. Return the time of success (time.time()).

    If the answer to a commit is lost, the retry is refused, because the person is invited already.
    """
    while True:
        try:
            with opened(ChapterScope(chapter_id)) as session:
                invite(
                    session,
                    actor_id=None,
                    at=clock.now(),
                    email=address,
                    name="Guest",
                    role=Role.MEMBER,
                    language="en",
                )
            return time.time()
        except Refused:
            return time.time()
        except Exception:  # noqa: BLE001  (an unavailable database raises many kinds of errors)
            time.sleep(0.1)


def ledger_states() -> dict[str, int]:
    """Return the number of mails in each state of the ledger."""
    with opened(NobodyScope(login="worker")) as session:
        return dict(Counter(session.scalars(select(Delivery.state))))
