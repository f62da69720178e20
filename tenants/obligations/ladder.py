"""The ladder: on which days, counted from the day something is due, somebody hears of it.

A rung holds from its day until the next rung's day. A weekend, a holiday or a night without a worker therefore delays
it and never drops it, and whoever was away for long hears of the last rung alone. After the last rung named, one
follows every week until the thing is done.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

DAYS_A_WEEK = 7
DEPUTY = 3  # days late, and the deputy hears of it too
DESK = 10  # days late, and it is in the weekly summary of UN Women's desk
FIRST = -21

Ladder = tuple[int, ...]
"""Days from the day something is due, ascending."""

BEFORE_AND_AFTER: Ladder = (FIRST, -14, -7, 0, DEPUTY, DESK)
AFTER_A_DAY: Ladder = (-6, 0, DEPUTY, DESK)  # of what is due a week after something happened: a return, an event
FROM_ITS_DAY: Ladder = (0, DEPUTY, DESK)  # of what is missing, and of what is due only once it has happened


def rung_of(ladder: Ladder, *, due_on: date, today: date) -> int | None:
    """Return the rung that holds on `today`, in days from `due_on`; None where the ladder has not begun."""
    days = (today - due_on).days
    if days < ladder[0]:
        return None
    if days > ladder[-1]:
        return days - (days - ladder[-1]) % DAYS_A_WEEK
    return ladder[bisect_right(ladder, days) - 1]
