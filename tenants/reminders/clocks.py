"""When a chapter's morning is: nine o'clock where it is, on a day it works; and until when mail goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.models import Chapter
from tenants.reminders.models import ChapterClock

MORNING = time(9)
EVENING = time(20)  # what could not go out until then waits for the next morning


def start_clock(session: Session, *, chapter: Chapter, at: datetime) -> None:
    """Start a chapter's clock, or set it anew after its zone or working week has changed."""
    next_at = next_morning(after=at, zone=chapter.zone, working_week=chapter.working_week)
    session.merge(ChapterClock(chapter_id=chapter.id, next_at=next_at))
    session.flush()


def next_morning(*, after: datetime, zone: str, working_week: Collection[int]) -> datetime:
    """Return the first morning later than `after` on a working day, in UTC.

    `zone` is an IANA name, `working_week` holds ISO weekdays. Where clocks jump over nine o'clock it is the moment they
    jump to; a day that a zone leaves out altogether is left out here too.
    """
    day = clock.local_day(after, zone)
    while True:
        morning = _morning_of(day, zone)
        if morning > after and day.isoweekday() in working_week and clock.local_day(morning, zone) == day:
            return morning
        day += timedelta(days=1)


def in_hours(moment: datetime, *, zone: str, working_week: Collection[int]) -> bool:
    """Whether a moment lies in a working day, between the morning and the evening: then a mail may go out."""
    day = clock.local_day(moment, zone)
    there = moment.astimezone(ZoneInfo(zone)).time()
    return day.isoweekday() in working_week and _morning_of(day, zone) <= moment and there < EVENING


def _morning_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(UTC)
