"""The current time. Domain functions take it as a parameter.

Time-travel tests change this clock, but not PostgreSQL's. Business dates are therefore never `now()` in SQL.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime, zone: str) -> date:
    """Return the calendar day of an aware `moment` in an IANA `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
