"""Quarters: each day is in exactly one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.action_kit.evaluation.periods import Period

DAYS = st.dates(date(2014, 1, 1), date(2098, 12, 31))


@given(DAYS)
def test_every_day_lies_in_exactly_its_quarter(day: date) -> None:
    period = Period.of(day)
    assert period.starts_on <= day <= period.ends_on
    assert period.following.starts_on == period.ends_on + timedelta(days=1)
    assert period.following.previous == period
    assert 89 < (period.ends_on - period.starts_on).days + 1 < 93
    assert period.due_on > period.ends_on


@given(DAYS)
def test_a_code_names_its_quarter_and_sorts_as_time_does(day: date) -> None:
    period = Period.of(day)
    assert Period.from_code(period.code) == period
    assert period < period.following
    assert period.code < period.following.code


@given(st.dates(), st.integers())
def test_no_quarter_lies_beyond_the_calendar(day: date, quarters: int) -> None:
    period = Period.of(day)
    shifted = period.shifted(quarters)
    assert shifted.starts_on <= shifted.ends_on <= shifted.due_on
    assert (shifted >= period) if quarters >= 0 else (shifted <= period)
    assert {Period.of(date.min).previous, Period.of(date.max).following} == {Period.of(date.min), Period.of(date.max)}


@pytest.mark.parametrize(
    "code", ["", "0001-Q1", "9999-Q4", "2026-Q9" * 1000, "2026-Q5", "2026Q1", "1999-Q1", "2026-Q1 ", "٢٠٢٦-Q1"]
)
def test_anything_else_names_none(code: str) -> None:
    assert Period.from_code(code) is None


def test_no_quarter_begins_in_february() -> None:
    with pytest.raises(ValueError, match="no quarter"):
        Period(date(2026, 2, 1))
