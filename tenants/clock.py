"""Time comes from here, and reaches the domain as a parameter.

A test that travels moves this clock; it cannot move PostgreSQL's, so business dates are never `now()` in SQL.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime, zone: str) -> date:
    """Return the calendar day of an aware `moment` in an IANA `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
