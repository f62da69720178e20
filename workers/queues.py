"""The queues. Every worker of a small installation takes all of them; a large one gives each its own worker."""

from __future__ import annotations

from kombu import Exchange, Queue

DEFAULT = "default"
MAIL = "mail"
ROLLUPS = "rollups"

QUEUES = tuple(Queue(name, Exchange(name), routing_key=name) for name in (DEFAULT, MAIL, ROLLUPS))

ROUTES = {
    "workers.reminders.send_mail": {"queue": MAIL},
    "workers.rollups.*": {"queue": ROLLUPS},
}
