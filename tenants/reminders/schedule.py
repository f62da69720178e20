"""The mornings of a chapter, at nine o'clock local time on its working days, and the hour until which mail is sent.

Working days are the days of its working week that are no public holiday of its country.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.models import Chapter
from tenants.people.models import DigestFrequency
from tenants.reminders.models import ChapterClock

DAYS_A_WEEK = 7
MORNING = time(9)
EVENING = time(20)  # mail that is not sent by then is sent on the next working day


def start_clock(session: Session, *, chapter: Chapter, at: datetime) -> None:
    """Start a chapter's clock, or restart it after its time zone or working week has changed."""
    next_at = next_morning_of(chapter, after=at)
    session.merge(ChapterClock(chapter_id=chapter.id, next_at=next_at))
    session.flush()


def next_morning_of(chapter: Chapter, *, after: datetime) -> datetime:
    """Return a chapter's first working morning later than `after`, in UTC."""
    return next_morning(after=after, zone=chapter.zone, working_week=chapter.working_week, country=chapter.country)


def next_morning(*, after: datetime, zone: str, working_week: Collection[int], country: str | None) -> datetime:
    """Return the first morning later than `after` on a working day, in UTC.

    `zone` is an IANA name, `working_week` holds ISO weekdays, and holidays are those of `country`, if any. If clocks
    skip nine o'clock, it is the moment they skip to. A day that a time zone skips altogether is skipped here too.
    """
    day = clock.local_day(after, zone)
    while True:
        morning = _morning_on(day, zone)
        if morning > after and works_on(day, working_week, country) and clock.local_day(morning, zone) == day:
            return morning
        day += timedelta(days=1)


def in_hours(moment: datetime, *, zone: str, working_week: Collection[int], country: str | None) -> bool:
    """Whether a moment is on a working day between the morning and the evening, when mail may be sent."""
    day = clock.local_day(moment, zone)
    is_there = works_on(day, working_week, country) and _morning_on(day, zone) <= moment
    return is_there and not is_evening(moment, zone)


def is_evening(moment: datetime, zone: str) -> bool:
    """Whether it is too late in a time zone to send mail on that day."""
    return moment.astimezone(clock.zone_info(zone)).time() >= EVENING


def works_on(day: date, working_week: Collection[int], country: str | None) -> bool:
    """Whether a calendar day is in the working week and no public holiday of `country`."""
    return day.isoweekday() in working_week and not (country and day in public_holidays(country, day.year))


def is_turn(frequency: str, day: date, *, last_day: date | None, working_week: Collection[int]) -> bool:
    """Whether a member whose last digest was on `last_day` may get the next on `day`: once a day, or once a week."""
    if last_day is None:
        return True
    if frequency == DigestFrequency.WEEKLY:
        return week_of(day, working_week) > week_of(last_day, working_week)
    return day > last_day


def week_of(day: date, working_week: Collection[int]) -> date:
    """Return the first day of a chapter's week that contains `day`: the working day after its longest days off.

    If no run of days off is longest, it is the earliest such weekday, from Monday on.
    """
    first = max(sorted(working_week), key=lambda weekday: _days_off_before(weekday, working_week))
    return day - timedelta(days=(day.isoweekday() - first) % DAYS_A_WEEK)


def _days_off_before(weekday: int, working_week: Collection[int]) -> int:
    return next(days for days in range(DAYS_A_WEEK) if (weekday - days - 2) % DAYS_A_WEEK + 1 in working_week)


@lru_cache(maxsize=1_024)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the national public holidays of a country (ISO 3166-1 alpha-2) in a year, or none if it is unknown.

    They come from the `holidays` library, without regional ones. The list may be wrong, especially for holidays that
    begin when the moon is sighted. An error delays the mails of that morning by a day. It drops none.
    """
    import holidays  # takes 11 MB and a tenth of a second, so only where a morning is computed

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a country's table of moon dates ends in some year
        try:
            return frozenset(holidays.country_holidays(country, years=year, expand=False))
        except NotImplementedError:
            return frozenset()


def _morning_on(day: date, zone: str) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=clock.zone_info(zone)).astimezone(UTC)
