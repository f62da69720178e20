"""Ring for a worker after commit: a task sent by name. Nothing rests on it; beat's tick finds the same rows.

The web never imports a task, and never waits for the broker: a thread of its own rings. While the broker is away, one
failed ring in a while is enough to know, and pages go on.
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

QUIET_SECONDS = 10.0  # after a failed ring nobody tries again for so long

log = structlog.get_logger(__name__)


class Bell:
    """A producer without tasks of its own, and the thread that rings; the thread starts with the first ring."""

    def __init__(self, redis_url: str) -> None:
        self.celery = Celery("bell", broker=redis_url, set_as_current=False)
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
        self.silent_until = 0.0
        self._asked: SimpleQueue[tuple[str, str, str | None]] = SimpleQueue()
        self._starting = threading.Lock()
        self._ringer: threading.Thread | None = None

    def ring(self, task: str, queue: str) -> None:
        """Have `task` sent by name to `queue`, without waiting; a broker that is away is left to the tick.

        The message carries the id of the request, so that the lines of the task can be found by it.
        """
        if time.monotonic() < self.silent_until:
            return
        self._asked.put((task, queue, current_request_id()))
        with self._starting:
            if self._ringer is None:
                self._ringer = threading.Thread(target=self._ring_on, name="bell", daemon=True)
                self._ringer.start()

    def _ring_on(self) -> None:
        while True:
            task, queue, request_id = self._asked.get()
            if time.monotonic() >= self.silent_until:
                self._send(task, queue, request_id)

    def _send(self, task: str, queue: str, request_id: str | None) -> None:
        headers = {REQUEST_ID: request_id} if request_id else None
        try:
            self.celery.send_task(task, queue=queue, headers=headers, retry=False, expires=60)
        except Exception as error:  # noqa: BLE001  (any failure of the broker means the same: the tick will do it)
            self.silent_until = time.monotonic() + QUIET_SECONDS
            log.warning("bell.silent", task=task, error=type(error).__name__, **headers or {})


def ring_after_commit(task: str, *, queue: str = "default") -> None:
    """Have `task` rung once this request has committed."""
    bell: Bell = current_app.extensions["bell"]
    rings = g.setdefault("rings", [])
    if not any(ring.args[0] == task for ring in rings):
        rings.append(partial(bell.ring, task, queue))


def init_bell(app: Flask, redis_url: str) -> None:
    """Give `app` its bell; no connection is made until the first ring."""
    app.extensions["bell"] = Bell(redis_url)
