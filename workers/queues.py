"""The queues, and how long a task may take.

Every worker of a small installation takes all queues; a large one gives each its own worker.
"""

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

# Seconds until a task is told to stop, and until it is killed. Sending waits longest, since a relay may be slow to
# answer, and the nightly check, which reads every value ever approved.
SOFT_LIMIT, HARD_LIMIT = 60, 90
LONG = {"soft_time_limit": 240, "time_limit": 270}
LIMITS = {"workers.reminders.send_mail": LONG, "workers.rollups.check_figures": LONG}
