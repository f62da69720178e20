"""Valkey only rings: what it loses is done all the same, and what is rung twice is done once."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import redis
from celery.contrib.testing.worker import start_worker
from mailroom import Mailbox, point_mail_at
from people import World
from posting import let_it_be_day
from processes import Live, eventually, running_live
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import opened
from tenants.membership.services import invite
from tenants.people.permissions import Role
from tenants.scope import ChapterScope, scope_of
from workers.base import ChapterTask, SolidarityCelery, send_to_chapter

GUESTS = 12


def invite_guests(world: World) -> set[str]:
    """Invite some people to Recife and return their addresses."""
    addresses = {f"guest{number}@people.example" for number in range(GUESTS)}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for address in sorted(addresses):
            invite(
                session,
                actor_id=world.alice.user_id,
                at=clock.now(),
                email=address,
                name="Guest",
                role=Role.MEMBER,
                language="en",
            )
    return addresses


def test_a_broker_flushed_again_and_again_loses_no_mail_and_two_beats_double_none(
    world: World, mailbox: Mailbox, tmp_path: Path
) -> None:
    settings = point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with world.app.app_context():
        let_it_be_day(world.recife, world.huye)
    expected = invite_guests(world) | {world.alice.email, world.charlie.email}  # and two quiet chapters
    broker = redis.Redis.from_url(settings.redis_url.get_secret_value())
    with running_live(settings, tmp_path, parts=("worker", "beat")) as live:
        (tmp_path / "second").mkdir()
        second = Live(live.address, live.environment, tmp_path / "second")
        second.start("beat")
        try:
            until = time.monotonic() + 4
            while time.monotonic() < until:
                broker.flushdb()
                time.sleep(0.05)
            eventually(lambda: len(mailbox.mails()) >= len(expected), what="every mail arrives")
            time.sleep(1)
        finally:
            second.stop("beat")
    broker.close()
    arrived = Counter(str(mail["To"].addresses[0].addr_spec) for mail in mailbox.mails())
    assert arrived.pop(world.dana.email, 1) == 1  # UN Women is written to from Monday to Friday, by day
    assert arrived == Counter(expected)


def test_a_chapter_travels_through_the_broker_to_its_task(celery: SolidarityCelery, world: World) -> None:
    seen: list[Any] = []

    def look(session: Session) -> None:
        seen.append(scope_of(session))

    task: Any = celery.tasks[celery.task(base=ChapterTask, shared=False)(look).name]
    with start_worker(celery, pool="solo", perform_ping_check=False, queues=["default"]):
        send_to_chapter(task, world.recife.id)
        eventually(lambda: bool(seen), what="the task is done", seconds=20)
    assert seen == [ChapterScope(world.recife.id, login="worker")]
