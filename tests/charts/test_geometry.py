"""Properties of charts for any figures: nothing leaves its box, right to left is a mirror, and time runs forward."""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import hypot

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solidarity.charts import rows
from solidarity.charts.gantt import LEAST_WIDTH, MOST_COLUMNS, Timeline, gantt_bar, timeline
from solidarity.charts.geometry import Circle
from solidarity.charts.money import budget_bar, money_bar
from solidarity.charts.wheel import wheel
from solidarity.labels.steps import STATES, State

COUNTS = st.lists(st.integers(0, 10**9), max_size=6)
SIX = st.lists(st.sampled_from(STATES), min_size=6, max_size=6)
SHARES = st.lists(st.none() | st.floats(-2, 3), min_size=6, max_size=6)
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
at_leisure = settings(deadline=None)
TOLERANCE = 0.06  # two ends of a part, each rounded to hundredths of a per cent, and a gap


def lengths(drawing: str) -> list[tuple[float, float]]:
    """Return start and length of every part of a bar, in per cent."""
    parts = re.findall(r'<rect class="[^"]*" x="([\d.]+)%?"(?: y="[^"]*")? width="([\d.]+)%"', drawing)
    return [(float(start), float(length)) for start, length in parts]


def points(drawing: str) -> list[tuple[float, float]]:
    """Return the corners of every path, and the middle of every dot and numeral."""
    paths = " ".join(re.findall(r' d="([^"]+)"', drawing))
    pairs = re.findall(r"[ML]([\d.-]+) ([\d.-]+)", paths)
    pairs += re.findall(r'c?x="([\d.-]+)" c?y="([\d.-]+)"', drawing)
    return [(float(x), float(y)) for x, y in pairs]


@at_leisure
@given(COUNTS)
def test_parts_of_a_bar_fill_the_whole_in_their_proportions(counts: list[int]) -> None:
    shares = rows.spans(counts)
    positives = [count for count in counts if count > 0]
    assert [counts[index] for index, _start, _width in shares] == positives
    if not positives:
        return
    gaps = rows.GAP * (len(positives) - 1)
    assert sum(width for _index, _start, width in shares) == pytest.approx(100 - gaps)
    assert shares[-1][1] + shares[-1][2] == pytest.approx(100)
    for index, _start, width in shares:
        assert width == pytest.approx((100 - gaps) * counts[index] / sum(positives))


@at_leisure
@given(st.tuples(*[st.integers(0, 500)] * 4), st.booleans())
def test_coverage_and_money_stay_within_their_line(counts: tuple[int, ...], large: bool) -> None:
    fills = ("solid", "mid", "hatch", "gap")
    for drawing in (rows.coverage_bar(*counts, large=large), money_bar(list(zip(fills, counts, strict=True)))):
        assert all(start >= 0 and start + length <= 100 + TOLERANCE for start, length in lengths(drawing))
        assert len(lengths(drawing)) == sum(count > 0 for count in counts)


@at_leisure
@given(st.floats(-50, 1000, allow_nan=False))
def test_progress_reaches_its_mark_exactly_when_the_target_is_reached(percent: float) -> None:
    drawing = rows.progress_bar(percent, scale=rows.LONG_SCALE)
    ((_start, length),) = lengths(drawing)
    mark = float(re.search(r'class="mark" x="([\d.]+)%', drawing)[1])  # type: ignore[index]
    assert 0 <= length <= 100
    assert mark == 80
    if abs(percent - 100) > TOLERANCE:
        assert (length > mark) == (percent > 100)


@at_leisure
@given(st.floats(0, 100))
def test_progress_up_to_the_target_needs_no_mark(percent: float) -> None:
    drawing = rows.progress_bar(percent)
    assert "mark" not in drawing
    ((start, length),) = lengths(drawing)
    assert start == 0
    assert length == pytest.approx(percent, abs=TOLERANCE)


@at_leisure
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_spent_beyond_a_budget_is_longer_than_its_outline(budget: int, spending: int, greatest: int) -> None:
    assume(budget <= greatest)
    widths = re.findall(r'width="([\d.]+)%" height="(?:13|6)"', budget_bar(budget, spending, greatest))
    whole, fill = (float(width) for width in widths)
    assert fill <= 100
    if abs(spending - budget) * 100 / greatest > TOLERANCE:
        assert (fill > whole) == (spending > budget) or fill == 100


@at_leisure
@given(SIX, SHARES)
def test_the_wheel_of_a_right_to_left_page_is_the_mirror(states: list[State], shares: list[float | None]) -> None:
    ltr_points, rtl_points = points(wheel(states, shares)), points(wheel(states, shares, rtl=True))
    assert len(ltr_points) == len(rtl_points) > 0
    for (x, y), (rtl_x, rtl_y) in zip(ltr_points, rtl_points, strict=True):
        assert rtl_x == pytest.approx(300 - x, abs=0.15)
        assert rtl_y == pytest.approx(y, abs=0.15)


