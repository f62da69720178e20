"""Pages enqueue tasks without waiting, whether the broker answers, hangs or is unavailable."""

from __future__ import annotations

import socket

import redis
from harness.processes import eventually

from solidarity.embedded.processes import free_port
from solidarity.enqueue import TaskProducer
from solidarity.settings import Settings

TASK, QUEUE = "workers.rollups.compile_figures", "rollups"


def test_a_page_does_not_wait_for_a_broker_that_hangs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        producer = TaskProducer(f"redis://127.0.0.1:{broker.getsockname()[1]}/0")

        producer.enqueue(TASK, QUEUE)

        assert producer.paused_until == 0, "the page has waited until sending failed"
        eventually(
            lambda: producer.paused_until > 0, description="the producer notices that the broker does not answer"
        )


def test_after_a_failure_nothing_is_sent_for_a_while() -> None:
    producer = TaskProducer(f"redis://127.0.0.1:{free_port()}/0")
    producer.enqueue(TASK, QUEUE)
    eventually(lambda: producer.paused_until > 0, description="the first message fails")
    first = producer.paused_until

    producer.enqueue(TASK, QUEUE)

    assert producer.paused_until == first
    assert producer._messages.empty()


def test_a_message_arrives_in_the_queue_that_workers_listen_to(settings: Settings) -> None:
    url = settings.redis_url.get_secret_value()
    with redis.Redis.from_url(url) as valkey:
        queue_length = valkey.llen(f"solidarity:{QUEUE}")

        TaskProducer(url).enqueue(TASK, QUEUE)

        eventually(
            lambda: valkey.llen(f"solidarity:{QUEUE}") == queue_length + 1, description="the message is in the queue"
        )
