"""The whole timetable.

Beat only rings: what is due is a row in PostgreSQL, found by whoever is rung. Two beats at once are therefore harmless,
and a ring that nobody hears expires.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

TICK = timedelta(seconds=10)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _ring(task: str, every: timedelta) -> dict[str, Any]:
    return {"task": task, "schedule": every, "options": {"expires": min(2 * every, timedelta(hours=1)).total_seconds()}}


TIMETABLE = {
    "who is due": _ring("workers.reminders.tick", TICK),
    "mail that waits": _ring("workers.reminders.send_mail", TICK),
    "marks that wait": _ring("workers.rollups.compile_figures", TICK),
    "a period begins": _ring("workers.evaluation.open_periods", HOUR),
    "figures are right": _ring("workers.rollups.check_figures", DAY),
    "upkeep": _ring("workers.upkeep.clear_old_rows", DAY),
}
