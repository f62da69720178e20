"""Two things timed by turns, and the line that says how they compare.

By turns (A B A B), so that both see the same noise of the machine; of each the median counts. The spread is that of the
middle half.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

WARMING = 7  # PostgreSQL plans a statement anew five times before it keeps a plan, psycopg sends it whole as often

Call = Callable[[], object]


@dataclass(frozen=True)
class Goal:
    """A ratio not to pass, and how many statements at most, where that is promised too."""

    ratio: float
    statements: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What was measured: seconds a call of `what`, and of `against`, repeat by repeat."""

    name: str
    what: str
    against: str
    goal: Goal
    seconds: Sequence[float]
    reference: Sequence[float]
    statements: int | None = None
    notes: Sequence[str] = ()
    also: Sequence[Outcome] = ()  # what else the same run measured

    @property
    def ratio(self) -> float:
        """How many times as long it takes as its reference."""
        return median(self.seconds) / median(self.reference)

    @property
    def is_within_goals(self) -> bool:
        """Whether every goal is held."""
        has_few_statements = self.goal.statements is None or (self.statements or 0) <= self.goal.statements
        return self.ratio <= self.goal.ratio and has_few_statements

    def line(self) -> str:
        """Say it in one line."""
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
    """Time both by turns, `repeats` times each, and return the seconds of each call.

    `warming` calls come first, which nobody times; `before` is called before each call of its side, off the clock.
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
    """Say the median, and where the middle half lies, in one unit."""
    first, middle, last = quantiles(seconds, n=4, method="inclusive")
    unit, size = ("s", 1.0) if middle >= 1 else ("ms", 0.001)
    return f"{middle / size:.2f} {unit} ({first / size:.2f} to {last / size:.2f})"
