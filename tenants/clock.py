"""The current time, and the days that a chapter may enter. Domain functions take the time as a parameter.

Time-travel tests change this clock, but not PostgreSQL's. Business dates are therefore never `now()` in SQL.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from tenants.numerals import lazy_number

THE_MOVEMENT_BEGAN = date(2014, 9, 20)
YEARS_AHEAD = 10


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


def zone_info(zone: str) -> ZoneInfo:
    """Return an IANA zone, or UTC for a name that Python does not know, so that no stored value breaks a page."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def local_day(moment: datetime, zone: str) -> date:
    """Return the calendar day of an aware `moment` in an IANA `zone`, or the first or last day that Python knows."""
    try:
        return moment.astimezone(zone_info(zone)).date()
    except OverflowError:
        return moment.date()


def days_later(day: date, days: int) -> date:
    """Return the day that is `days` later, or earlier if `days` is negative; at most the first or last day."""
    ordinal = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal)


def last_day(today: date) -> date:
    """Return the last day that can be entered on `today`."""
    return years_later(today, YEARS_AHEAD)


def years_later(day: date, years: int) -> date:
    """Return the same day some years later, for 29 February the 28th, but not beyond the last day that Python knows."""
    year = day.year + years
    if year > date.max.year:
        return date.max
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def day_problem(day: date, today: date) -> str | None:
    """Return the problem with a day that was entered on `today`, as a lazy sentence; None from 2014 to ten years ahead.

    It holds for every day that people enter. Constraints have fixed bounds that contain these (`days_in_bounds`).
    """
    if day < THE_MOVEMENT_BEGAN:
        return TOO_EARLY
    return TOO_LATE if day > last_day(today) else None


TOO_EARLY: str = _l("The movement began on 20 September 2014. Enter that date or a later one.")
TOO_LATE: str = _l("This date is more than %(years)s years away. Enter an earlier one.", years=lazy_number(YEARS_AHEAD))
