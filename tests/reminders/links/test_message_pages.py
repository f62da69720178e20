"""Every message of a chapter is on exactly one page of the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from desk.page_texts import next_address
from flask.testing import FlaskClient
from harness.deliveries import QUIET_SINCE
from harness.people import Person, World
from sqlalchemy import select

from tenants.db import new_id, opened
from tenants.mail.models import DeliveryState, Notification
from tenants.people.models import Membership
from tenants.scope import ChapterScope

DAY = re.compile(r"\d+ \w+ 20\d\d, 00:01")  # 03:01 UTC in Recife's time zone


def test_alice_finds_every_message_on_one_page(world: World, as_person: Callable[[Person], FlaskClient]) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        alice = session.scalars(select(Membership.id).where(Membership.user_id == world.alice.user_id)).one()
        for days in range(120):
            at = QUIET_SINCE.replace(hour=3, minute=1) - timedelta(days=days)
            session.add(_sent(world, alice, at))
    client = as_person(world.alice)
    pages, address = [], "/c/recife/messages"
    while address:
        pages.append(client.get(address).get_data(as_text=True))
        address = next_address(pages[-1])
    dates = [match.group() for page in pages for match in DAY.finditer(page)]
    assert (len(pages), len(dates)) == (3, 120)
    assert len(set(dates)) == 120


def _sent(world: World, membership_id: UUID, at: datetime) -> Notification:
    return Notification(
        chapter_id=world.recife.id,
        membership_id=membership_id,
        local_day=at.date(),
        items=[],
        state=DeliveryState.PENDING,
        made_at=at,
        delivery_id=new_id(),
    )
