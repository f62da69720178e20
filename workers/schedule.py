"""The complete schedule of beat.

Beat only enqueues: the tasks find what is due in PostgreSQL. Two beats at once are therefore harmless, and a message
that no worker takes expires.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

TICK = timedelta(seconds=10)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _every(task: str, interval: timedelta) -> dict[str, Any]:
    return {
        "task": task,
        "schedule": interval,
        "options": {"expires": min(2 * interval, timedelta(hours=1)).total_seconds()},
    }


TIMETABLE = {
    "who is due": _every("workers.reminders.tick", TICK),
    "mail that waits": _every("workers.reminders.send_mail", TICK),
    "marks that wait": _every("workers.rollups.compile_figures", TICK),
    "a period begins": _every("workers.evaluation.open_periods", HOUR),
    "figures are right": _every("workers.rollups.check_figures", DAY),
    "walls stand": _every("workers.upkeep.verify_walls", DAY),
    "upkeep": _every("workers.upkeep.clear_old_rows", DAY),
}
