"""The values that differ between two submissions of a report, or between a submission and the current values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tenants.action_kit.evaluation.models import ReportValue
from tenants.action_kit.reports.assembly import Assembled
from tenants.figures.models import ALL_CELLS


@dataclass(frozen=True)
class Number:
    """The value of an indicator or of one of its cells, or why it is missing. Missing is not zero."""

    numerator: int | None
    denominator: int | None = None
    missing: str | None = None


@dataclass(frozen=True)
class ValueDifference:
    """A value of an indicator and a cell that was `before` and is `after`."""

    code: str
    cell: str
    before: Number
    after: Number


Numbers = Mapping[tuple[str, str], Number]


def numbers_sent(values: Iterable[ReportValue]) -> Numbers:
    """Return the values of a submission, by indicator and cell."""
    return {(row.indicator, row.cell): _number(row.cell, row) for row in values}


def numbers_now(values: Iterable[Assembled]) -> Numbers:
    """Return current values, by indicator and cell."""
    numbers = {}
    for value in values:
        numbers[value.indicator.code, ALL_CELLS] = _number(ALL_CELLS, value)
        numbers |= {(value.indicator.code, cell): Number(people) for cell, people in value.cells.items()}
    return numbers


def differences(before: Numbers, after: Numbers) -> list[ValueDifference]:
    """Return what differs in the indicators of `before`, totals first. An empty cell is zero."""
    codes = {code for code, _cell in before}
    keys = sorted({*before, *after}, key=lambda key: (key[1] != ALL_CELLS, key))
    pairs = [(key, _value_in(before, key), _value_in(after, key)) for key in keys if key[0] in codes]
    return [ValueDifference(*key, *numbers) for key, *numbers in pairs if numbers[0] != numbers[1]]


def _value_in(numbers: Numbers, key: tuple[str, str]) -> Number:
    return numbers.get(key, Number(None if key[1] == ALL_CELLS else 0))


def _number(cell: str, value: ReportValue | Assembled) -> Number:
    return Number(value.numerator, value.denominator, value.missing) if cell == ALL_CELLS else Number(value.numerator)
