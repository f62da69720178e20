"""The calendar of one invented chapter: its first day, its quarters, and its days without activities."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from solidarity.demonstration.chapters.model import Actor, Scenario
from tenants.action_kit.evaluation.periods import Period
from tenants.clock import local_day

QUARTERS = 4  # completed ones
EARLY = 24  # days before the first quarter, so that its report is expected
LATEST = {Scenario.STEADY: 150, Scenario.OUTSIDE: 150, Scenario.VACANT: 110}  # days after it; others start earlier
NEW_SINCE = 88  # days before
NIL_QUARTER = 2  # index among the four
SILENT_SINCE = {Scenario.HANDED_OVER: 44, Scenario.DORMANT: 170, Scenario.MISSING: 20}  # days before
QUARTER_END = 6  # days without payments, so that no amount changes while the report is sent


class Calendar:
    """The days of one chapter, in its time zone."""

    def __init__(self, actor: Actor, until: datetime) -> None:
        self._actor = actor
        self.today = self.day_of(until)
        now = Period.of(until.date())
        self.quarters = [now.shifted(-ago) for ago in range(QUARTERS, 0, -1)]
        self.quarter_now = now
        self.began = self._beginning(Random(f"{actor.slug} begins"))  # noqa: S311 - nothing secret hangs on it

    def day_of(self, moment: datetime) -> date:
        """Return the local day of a time."""
        return local_day(moment, self._actor.zone)

    def after(self, days: int) -> date:
        """Return the day `days` after the beginning, or the last working day before it."""
        return self.workday(self.began + timedelta(days=days))

    def ago(self, days: int) -> date:
        """Return the day that was `days` ago. Negative numbers give days in the future."""
        return self.today - timedelta(days=days)

    def workday(self, day: date) -> date:
        """Return `day`, or the last working day before it."""
        while day.isoweekday() not in self._actor.working_week:
            day -= timedelta(days=1)
        return day

    def payday(self, day: date) -> date:
        """Return `day`, or an earlier one if it is in the last days of a quarter, which have no payments."""
        return min(day, Period.of(day).ends_on - timedelta(days=QUARTER_END))

    def rests(self, day: date) -> bool:
        """Whether the chapter does nothing on `day`: in the quarter of a nil report, or after its last activity."""
        scenario = self._actor.scenario
        if scenario is Scenario.NIL and Period.of(day) == self.quarters[NIL_QUARTER]:
            return True
        return scenario in SILENT_SINCE and day > self.ago(SILENT_SINCE[scenario])

    def spread(self, first: date, last: date, times: int, rng: Random) -> list[date]:
        """Return `times` days, spread about evenly from `first` to `last`, without the days on which it rests."""
        step = (last - first).days / max(times - 1, 1)
        offsets = (round(number * step + rng.uniform(-step, step) / 4) for number in range(times))
        days = (min(max(first, first + timedelta(days=offset)), last) for offset in offsets)
        return [day for day in days if not self.rests(day)]

    def _beginning(self, rng: Random) -> date:
        if self._actor.scenario is Scenario.NEWCOMER:
            return self.ago(NEW_SINCE - rng.randrange(14))
        latest = LATEST.get(self._actor.scenario, 40)
        days = min(rng.randrange(-EARLY, latest) for _ in range(3))  # the minimum makes early days more likely
        return self.quarters[0].starts_on + timedelta(days=days)
