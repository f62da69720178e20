"""The queues, and the time limits of tasks.

In a small installation every worker takes all queues; in a large one each queue has its own worker.
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

# Seconds until a task is asked to stop, and until it is killed. Sending gets more time because a relay may be slow to
# answer, and so does the nightly check, which reads every value ever approved.
SOFT_LIMIT, HARD_LIMIT = 60, 90
LONG = {"soft_time_limit": 240, "time_limit": 270}
LIMITS = {"workers.reminders.send_mail": LONG, "workers.rollups.check_figures": LONG}
