"""Enqueue a task by name once the request has committed. If the message is lost, beat's tick finds the same rows.

The web never imports a task and never waits for the broker: a separate thread sends the messages. After a failed
attempt nothing is sent for RETRY_AFTER_SECONDS, and pages continue to work.
"""

from __future__ import annotations

import threading
import time
from functools import partial
from queue import SimpleQueue

import structlog
from celery import Celery
from flask import Flask, current_app, g

from solidarity.logs import REQUEST_ID, current_request_id

RETRY_AFTER_SECONDS = 10.0

log = structlog.get_logger(__name__)


class TaskProducer:
    """A Celery producer without tasks, and its sending thread, which starts with the first message."""

    def __init__(self, redis_url: str) -> None:
        self.celery = Celery("producer", broker=redis_url, set_as_current=False)
        self.celery.conf.update(
            task_ignore_result=True,
            task_serializer="json",
            broker_connection_retry=False,
            broker_transport_options={
                "socket_timeout": 1,
                "socket_connect_timeout": 0.5,
                "global_keyprefix": "solidarity:",
            },
        )
        self.paused_until = 0.0
        self._messages: SimpleQueue[tuple[str, str, str | None]] = SimpleQueue()
        self._starting = threading.Lock()
        self._sender: threading.Thread | None = None

    def enqueue(self, task: str, queue: str) -> None:
        """Send `task` by name to `queue` without waiting. Does nothing for some seconds after a failed attempt.

        The message holds the id of the request, so that the log lines of the task can be found by it.
        """
        if time.monotonic() < self.paused_until:
            return
        self._messages.put((task, queue, current_request_id()))
        with self._starting:
            if self._sender is None:
                self._sender = threading.Thread(target=self._send_messages, name="task-producer", daemon=True)
                self._sender.start()

    def _send_messages(self) -> None:
        while True:
            task, queue, request_id = self._messages.get()
            if time.monotonic() >= self.paused_until:
                self._send(task, queue, request_id)

    def _send(self, task: str, queue: str, request_id: str | None) -> None:
        headers = {REQUEST_ID: request_id} if request_id else None
        try:
            self.celery.send_task(task, queue=queue, headers=headers, retry=False, expires=60)
        except Exception as error:  # noqa: BLE001  (after any failure of the broker, beat's tick finds the row)
            self.paused_until = time.monotonic() + RETRY_AFTER_SECONDS
            log.warning("enqueue.failed", task=task, error=type(error).__name__, **headers or {})


def enqueue_after_commit(task: str, *, queue: str = "default") -> None:
    """Enqueue `task` once this request has committed. A task is enqueued at most once per request."""
    producer: TaskProducer = current_app.extensions["task_producer"]
    messages = g.setdefault("messages_after_commit", [])
    if not any(message.args[0] == task for message in messages):
        messages.append(partial(producer.enqueue, task, queue))


def init_enqueue(app: Flask, redis_url: str) -> None:
    """Give `app` its producer, which connects at the first message."""
    app.extensions["task_producer"] = TaskProducer(redis_url)
