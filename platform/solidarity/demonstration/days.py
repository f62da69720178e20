"""The days of one invented chapter's year: when it began, which quarters it tells of, when it rests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from solidarity.demonstration.chapters.model import Actor, Scenario
from tenants.action_kit.evaluation.periods import Period
from tenants.clock import local_day

QUARTERS = 4  # that are over
EARLY = 24  # days before the first quarter, so that its report is expected
LATEST = {Scenario.STEADY: 150, Scenario.OUTSIDE: 150, Scenario.VACANT: 110}  # days after it; others have more to tell
NEW_SINCE = 88  # days before
NIL_QUARTER = 2  # of the four, counted from nought
SILENT_SINCE = {Scenario.HANDED_OVER: 44, Scenario.DORMANT: 170, Scenario.MISSING: 20}  # days before
QUARTER_END = 6  # days in which nothing is paid, so that the books stand still when the report is sent


class Calendar:
    """The days of one chapter, all of them where the chapter is."""

    def __init__(self, actor: Actor, until: datetime) -> None:
        self._actor = actor
        self.today = self.day_of(until)
        now = Period.of(until.date())
        self.quarters = [now.shifted(-ago) for ago in range(QUARTERS, 0, -1)]
        self.quarter_now = now
        self.began = self._beginning(Random(f"{actor.slug} begins"))  # noqa: S311 - nothing secret hangs on it

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment."""
        return local_day(moment, self._actor.zone)

    def after(self, days: int) -> date:
        """Return the working day that is so many days after the beginning, or the one before it."""
        return self.workday(self.began + timedelta(days=days))

    def ago(self, days: int) -> date:
        """Return the day that was so many days ago, or is to come where there are fewer than none."""
        return self.today - timedelta(days=days)

    def workday(self, day: date) -> date:
        """Return a day, or the working day before it."""
        while day.isoweekday() not in self._actor.working_week:
            day -= timedelta(days=1)
        return day

    def payday(self, day: date) -> date:
        """Return a day on which money moves: not in the last days of a quarter."""
        return min(day, Period.of(day).ends_on - timedelta(days=QUARTER_END))

    def rests(self, day: date) -> bool:
        """Tell whether the chapter does nothing on a day: in the quarter of a nil report, or since it fell silent."""
        scenario = self._actor.scenario
        if scenario is Scenario.NIL and Period.of(day) == self.quarters[NIL_QUARTER]:
            return True
        return scenario in SILENT_SINCE and day > self.ago(SILENT_SINCE[scenario])

    def spread(self, first: date, last: date, times: int, rng: Random) -> list[date]:
        """Return so many days from the first to the last, about evenly, without those on which it rests."""
        step = (last - first).days / max(times - 1, 1)
        offsets = (round(number * step + rng.uniform(-step, step) / 4) for number in range(times))
        days = (min(max(first, first + timedelta(days=offset)), last) for offset in offsets)
        return [day for day in days if not self.rests(day)]

    def _beginning(self, rng: Random) -> date:
        if self._actor.scenario is Scenario.NEWCOMER:
            return self.ago(NEW_SINCE - rng.randrange(14))
        latest = LATEST.get(self._actor.scenario, 40)
        days = min(rng.randrange(-EARLY, latest) for _ in range(3))  # most of them early, a few late
        return self.quarters[0].starts_on + timedelta(days=days)
