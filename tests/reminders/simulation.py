"""Simulation of the reminders of one obligation, with a worker that is running at some times only.

The clock, the hours and the rungs are those of the product. A set and a variable replace the database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tenants import clock
from tenants.obligations.ladder import rung_of
from tenants.obligations.models import ObligationKind
from tenants.people.models import DigestFrequency
from tenants.reminders.schedule import EVENING, MORNING, in_hours, is_evening, is_turn, next_morning, week_of

QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)
HORIZON = 90

zones = st.one_of(
    st.sampled_from(["Pacific/Kiritimati", "Pacific/Niue", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"]),
    st.sampled_from(["Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza", "America/Recife", "Europe/Lisbon"]),
    st.timezone_keys(allow_prefix=False),
)
weeks = st.one_of(
    st.sampled_from([(1, 2, 3, 4, 5), (7, 1, 2, 3, 4), (6,), (1, 2, 3, 4, 5, 6, 7), (7,)]),
    st.sets(st.integers(1, 7), min_size=1).map(tuple),
)
starts = st.one_of(
    st.sampled_from([(2011, 11, 20), (2019, 12, 20), (2023, 12, 1), (2024, 2, 1), (2026, 3, 1), (2026, 10, 1)]).map(
        lambda day: datetime(*day, 12, tzinfo=UTC)
    ),
    st.datetimes(datetime(2000, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  (it wants them bare)
        lambda moment: moment.replace(minute=0, second=0, microsecond=0)
    ),
)
outages = st.lists(
    st.tuples(st.integers(0, HORIZON * 24), st.one_of(st.integers(1, 30), st.integers(31, 24 * 20))), max_size=8
)
days_off = st.sets(st.integers(0, HORIZON + 2), max_size=25)


@dataclass(frozen=True)
class Calendar:
    """The working week and the time zone of a chapter; `off` are its holidays."""

    zone: str
    week: tuple[int, ...]
    off: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        return day.isoweekday() in self.week and day not in self.off


@dataclass(frozen=True)
class Worker:
    """A worker that is not running in the spans `away`."""

    away: tuple[tuple[datetime, datetime], ...]

    @classmethod
    def away_for(cls, start: datetime, hours: list[tuple[int, int]]) -> Worker:
        spans = ((start + timedelta(hours=at), start + timedelta(hours=at + long)) for at, long in hours)
        return cls(tuple(sorted(spans)))

    def there_from(self, moment: datetime) -> datetime:
        """Return the first moment at or after `moment` at which the worker is running."""
        for begins, ends in self.away:
            if begins <= moment < ends:
                moment = ends
        return moment

    def is_there(self, moment: datetime) -> bool:
        return not any(begins <= moment < ends for begins, ends in self.away)


@dataclass
class Received:
    """The rungs that one person was sent, and the digests that were written to them."""

    rungs: list[tuple[int, datetime]] = field(default_factory=list)
    mails: list[datetime] = field(default_factory=list)
    days_written: list[date] = field(default_factory=list)
    days_sent: list[date] = field(default_factory=list)

    def last_day(self, day: date, pending: Collection[date]) -> date | None:
        """Return the last day that counts for the next digest: sent, still to be sent, or `day` itself if written."""
        own = [day] if day in self.days_written else []
        return max([*self.days_sent, *pending, *own], default=None)


@dataclass(frozen=True)
class Preferences:
    """How often a member gets a digest, and the first and last day of their absence."""

    frequency: DigestFrequency = DigestFrequency.DAILY
    absence: tuple[date, date] | None = None

    def is_away(self, day: date) -> bool:
        return self.absence is not None and self.absence[0] <= day <= self.absence[1]


DEFAULTS = Preferences()


def live(
    kind: ObligationKind,
    due_on: date,
    calendar: Calendar,
    worker: Worker,
    start: datetime,
    *,
    member_zone: str | None = None,
    preferences: Preferences = DEFAULTS,
) -> Received:
    """Simulate the days from `start` on, for a member in `member_zone`, by default the zone of the chapter."""
    history, pending, consumed_rungs = Received(), list[tuple[datetime, date]](), set[int]()
    zone = member_zone or calendar.zone
    with _holidays(calendar.off):
        next_at = _morning(start, calendar.zone, calendar)
        while True:
            moment = worker.there_from(min([next_at, *(send_at for send_at, _ in pending)]))
            if moment >= start + HORIZON * A_DAY:
                return history
            if next_at <= moment:
                next_at = _morning(moment, calendar.zone, calendar)
                if in_hours(moment, zone=calendar.zone, working_week=calendar.week, country="XX"):
                    rung = rung_of(kind.ladder, due_on=due_on, today=clock.local_day(moment, calendar.zone))
                    send_at = (
                        moment
                        if member_zone is None
                        else _morning(moment - timedelta(seconds=1), member_zone, calendar)
                    )
                    day = clock.local_day(send_at, zone)
                    today = clock.local_day(moment, zone)
                    last_day = history.last_day(
                        day, [pending_day for _, pending_day in pending if pending_day >= today]
                    )
                    may_write = not preferences.is_away(day) and is_turn(
                        preferences.frequency, day, last_day=last_day, working_week=calendar.week
                    )
                    if rung is not None and rung not in consumed_rungs and may_write:
                        history.days_written.append(day)
                        pending.append((send_at, day))
            for digest in [entry for entry in pending if entry[0] <= moment]:
                pending.remove(digest)
                if preferences.is_away(digest[1]):
                    continue
                rung = rung_of(kind.ladder, due_on=due_on, today=clock.local_day(moment, calendar.zone))
                is_over = digest[1] != clock.local_day(moment, zone) or is_evening(moment, zone)
                if (
                    not is_over
                    and not preferences.is_away(digest[1])
                    and rung is not None
                    and rung not in consumed_rungs
                ):
                    consumed_rungs.add(rung)
                    history.mails.append(moment)
                    history.days_sent.append(digest[1])
                    history.rungs.append((rung, moment))


def windows(kind: ObligationKind, due_on: date, first: date, last: date) -> Iterator[tuple[int, list[date]]]:
    """Yield each rung whose days all lie between two days, with those days."""
    days = [first + number * A_DAY for number in range((last - first).days + 1)]
    days_by_rung: dict[int, list[date]] = {}
    for day in days:
        rung = rung_of(kind.ladder, due_on=due_on, today=day)
        if rung is not None:
            days_by_rung.setdefault(rung, []).append(day)
    for rung, its_days in days_by_rung.items():
        begins_here = its_days[0] > first
        ends_here = its_days[-1] < last
        if begins_here and ends_here:
            yield rung, its_days


def expected_mails(
    daily: Received, calendar: Calendar, worker: Worker, first: date, last: date, preferences: Preferences
) -> list[tuple[date, int]]:
    """Return the days and rungs of the mails of a member, from what a member with a mail a day who is there received.

    What is new waits for the first working morning on which the member is there and has no mail of that week yet.
    """
    zone = ZoneInfo(calendar.zone)
    rungs = {moment.astimezone(zone).date(): rung for rung, moment in daily.rungs}
    mails: list[tuple[date, int]] = []
    pending_rung: int | None = None
    for day in (first + number * A_DAY for number in range((last - first).days + 1)):
        pending_rung = rungs.get(day, pending_rung)
        has_mail = (
            preferences.frequency is DigestFrequency.WEEKLY
            and bool(mails)
            and week_of(mails[-1][0], calendar.week) == week_of(day, calendar.week)
        )
        is_there = not has_mail and not preferences.is_away(day)
        if pending_rung is not None and is_there and has_a_morning(day, calendar, worker.is_there):
            mails.append((day, pending_rung))
            pending_rung = None
    return mails


def has_a_morning(day: date, calendar: Calendar, is_there: Callable[[datetime], bool]) -> bool:
    """Whether the worker runs at some moment of a working day in working hours, checked every quarter of an hour."""
    if not calendar.works_on(day):
        return False
    zone = ZoneInfo(calendar.zone)
    moment = datetime.combine(day, time(0), tzinfo=UTC) - 15 * timedelta(hours=1)
    until = moment + 45 * timedelta(hours=1)
    while moment < until:
        local_moment = moment.astimezone(zone)
        if local_moment.date() == day and MORNING <= local_moment.time() < EVENING and is_there(moment):
            return True
        moment += QUARTER
    return False


def _morning(after: datetime, zone: str, calendar: Calendar) -> datetime:
    return next_morning(after=after, zone=zone, working_week=calendar.week, country="XX")


def _holidays(off: Collection[date]) -> AbstractContextManager[object]:
    return patch("tenants.reminders.schedule.public_holidays", lambda _country, _year: off)
