"""The ladder: on which days, counted from the day something is due, somebody hears of it.

A rung holds from its day until the next rung's day. A weekend, a holiday or a night without a worker therefore delays
it and never drops it, and whoever was away for long hears of the last rung alone. After the last rung named, one
follows every week until the thing is done.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from tenants.obligations.models import ObligationKind

DAYS_A_WEEK = 7
DEPUTY = 3  # days late, and the deputy hears of it too
DESK = 10  # days late, and it is in the weekly summary of UN Women's desk
FIRST = -21

BEFORE_AND_AFTER = (FIRST, -14, -7, 0, DEPUTY, DESK)
AFTER_A_DAY = (-6, 0, DEPUTY, DESK)  # of what is due a week after something happened: a return, an event
FROM_ITS_DAY = (0, DEPUTY, DESK)  # of what is missing, and of what is due only once it has happened

LADDERS: dict[ObligationKind, tuple[int, ...]] = {
    ObligationKind.TERM_ENDING: BEFORE_AND_AFTER,
    ObligationKind.PLAN_TO_SUBMIT: BEFORE_AND_AFTER,
    ObligationKind.PLANNED_ACTIVITY_DUE: BEFORE_AND_AFTER,
    ObligationKind.CHECKLIST_ITEM: BEFORE_AND_AFTER,
    ObligationKind.REPORT_DUE: BEFORE_AND_AFTER,
    ObligationKind.RETURNED_PLAN: AFTER_A_DAY,
    ObligationKind.RETURNED_REPORT: AFTER_A_DAY,
    ObligationKind.EVENT_REPORT: AFTER_A_DAY,
}


def rung_of(kind: ObligationKind, *, due_on: date, today: date) -> int | None:
    """Return the rung that holds on `today`, in days from `due_on`; None where the ladder has not begun."""
    ladder = LADDERS.get(kind, FROM_ITS_DAY)
    days = (today - due_on).days
    if days < ladder[0]:
        return None
    if days > ladder[-1]:
        return days - (days - ladder[-1]) % DAYS_A_WEEK
    return ladder[bisect_right(ladder, days) - 1]
