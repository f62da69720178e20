"""Messages in Valkey only start work early: lost messages lose no mail, and duplicate messages double none."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import redis
from celery.contrib.testing.worker import start_worker
from harness.deliveries import invite_people, start_working_day
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import World
from harness.processes import eventually, running_product
from sqlalchemy.orm import Session

from tenants.scope import ChapterScope, scope_of
from workers.base import ChapterTask, SolidarityCelery, send_to_chapter

INVITATION_COUNT = 12


def test_a_broker_flushed_again_and_again_loses_no_mail_and_two_beats_double_none(
    world: World, mailbox: Mailbox, tmp_path: Path
) -> None:
    settings = point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with world.app.app_context():
        start_working_day(world.recife, world.huye)
    expected = invite_people(world, INVITATION_COUNT).addresses | {
        world.alice.email,
        world.charlie.email,
    }  # and two quiet chapters
    broker = redis.Redis.from_url(settings.redis_url.get_secret_value())
    with running_product(settings, tmp_path, parts=("worker", "beat", "beat-2")):
        until = time.monotonic() + 4
        while time.monotonic() < until:
            broker.flushdb()
            time.sleep(0.05)
        eventually(lambda: len(mailbox.mails()) >= len(expected), description="every mail arrives")
        time.sleep(1)
    broker.close()
    arrival_counts = Counter(str(mail["To"].addresses[0].addr_spec) for mail in mailbox.mails())
    assert arrival_counts.pop(world.dana.email, 1) == 1  # UN Women gets mail on weekdays, in the daytime
    assert arrival_counts == Counter(expected)


def test_a_chapter_travels_through_the_broker_to_its_task(celery: SolidarityCelery, world: World) -> None:
    seen: list[Any] = []

    def look(session: Session) -> None:
        seen.append(scope_of(session))

    task: Any = celery.tasks[celery.task(base=ChapterTask, shared=False)(look).name]
    with start_worker(celery, pool="solo", perform_ping_check=False, queues=["default"]):
        send_to_chapter(task, world.recife.id)
        eventually(lambda: bool(seen), description="the task is done", seconds=20)
    assert seen == [ChapterScope(world.recife.id, login="worker")]
