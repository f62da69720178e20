"""A reader of the figures during changes, which records impossible values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType

import psycopg

from solidarity.settings import Settings
from tenants.chapters.areas import AREA_OF_COUNTRY

Problem = str | None


@dataclass(frozen=True)
class FigureSeen:
    """One figure over all cells, at one moment."""

    period_on: date
    level: str
    place: str
    numerator: int | None
    reported: int
    carried: int


class FigureWatcher(threading.Thread):
    """Reads one indicator as the desk does, one statement for each look; `problem_with` returns a figure's problem.

    At every look, parts and whole must agree: the world is the sum of its areas, an area is the sum of its countries.
    """

    def __init__(self, settings: Settings, indicator: str, problem_with: Callable[[FigureSeen], Problem]) -> None:
        super().__init__(daemon=True)
        url = settings.database("desk").set(drivername="postgresql")
        self._address = url.render_as_string(hide_password=False)
        self._indicator, self._problem_with = indicator, problem_with
        self._enough = threading.Event()
        self.problems: list[str] = []
        self.looks = 0
        self.different: set[frozenset[FigureSeen]] = set()

    def run(self) -> None:
        """Read the figures until the context ends."""
        with psycopg.connect(self._address, autocommit=True) as desk:
            while not self._enough.is_set():
                figures = [FigureSeen(*row) for row in desk.execute(_LOOK, [self._indicator])]
                self.looks += 1
                moment = frozenset(figures)
                if moment not in self.different:
                    self.different.add(moment)
                    self.problems += [problem for seen in figures if (problem := self._problem_with(seen)) is not None]
                    self.problems += _disagreements(figures)

    def __enter__(self) -> FigureWatcher:
        """Start the thread."""
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop the thread. Fail if there was a problem, or if it has not read the figures at least twice."""
        self._enough.set()
        self.join(20)
        if error is None:
            assert self.problems == []
            assert self.looks > 1, "nobody looked"


_LOOK = """
    select period_on, level, place, numerator, reported, carried from figures where indicator = %s and cell = 'all'
"""


def _disagreements(figures: Sequence[FigureSeen]) -> list[str]:
    wrong = []
    for period_on in {seen.period_on for seen in figures}:
        period_figures = [seen for seen in figures if seen.period_on == period_on]
        for whole in period_figures:
            parts = [part for part in period_figures if _is_part(part, whole)]
            sums = [sum(values) for values in zip(*map(_additive, parts), strict=True)]
            if parts and sums != list(_additive(whole)):
                wrong.append(f"{whole} is not the sum of {parts}")
    return wrong


def _is_part(part: FigureSeen, whole: FigureSeen) -> bool:
    if whole.level == "world":
        return part.level == "area"
    return whole.level == "area" and part.level == "country" and AREA_OF_COUNTRY[part.place] == whole.place


def _additive(seen: FigureSeen) -> tuple[int, int, int]:
    return seen.numerator or 0, seen.reported, seen.carried
