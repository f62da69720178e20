"""Helpers for tests of links in mails: process a morning, and press the button of a link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from harness.deliveries import QUIET_WEEKS, log_talk
from harness.mail_sink import Mailbox
from harness.people import World
from sqlalchemy import func, select
from time_machine import travel
from werkzeug.test import TestResponse

from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import ChecklistItem
from tenants.action_kit.launch.obligations import CHECKLIST_ITEM
from tenants.action_kit.launch.services import item_text, plan_event
from tenants.audit import AuditEntry
from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import Notification, ReminderPause
from tenants.obligations.models import Obligation
from tenants.people.models import Membership
from tenants.reminders.due import process_chapter
from tenants.reminders.links import LinkAction, LinkMaker, MailLink
from tenants.reminders.models import LinkUse
from tenants.reminders.rungs import on_the_ladder
from tenants.scope import ChapterScope

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)  # 9:00 in Recife
A_DAY = timedelta(days=1)
LAUNCH = date(2026, 4, 1)


@dataclass(frozen=True)
class DigestMail:
    """A digest, with its links found by their text."""

    mail: EmailMessage
    plain: str
    html: str

    def links(self, words: str) -> list[str]:
        """Return the paths of all links with this text, in their order."""
        addresses = re.findall(rf"^{re.escape(words)}: (\S+)$", self.plain, re.MULTILINE)
        return [urlsplit(address).path for address in addresses]


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return the text and the HTML of a mail."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n"), html.get_content()


def plan_launch(world: World, held_on: date = LAUNCH) -> None:
    """Plan a launch with our checklist in good time, and log an activity, so that the chapter is not quiet."""
    with opened(ChapterScope(world.recife.id, actor_id=world.alice.user_id)) as session:
        starts_at = datetime.combine(held_on, datetime.min.time(), UTC) + timedelta(hours=18)
        entry = EventEntry("Launch event", "", "", "America/Recife", starts_at, None)
        plan_event(session, actor_id=world.alice.user_id, at=MONDAY - timedelta(days=60), entry=entry)
        log_talk(session, by=world.alice.user_id, at=MONDAY - A_DAY)


def morning(world: World, mail_sender: MailSender, mailbox: Mailbox, at: datetime) -> DigestMail:
    """Process a morning, and return the one mail that Alice gets."""
    (digest,) = digests_of_morning(world, mail_sender, mailbox, at)
    return digest


def digests_of_morning(world: World, mail_sender: MailSender, mailbox: Mailbox, at: datetime) -> list[DigestMail]:
    """Process a morning of Recife, and return the digests that Alice gets."""
    mailbox.empty()
    with world.app.app_context(), travel(at, tick=True):
        process_chapter(world.recife.id, at=at, quiet_weeks=QUIET_WEEKS)
        send_waiting(mail_sender, seconds=10)
    mails = [mail for mail in mailbox.mails(world.alice.email) if "invited" not in mail["Subject"]]
    return [DigestMail(mail, *parts(mail)) for mail in mails]


def press(client: FlaskClient, path: str) -> TestResponse:
    """Open a link and press its button, as a browser does. Return the response to the button."""
    page = client.get(path)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    return client.post(page.request.path, data={"csrf_token": token[1] if token else token_of(client)})


def token_of(client: FlaskClient) -> str:
    """Return a CSRF token from a page that needs no sign-in."""
    page = client.get("/forgot").get_data(as_text=True)
    match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert match
    return match[1]


def obligations_on(world: World, at: datetime = MONDAY) -> list[Obligation]:
    """Return the obligations of Recife on a day."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return on_the_ladder(session, today=at.date(), quiet_weeks=QUIET_WEEKS)


def first_item(world: World, at: datetime = MONDAY) -> Obligation:
    """Return the first item of the checklist that is due."""
    return next(due for due in obligations_on(world, at) if due.kind is CHECKLIST_ITEM)


def link(world: World, due: Obligation, act: LinkAction, **changed: Any) -> str:
    """Return the path of a link about an obligation in the latest digest; `changed` replaces fields of the link."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        copy_row = session.scalars(
            select(Notification).where(Notification.local_day.is_not(None)).order_by(Notification.made_at.desc())
        ).first()
    values = {
        "chapter_id": world.recife.id,
        "delivery_id": copy_row.delivery_id if copy_row else None,
        "kind": due.kind,
        "subject_id": due.subject_id,
        "due_on": due.due_on,
        "act": act,
        "works_until": MONDAY.date() + timedelta(days=14),
    }
    maker = LinkMaker(world.settings.secret_key.get_secret_value())
    return f"/reply/{maker.sign(MailLink(**{**values, **changed}))}"


@dataclass(frozen=True)
class StoredCounts:
    """Counts of the rows in a chapter that a link can change."""

    items_done: int
    uses: int
    pauses: int
    entries: int


def stored_counts(world: World) -> StoredCounts:
    """Count the rows of Recife."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:

        def count(*conditions: Any, of: Any) -> int:
            return session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0

        return StoredCounts(
            items_done=count(ChecklistItem.done_at.is_not(None), of=ChecklistItem),
            uses=count(of=LinkUse),
            pauses=count(of=ReminderPause),
            entries=count(of=AuditEntry),
        )


def actions(world: World) -> list[tuple[str, Any]]:
    """Return action and actor of the audit entries, the earliest first."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
        return [(row.action, row.actor_id) for row in rows]


def title_of(world: World, due: Obligation) -> str:
    """Return the text of a checklist item."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        item = session.scalars(select(ChecklistItem).where(ChecklistItem.id == due.subject_id)).one()
        return item_text(item)


def membership_of(world: World, user_id: Any) -> Any:
    """Return the membership id of a person in Recife."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return session.scalar(select(Membership.id).where(Membership.user_id == user_id))
