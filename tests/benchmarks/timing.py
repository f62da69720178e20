"""Alternating timing of two calls, and the line that compares them.

The calls alternate (A B A B), so that both see the same noise of the machine. The median of each counts. The spread is
the interquartile range.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

WARMING = 7  # PostgreSQL plans a statement five times before it caches the plan, psycopg prepares it after five

Call = Callable[[], object]


@dataclass(frozen=True)
class Goal:
    """The highest allowed ratio, and the highest allowed number of statements if there is one."""

    ratio: float
    statements: int | None = None


@dataclass(frozen=True)
class Outcome:
    """The measurements: `seconds` of each call of `what`, and in `reference` those of `against`."""

    name: str
    what: str
    against: str
    goal: Goal
    seconds: Sequence[float]
    reference: Sequence[float]
    statements: int | None = None
    notes: Sequence[str] = ()
    also: Sequence[Outcome] = ()  # other measurements of the same run

    @property
    def ratio(self) -> float:
        """The median seconds, divided by those of the reference."""
        return median(self.seconds) / median(self.reference)

    @property
    def is_within_goals(self) -> bool:
        """Whether all goals are met."""
        has_few_statements = self.goal.statements is None or (self.statements or 0) <= self.goal.statements
        return self.ratio <= self.goal.ratio and has_few_statements

    def line(self) -> str:
        """Return the outcome in one line."""
        parts = [
            f"{self.name}: {self.what} {_spread(self.seconds)}",
            f"{self.against} {_spread(self.reference)}",
            f"ratio {self.ratio:.2f} in {len(self.seconds)} repeats",
            f"goal <= {self.goal.ratio:g}",
        ]
        if self.statements is not None:
            parts.append(f"{self.statements} statements, goal <= {self.goal.statements}")
        return " | ".join([*parts, "held" if self.is_within_goals else "MISSED"])


def by_turns(
    subject: Call, baseline: Call, *, repeats: int, warming: int = WARMING, before: tuple[Call, Call] | None = None
) -> tuple[list[float], list[float]]:
    """Time both calls alternately, `repeats` times each, and return the seconds of each call.

    `warming` untimed calls of each come first. `before` has an untimed call before each call of its side.
    """
    sides = list(zip((subject, baseline), before or (_nothing, _nothing), strict=True))
    for call, first in sides * warming:
        first()
        call()
    gc.collect()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for (call, first), call_seconds in zip(sides, seconds, strict=True):
            first()
            start = time.perf_counter()
            call()
            call_seconds.append(time.perf_counter() - start)
    return seconds


def _nothing() -> None:
    """Prepare nothing."""


def _spread(seconds: Sequence[float]) -> str:
    """Return the median and the quartiles in one unit."""
    first, middle, last = quantiles(seconds, n=4, method="inclusive")
    unit, size = ("s", 1.0) if middle >= 1 else ("ms", 0.001)
    return f"{middle / size:.2f} {unit} ({first / size:.2f} to {last / size:.2f})"
