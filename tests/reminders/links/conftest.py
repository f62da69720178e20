"""A mail sink of this process, and Recife with a planned launch: its digest of a Monday has links with actions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import World
from reminders.links.digest_mail import MONDAY, DigestMail, morning, plan_launch
from time_machine import travel

from tenants.mail.delivery import MailSender
from workers.reminders import make_mail_sender


@pytest.fixture
def mail_sender(world: World, mailbox: Mailbox) -> Iterator[MailSender]:
    """The mail sender of the world's application, on a Monday at nine in Recife."""
    point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with travel(MONDAY, tick=True):
        with world.app.app_context():
            plan_launch(world)
        yield make_mail_sender(world.app)


@pytest.fixture
def digest(world: World, mail_sender: MailSender, mailbox: Mailbox) -> DigestMail:
    """Alice's digest of this Monday."""
    return morning(world, mail_sender, mailbox, MONDAY)
