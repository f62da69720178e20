"""Reporting periods: the quarters of the year. The due date of a report is our own choice."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from tenants.clock import days_later

MONTHS = 3
QUARTERS = 4
DAYS_UNTIL_DUE = 30
FIRST_INDEX, LAST_INDEX = date.min.year * QUARTERS, date.max.year * QUARTERS + QUARTERS - 1
CODE = re.compile(r"(20[0-9]{2})-Q([1-4])")


@dataclass(frozen=True, order=True)
class Period:
    """One quarter, identified by its first day. Later quarters compare as greater."""

    starts_on: date

    def __post_init__(self) -> None:
        """Raise ValueError unless `starts_on` is the first day of a quarter."""
        if self.starts_on.day != 1 or self.starts_on.month % MONTHS != 1:
            raise ValueError(f"no quarter begins on {self.starts_on}")

    @classmethod
    def of(cls, day: date) -> Period:
        """Return the quarter that contains a day."""
        return cls(date(day.year, (day.month - 1) // MONTHS * MONTHS + 1, 1))

    @classmethod
    def all_of(cls, year: int) -> list[Period]:
        """Return the quarters of a year, in order."""
        return [cls(date(year, 1, 1)).shifted(quarters) for quarters in range(QUARTERS)]

    @classmethod
    def from_code(cls, code: str) -> Period | None:
        """Return the quarter that a code such as 2026-Q3 names; None for anything else."""
        match = CODE.fullmatch(code)
        return cls(date(int(match[1]), (int(match[2]) - 1) * MONTHS + 1, 1)) if match else None

    @property
    def code(self) -> str:
        """Return the code that URLs use, such as 2026-Q3."""
        return f"{self.starts_on.year}-Q{self.starts_on.month // MONTHS + 1}"

    @property
    def ends_on(self) -> date:
        """Return the last day."""
        last_month = self.starts_on.month + MONTHS - 1
        return date(self.starts_on.year, last_month, monthrange(self.starts_on.year, last_month)[1])

    @property
    def due_on(self) -> date:
        """Return the due date of the report."""
        return days_later(self.ends_on, DAYS_UNTIL_DUE)

    @property
    def following(self) -> Period:
        """Return the next quarter."""
        return self.shifted(1)

    @property
    def previous(self) -> Period:
        """Return the previous quarter."""
        return self.shifted(-1)

    def shifted(self, quarters: int) -> Period:
        """Return the quarter that is `quarters` later, or earlier if negative; at most the first or last of Python."""
        index = self.starts_on.year * QUARTERS + self.starts_on.month // MONTHS + quarters
        year, place = divmod(min(max(index, FIRST_INDEX), LAST_INDEX), QUARTERS)
        return Period(date(year, place * MONTHS + 1, 1))
