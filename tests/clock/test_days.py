"""Days that can be entered, and days at the edges of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tenants.clock import (
    THE_MOVEMENT_BEGAN,
    TOO_EARLY,
    TOO_LATE,
    day_problem,
    days_later,
    last_day,
    local_day,
    years_later,
)

TODAYS = st.dates(date(2026, 1, 1), date(2089, 12, 31))
EDGES = [date.min, date(206, 1, 1), date(2014, 9, 19), date(2100, 1, 2), date.max]


@given(st.dates() | st.sampled_from(EDGES), TODAYS)
def test_a_day_can_be_entered_from_the_beginning_of_the_movement_to_ten_years_ahead(day: date, today: date) -> None:
    years = day.year - today.year - ((day.month, day.day) < (today.month, today.day))
    is_late = years > 10 or (years == 10 and (day.month, day.day) != (today.month, today.day))
    if (today.month, today.day) != (2, 29):
        assert (day_problem(day, today) == TOO_LATE) == is_late
    assert (day_problem(day, today) == TOO_EARLY) == (day < THE_MOVEMENT_BEGAN)


@given(TODAYS)
def test_what_can_be_entered_is_within_the_bounds_of_the_database(today: date) -> None:
    assert date(2014, 1, 1) < THE_MOVEMENT_BEGAN < last_day(today) < date(2100, 1, 1)


@given(st.dates(), st.integers(0, 10**6))
def test_no_day_is_earlier_some_time_later(day: date, count: int) -> None:
    assert day <= days_later(day, count)
    assert days_later(day, -count) <= day
    assert day <= years_later(day, count)
    if days_later(day, count) < date.max:
        assert days_later(day, count) - day == timedelta(days=count)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
@given(moment=st.datetimes(timezones=st.just(UTC)))
@example(moment=datetime.min.replace(tzinfo=UTC))
@example(moment=datetime.max.replace(tzinfo=UTC))
def test_every_moment_has_a_local_day(zone: str, moment: datetime) -> None:
    assert abs((local_day(moment, zone) - moment.date()).days) <= 1
