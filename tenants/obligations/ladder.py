"""The ladder of an obligation: the days, counted from its due date, on which its owners are reminded.

A rung holds from its day until the next rung's day. A weekend, a holiday or a night without a worker therefore delays
it and never drops it, and a person who was away for long gets only the last rung. After the last rung of a ladder, one
follows every week until the obligation is done.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

DAYS_A_WEEK = 7
DEPUTY = 3  # days late, when the deputies are reminded too
DESK = 10  # days late, when it is added to the weekly summary of UN Women's desk
FIRST = -21

Ladder = tuple[int, ...]
"""Days from the due date, ascending."""

BEFORE_AND_AFTER: Ladder = (FIRST, -14, -7, 0, DEPUTY, DESK)
AFTER_A_DAY: Ladder = (-6, 0, DEPUTY, DESK)  # for what is due a week after a return or an event
FROM_ITS_DAY: Ladder = (0, DEPUTY, DESK)  # for what is missing, and for what only becomes due when it happens


def rung_of(ladder: Ladder, *, due_on: date, today: date) -> int | None:
    """Return the rung that holds on `today`, in days from `due_on`, or None if the ladder has not begun."""
    days = (today - due_on).days
    if days < ladder[0]:
        return None
    if days > ladder[-1]:
        return days - (days - ladder[-1]) % DAYS_A_WEEK
    return ladder[bisect_right(ladder, days) - 1]
