"""Hundreds of approvals and reopenings while four compilers run, which are killed one after the other.

Every chapter's value in every report is a separate power of two, so any sum shows the values that it contains. No value
may count twice or before its approval, and at the end no value may be missing.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from end_to_end.compiler_processes import Compilers, compiling_backends, marks_waiting, running_compilers
from end_to_end.figure_watcher import FigureSeen, FigureWatcher
from harness.databases import owner_connection
from harness.people import Place, World
from harness.processes import eventually
from harness.reporting import LAST, NOON, Reporting, report_of_session

from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import TypedValue, approve_report
from tenants.chapters.areas import AREA_OF_COUNTRY

QUARTERS = (LAST.previous.previous.previous, LAST.previous.previous, LAST.previous, LAST)
FLOW, STOCK = "would_speak_up", "workplaces_with_policy"
COUNTRIES = ("BR", "RW", "UG", "AR", "KE", "EG")
CHAPTERS, ROUNDS, OFFICERS, COMPILERS = 16, 3, 3, 4
PAUSE = 0.4  # seconds between two kills


class RolledBack(Exception):
    """A failure at the end of the request of an approval."""


@dataclass
class Approvals:
    """Chapters with their reported and approved values."""

    reporting: Reporting
    places: list[Place]
    approved: dict[tuple[int, Period], set[int]] = field(default_factory=lambda: defaultdict(set))
    counted: dict[tuple[int, Period], int | None] = field(default_factory=dict)
    count: int = 0
    undone: int = 0

    def send(self, chapter: int, quarter: Period, round_: int) -> int:
        """Send a report whose value is one of the chapter's two powers of two. Return the exponent."""
        power = 2 * chapter + round_ % 2
        values = {FLOW: TypedValue(2**power, 2**power), STOCK: TypedValue(2**power)}
        self.reporting.send(self.places[chapter], quarter, values)
        return power

    def approve(self, chapter: int, quarter: Period, power: int, chance: random.Random) -> None:
        """Approve the sent report, sometimes after an attempt that is rolled back."""
        place = self.places[chapter]
        if chance.random() < 0.2:
            self.undone += 1
            with suppress(RolledBack), self.reporting.inside(place) as session:
                report, dana = report_of_session(session, quarter), self.reporting.world.dana.user_id
                approve_report(session, report_id=report.id, number=report.sent, actor_id=dana, at=NOON)
                raise RolledBack
        self.approved[chapter, quarter].add(power)
        self.reporting.approve(place, quarter)
        self.count += 1
        self.counted[chapter, quarter] = power

    def decide(self, officer: int) -> None:
        """Approve and reopen the reports of an officer's chapters, one chapter after the other."""
        chance = random.Random(officer)
        for chapter in range(officer, CHAPTERS, OFFICERS):
            for round_ in range(ROUNDS):
                for quarter in chance.sample(QUARTERS, len(QUARTERS)):
                    if round_:
                        self.reopen(chapter, quarter)
                    self.approve(chapter, quarter, self.send(chapter, quarter, round_), chance)
            self.reopen(chapter, chance.choice(QUARTERS))

    def reopen(self, chapter: int, quarter: Period) -> None:
        """Reopen an approved report. Its value no longer counts."""
        self.reporting.reopen(self.places[chapter], quarter)
        self.counted[chapter, quarter] = None

    def problem_with(self, seen: FigureSeen) -> str | None:
        """Return a reason why a figure is impossible with the approvals so far, or None."""
        powers = [power for power in range(2 * CHAPTERS) if (seen.numerator or 0) >> power & 1]
        chapters = [power // 2 for power in powers]
        said_when = [quarter for quarter in QUARTERS if quarter.starts_on <= seen.period_on]
        if seen.carried == 0:
            said_when = said_when[-1:]
        may_be = {power for chapter in chapters for quarter in said_when for power in self.approved[chapter, quarter]}
        if len(set(chapters)) != len(chapters):
            return f"both values of one chapter: {seen}"
        if len(powers) != seen.reported + seen.carried:
            return f"{len(powers)} values, not as many as it says: {seen}"
        if not set(powers) <= may_be:
            return f"what nobody has approved: {seen}"
        if not all(_lies_in(self.places[chapter], seen) for chapter in chapters):
            return f"a chapter of elsewhere: {seen}"
        return None

    def expected(self, indicator: str, quarter: Period) -> tuple[int | None, int, int]:
        """Return the final figure of the world: (numerator, reported, carried)."""
        counted_powers = [self.counted[chapter, quarter] for chapter in range(CHAPTERS)]
        powers = list(counted_powers)
        if indicator == STOCK:
            powers = [self._latest(chapter, quarter) for chapter in range(CHAPTERS)]
        known_powers = [power for power in powers if power is not None]
        report_count = sum(power is not None for power in counted_powers)
        return (
            sum(2**power for power in known_powers) if known_powers else None,
            report_count,
            len(known_powers) - report_count,
        )

    def _latest(self, chapter: int, quarter: Period) -> int | None:
        until = [self.counted[chapter, period] for period in QUARTERS if period <= quarter]
        return next((power for power in reversed(until) if power is not None), None)


@pytest.mark.slow
def test_a_storm_of_approvals_loses_nothing_and_counts_nothing_twice(
    world: World, superuser_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    reporting = Reporting(world)
    places = [reporting.onboard(f"more-{number}", COUNTRIES[number % 6]) for number in range(CHAPTERS - 2)]
    approvals = Approvals(reporting, [world.recife, world.huye, *places])
    for quarter in QUARTERS:
        reporting.expect(*approvals.places, period=quarter)
    reporting.compile()
    with (
        running_compilers(world.settings, tmp_path, COMPILERS) as compilers,
        FigureWatcher(world.settings, FLOW, approvals.problem_with) as flow,
        FigureWatcher(world.settings, STOCK, approvals.problem_with) as stock,
    ):
        compilers.wait_until_ready()
        kill_count = approve_and_kill(approvals, compilers, superuser_url)
        eventually(lambda: marks_waiting(reporting) == 0, description="everything is compiled")

    for quarter in QUARTERS:
        for indicator in (FLOW, STOCK):
            assert reporting.total("world", "world", indicator, quarter)[:3] == approvals.expected(indicator, quarter)
    assert not reporting.check()
    assert kill_count > COMPILERS
    record_property(
        "figure",
        f"concurrent approvals: {approvals.count} approvals, {approvals.undone} undone, {kill_count} compilers killed, "
        f"{flow.looks + stock.looks} looks at {len(flow.different) + len(stock.different)} different states, all true",
    )


def approve_and_kill(approvals: Approvals, compilers: Compilers, superuser_url: str) -> int:
    """Let all officers decide, and kill compilers during their work. Return the number of kills.

    A lock on one row stops active compilers for a moment, in which they are killed. It is a figure that most compilers
    change. More rows would be locked in another order than by a compiler, and PostgreSQL would break the deadlock.
    """
    settings, kill_count = approvals.reporting.world.settings, 0
    chance = random.Random(7)
    with (
        ThreadPoolExecutor(OFFICERS) as pool,
        owner_connection(settings, autocommit=True) as owner,
        psycopg.connect(superuser_url, autocommit=True) as admin,
    ):
        futures = [pool.submit(approvals.decide, officer) for officer in range(OFFICERS)]
        while not all(future.done() for future in futures):
            time.sleep(PAUSE * 2 * chance.random())
            with owner.transaction():
                owner.execute(
                    "select 1 from figures where level = 'world' and cell = 'all' and indicator = %s and period_on = %s"
                    " for update",
                    [STOCK, LAST.starts_on],
                )
                time.sleep(0.1)
                backends = compiling_backends(admin, settings, is_waiting=True)
                for name in backends.values():
                    assert name not in compilers.ended(), "a compiler has ended by itself"
                    compilers.kill(name)
                    compilers.start_another()
            kill_count += len(backends)
        for future in futures:
            future.result()
    return kill_count


def _lies_in(place: Place, seen: FigureSeen) -> bool:
    if seen.level == "country":
        return place.country == seen.place
    return seen.level == "world" or AREA_OF_COUNTRY[place.country] == seen.place
