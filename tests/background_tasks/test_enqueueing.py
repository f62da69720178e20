"""The bell: pages ring it and go on, whether the broker listens, hangs or is away."""

from __future__ import annotations

import socket

import redis
from harness.processes import eventually

from solidarity.embedded.processes import free_port
from solidarity.enqueue import Bell
from solidarity.settings import Settings

TASK, QUEUE = "workers.rollups.compile_figures", "rollups"


def test_a_page_does_not_wait_for_a_broker_that_hangs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        bell = Bell(f"redis://127.0.0.1:{hanging.getsockname()[1]}/0")

        bell.ring(TASK, QUEUE)

        assert bell.silent_until == 0, "the page has waited until the ring failed"
        eventually(lambda: bell.silent_until > 0, what="the bell notices that nobody answers")


def test_a_bell_that_was_not_heard_is_quiet_for_a_while() -> None:
    bell = Bell(f"redis://127.0.0.1:{free_port()}/0")
    bell.ring(TASK, QUEUE)
    eventually(lambda: bell.silent_until > 0, what="the first ring fails")
    first = bell.silent_until

    bell.ring(TASK, QUEUE)

    assert bell.silent_until == first
    assert bell._asked.empty()


def test_a_ring_arrives_in_the_queue_that_workers_listen_to(settings: Settings) -> None:
    url = settings.redis_url.get_secret_value()
    with redis.Redis.from_url(url) as valkey:
        waiting = valkey.llen(f"solidarity:{QUEUE}")

        Bell(url).ring(TASK, QUEUE)

        eventually(lambda: valkey.llen(f"solidarity:{QUEUE}") == waiting + 1, what="the ring lies in the queue")
