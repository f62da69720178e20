"""A sink of this process's own, and Recife with a launch to come: its digest of a Monday has something to press."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mail_links.letters import MONDAY, Letter, morning, plan_launch
from mailroom import Mailbox, mailbox, point_mail_at, running_sink
from people import World
from time_machine import travel

from tenants.mail.delivery import PostOffice
from workers.reminders import post_office

__all__ = ["mailbox", "running_sink"]


@pytest.fixture
def office(world: World, mailbox: Mailbox) -> Iterator[PostOffice]:
    """The post office of the world's application over our own sink, on a Monday at nine in Recife."""
    point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with travel(MONDAY, tick=True):
        with world.app.app_context():
            plan_launch(world)
        yield post_office(world.app)


@pytest.fixture
def letter(world: World, office: PostOffice, mailbox: Mailbox) -> Letter:
    """The digest of Recife of this Monday, as Alice got it."""
    return morning(world, office, mailbox, MONDAY)
