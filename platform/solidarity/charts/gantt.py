"""Gantt bars in the rows of a table, one row for each activity. Other columns have the same data as text."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil

from markupsafe import Markup

from solidarity.labels.steps import State

LEAST_WIDTH = 1.0  # per cent; a single day would be invisible
MOST_COLUMNS = 36
SIGNS_IN_ALL = 50  # characters that fit above all columns together
TALL, HALF = 12, 6  # height of a bar in CSS pixels, and where it begins above the middle


@dataclass(frozen=True)
class Timeline:
    """The columns that a table shows, all of the same width, and the day that counts as today.

    A column is a month, or a year if there would be more than MOST_COLUMNS months. Of more years, those next to today
    are shown. The columns and their lines are computed once, and used by all rows of the table.
    """

    first: date
    last: date
    today: date

    @cached_property
    def is_in_years(self) -> bool:
        """Whether a column is a year, because there are too many months."""
        return _month_index(self.last) - _month_index(self.first) >= MOST_COLUMNS

    @cached_property
    def columns(self) -> list[date]:
        """The first day of each column, in order."""
        if self.is_in_years:
            last = min(self.last.year, max(self.first.year, self.today.year - MOST_COLUMNS // 2) + MOST_COLUMNS - 1)
            return [date(year, 1, 1) for year in range(max(self.first.year, last - MOST_COLUMNS + 1), last + 1)]
        months = range(_month_index(self.first), _month_index(self.last) + 1)
        return [date(index // 12, index % 12 + 1, 1) for index in months]

    @cached_property
    def grid(self) -> Markup:
        """The lines between the columns, as SVG."""
        return Markup("").join(_column_line(self.at(day)) for day in self.columns[1:])

    def at(self, day: date) -> float:
        """Return the position of the start of a day, in per cent of the width. Days outside are at the edge."""
        offset = self._columns_from_zero(day) - self._columns_from_zero(self.columns[0])
        return min(max(100 * offset / len(self.columns), 0.0), 100.0)

    def named(self, words: Sequence[str]) -> list[str]:
        """Return one name for each column. If they are too long for their columns, most are left empty."""
        if not words:
            return []
        step = ceil(max(map(len, words)) * len(words) / SIGNS_IN_ALL)
        return [word if index % step == 0 else "" for index, word in enumerate(words)]

    def _columns_from_zero(self, day: date) -> float:
        if self.is_in_years:
            return day.year + (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)
        return _month_index(day) + (day.day - 1) / monthrange(day.year, day.month)[1]


def timeline(first: date, last: date, today: date) -> Timeline:
    """Return the columns from the first to the last day, both included, for use in templates."""
    return Timeline(min(first, last), max(first, last), today)


def gantt_bar(
    line: Timeline,
    starts_on: date | None = None,
    ends_on: date | None = None,
    state: State = "none",
    share: float | None = None,
    *,
    launch_on: date | None = None,
) -> Markup:
    """Draw one row: a bar from its first to its last day, filled to `share` (0 to 1, held of planned).

    Not started is dashed, late is outlined, a launch is a diamond. Without days, only the columns and today are drawn.
    """
    parts = line.grid
    if ends_on is not None:
        start, end = line.at(starts_on or ends_on), line.at(ends_on)
        parts += _bar(min(start, 100 - LEAST_WIDTH), max(end - start, LEAST_WIDTH), state, share)
    if launch_on is not None:
        parts += Markup('<svg x="{:.2f}%" y="50%"><path class="g-launch" d="M0-8 8 0 0 8-8 0Z"/></svg>').format(
            line.at(launch_on)
        )
    if line.first <= line.today <= line.last:
        parts += Markup('<rect class="g-today" x="{:.2f}%" width="1.5" height="100%"/>').format(line.at(line.today))
    return Markup('<svg class="gantt bars" width="100%" height="100%" aria-hidden="true">{}</svg>').format(parts)


def _bar(start: float, width: float, state: State, share: float | None) -> Markup:
    shape = _rect(f"g-{state}", start, width)
    if share is not None and state in {"prog", "late"}:
        fill_width = width * min(max(share, 0.0), 1.0)
        shape += _rect(f"g-{state}-held", start, fill_width) if fill_width > 0 else Markup("")
    return Markup('<svg y="50%">{}</svg>').format(shape)


def _rect(fill: str, start: float, width: float) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}%" y="-{}" width="{:.2f}%" height="{}" rx="2"/>').format(
        fill, start, HALF, width, TALL
    )


def _column_line(at: float) -> Markup:
    return Markup('<rect class="g-month" x="{:.2f}%" width="1" height="100%"/>').format(at)


def _month_index(day: date) -> int:
    return day.year * 12 + day.month - 1
