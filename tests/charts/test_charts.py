"""Charts: shares fill the bar, right-to-left pages mirror them, and states differ in shape as well as colour."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from solidarity.charts import rows
from solidarity.charts.geometry import Circle
from solidarity.charts.wheel import ring, ring_symbols, wheel
from solidarity.labels.steps import STATES, State

MIXED_STATES: list[State] = ["done", "done", "late", "prog", "none", "att"]


@settings(deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=6))
def test_spans_fill_the_bar_and_leave_out_nought(counts: list[int]) -> None:
    spans = rows.spans(counts)
    assert [index for index, _start, _width in spans] == [index for index, count in enumerate(counts) if count]
    if spans:
        last = spans[-1]
        assert spans[0][1] == 0
        assert last[1] + last[2] == pytest.approx(100)
        assert all(width > 0 for _index, _start, width in spans)
    for (_i, start, width), (_j, next_start, _width) in pairwise(spans):
        assert next_start == pytest.approx(start + width + rows.GAP)


def test_spans_keep_the_proportions() -> None:
    (_a, _b, large), (_c, _d, small) = rows.spans([300, 100])
    assert large / small == pytest.approx(3)


def test_circle_starts_at_the_top_and_runs_with_the_script() -> None:
    assert Circle(100).point(10, 0) == pytest.approx((100, 90))
    assert Circle(100).point(10, 90) == pytest.approx((110, 100))
    assert Circle(100, rtl=True).point(10, 90) == pytest.approx((90, 100))


def test_segments_of_a_circle_mirror_each_other() -> None:
    numbers = re.compile(r"-?\d+\.\d")
    ltr = [float(n) for n in numbers.findall(Circle(150).segment(91, 126, 0, 60, 4))]
    rtl = [float(n) for n in numbers.findall(Circle(150, rtl=True).segment(91, 126, 0, 60, 4))]
    assert [300 - x for x in ltr[0::2]] == pytest.approx(rtl[0::2], abs=0.11)
    assert ltr[1::2] == rtl[1::2]


def test_wheel_numbers_six_steps_and_has_no_style() -> None:
    drawing = wheel(MIXED_STATES, [None, None, None, 0.67, None, None])
    assert re.findall(r">(\d)</text>", drawing) == ["1", "2", "3", "4", "5", "6"]
    assert "style" not in drawing
    assert 'aria-hidden="true"' in drawing


@pytest.mark.parametrize(("first", "second"), list(combinations(STATES, 2)))
def test_states_differ_without_colour(first: State, second: State) -> None:
    def shapes(state: State) -> list[tuple[str, str]]:
        return re.findall(r'<(path|circle|text)[^>]* (?:d|cx)="([^"]+)', wheel([state] * 6))

    hollow = {"none": {"done"}, "done": {"none"}}
    same_outline = second in hollow.get(first, set())
    assert shapes(first) != shapes(second) or same_outline


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.3, 0.5, 0.62, 1.0, 7.0])
def test_wheel_takes_any_share(share: float) -> None:
    assert wheel(["prog"] * 6, [share] * 6).count("w-prog") == 6


def test_wheel_wants_six_states() -> None:
    with pytest.raises(ValueError, match="zip"):
        wheel(["done"] * 5)


def test_ring_uses_only_symbols_that_exist() -> None:
    symbols = set(re.findall(r'id="(\w+)"', ring_symbols()))
    assert len(symbols) == 6 * len(STATES)
    for state in STATES:
        assert set(re.findall(r'href="#(\w+)"', ring([state] * 6))) <= symbols


def test_ring_label_is_escaped() -> None:
    assert '"><script>' not in ring(MIXED_STATES, label='"><script>')


def test_glyph_says_every_state(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        drawing = rows.glyph(MIXED_STATES)
    assert "3 Funding: Overdue" in drawing
    assert "6 Monitoring and evaluation: Needs attention" in drawing
    assert drawing.count("<use") == 6


@pytest.mark.parametrize(("value", "greatest", "width"), [(5, 10, 50), (20, 10, 100), (-1, 10, 0), (1, 0, 0)])
def test_plain_bar_never_leaves_its_cell(value: float, greatest: float, width: float) -> None:
    assert f'width="{width:.2f}%"' in rows.plain_bar(value, greatest)


def test_progress_past_the_target_runs_past_its_mark() -> None:
    drawing = rows.progress_bar(117)
    assert 'width="93.60%"' in drawing
    assert 'class="mark" x="80.00%"' in drawing


@pytest.mark.parametrize("values", [[], [5]])
def test_sparkline_needs_two_values(values: list[float]) -> None:
    assert rows.sparkline(values) == ""


def test_sparkline_of_equal_values_is_level() -> None:
    points = re.search(r'points="([^"]+)"', rows.sparkline([0, 0, 0]))
    assert points is not None
    assert len({point.split(",")[1] for point in points[1].split()}) == 1