@at_leisure
@given(SIX, SHARES, st.booleans())
def test_the_wheel_stays_in_its_box_and_out_of_its_hub(
    states: list[State], shares: list[float | None], rtl: bool
) -> None:
    for x, y in points(wheel(states, shares, rtl=rtl)):
        assert 85 < hypot(x - 150, y - 150) < 150


@at_leisure
@given(st.floats(0, 300), st.floats(5, 60), st.booleans())
def test_a_segment_ends_where_the_next_begins(start: float, arc: float, rtl: bool) -> None:
    circle = Circle(150, rtl)
    first, second = (
        points(f' d="{circle.segment(91, 126, start, start + arc, 0)}"'),
        points(f' d="{circle.segment(91, 126, start + arc, start + 2 * arc, 0)}"'),
    )
    assert hypot(first[0][0] - second[0][0], first[0][1] - second[0][1]) > 1
    assert circle.point(126, start + arc) == pytest.approx(second[0], abs=0.06)


@at_leisure
@given(DAYS, st.integers(0, 30 * MOST_COLUMNS), DAYS)
def test_a_day_lies_in_its_month_and_the_months_are_equal(first: date, days: int, today: date) -> None:
    line = Timeline(first, first + timedelta(days=days), today)
    assume(not line.is_in_years)
    edges = [line.at(month) for month in line.columns]
    assert edges[0] == 0
    assert edges == pytest.approx([100 * index / len(edges) for index in range(len(edges))])
    position = line.at(today)
    assert 0 <= position <= 100
    if line.first <= today <= line.last:
        index = line.columns.index(today.replace(day=1))
        assert edges[index] <= position < edges[index] + 100 / len(edges)


@at_leisure
@given(st.dates(), st.dates(), st.dates(), st.dates())
def test_any_two_days_have_few_columns_of_one_width(first: date, last: date, today: date, day: date) -> None:
    line = timeline(first, last, today)
    assert 1 <= len(line.columns) <= MOST_COLUMNS
    edges = [line.at(column) for column in line.columns]
    assert edges == pytest.approx([100 * index / len(edges) for index in range(len(edges))])
    assert line.columns[0] <= line.last
    assert 0 <= line.at(day) <= 100
    assert gantt_bar(line, day, day).count("<rect") <= MOST_COLUMNS + 2


def test_of_many_years_those_next_to_today_are_shown() -> None:
    line = timeline(date(206, 3, 1), date(2027, 1, 1), date(2026, 2, 1))
    assert (line.columns[0].year, line.columns[-1].year) == (2027 - MOST_COLUMNS + 1, 2027)
    distant = timeline(date(2026, 1, 1), date.max, date(2026, 2, 1))
    assert (distant.columns[0].year, distant.columns[-1].year) == (2026, 2026 + MOST_COLUMNS - 1)


@at_leisure
@given(st.dates(), st.dates(), st.dates(), st.dates())
def test_a_later_day_never_lies_before_an_earlier_one(first: date, last: date, day: date, second_day: date) -> None:
    line = Timeline(min(first, last), max(first, last), first)
    assert (line.at(min(day, second_day))) <= line.at(max(day, second_day))


@at_leisure
@given(DAYS, st.integers(0, 7000), st.dates(), st.dates(), st.sampled_from(STATES), st.none() | st.floats(-1, 2))
def test_a_bar_of_time_stays_in_its_cell_and_what_is_held_within_it(
    first: date, days: int, starts: date, ends: date, state: State, share: float | None
) -> None:
    line = Timeline(first, first + timedelta(days=days), first)
    drawing = gantt_bar(line, min(starts, ends), max(starts, ends), state, share)
    matches = re.findall(r'class="g-(\w+(?:-held)?)" x="([\d.]+)%" y="-6" width="([\d.]+)%"', drawing)
    bars = {name: (float(x), float(width)) for name, x, width in matches}
    start, width = bars.pop(state)
    assert start >= 0
    assert width >= LEAST_WIDTH
    assert start + width <= 100 + TOLERANCE
    for inner_start, inner_width in bars.values():
        assert inner_start == start
        assert inner_width <= width + TOLERANCE


@at_leisure
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=24))
def test_a_sparkline_stays_in_its_box_and_goes_forward(values: list[float]) -> None:
    match = re.search(r'points="([^"]+)"', rows.sparkline(values))
    assert match
    line = [tuple(float(part) for part in point.split(",")) for point in match[1].split()]
    assert [x for x, _y in line] == sorted({x for x, _y in line})
    assert all(0 <= x <= 132 and 0 <= y <= 34 for x, y in line)
    assert line[-1][0] == 128


@pytest.mark.parametrize(("count", "label_count"), [(12, 12), (18, 9), (30, 10)])
def test_months_are_named_where_there_is_room(count: int, label_count: int) -> None:
    words = Timeline(date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1)).named(["Sept"] * count)
    assert len(words) == count
    assert sum(map(bool, words)) == label_count
