"""Charts in a row of text or of a table: step glyph, bars, sparkline.

Widths are percentages, so that a chart fills its cell and needs no style attribute. The style sheet mirrors it on
right-to-left pages.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from solidarity.charts.wheel import LETTERS
from solidarity.labels.steps import DESK_STATE_WORDS, STEP_NAMES, State

BLOCK = 17  # user units from one block of the glyph to the next
LONG_SCALE = 125  # per cent: the end of the scale once a target is passed
GAP = 0.5  # per cent between two parts of a bar
COVERAGE_FILLS = ("solid", "hatch", "att", "open", "later")


def glyph(states: Sequence[State]) -> Markup:
    """Draw the steps of the wheel as six blocks in a row, with `step_sentence` as the name for screen readers."""
    blocks = Markup("").join(
        Markup('<use href="#g-{}" x="{}"/>').format(LETTERS[state], step * BLOCK) for step, state in enumerate(states)
    )
    return Markup(
        '<svg class="glyph" width="102" height="20" viewBox="0 0 102 20" role="img" aria-label="{}">{}</svg>'
    ).format(step_sentence(states), blocks)


def step_sentence(states: Sequence[State]) -> str:
    """Return the state of each step for the desk: "1 Focal point: Done; 2 Implementation plan: Overdue"."""
    pairs = zip(STEP_NAMES, states, strict=True)
    return "; ".join(f"{step} {name}: {DESK_STATE_WORDS[state]}" for step, (name, state) in enumerate(pairs, start=1))


def spans(counts: Sequence[int], gap: float = GAP) -> list[tuple[int, float, float]]:
    """Divide 100 per cent among counts: (index, start, width) of each count above zero, with `gap` between them."""
    parts = [(index, count) for index, count in enumerate(counts) if count > 0]
    total = sum(count for _index, count in parts)
    room = 100 - gap * max(len(parts) - 1, 0)
    start, segments = 0.0, []
    for index, count in parts:
        width = room * count / total
        segments.append((index, start, width))
        start += width + gap
    return segments


def coverage_bar(
    approved_count: int,
    waiting_count: int = 0,
    returned_count: int = 0,
    missing: int = 0,
    not_due: int = 0,
    *,
    large: bool = False,
) -> Markup:
    """Draw how many of the expected reports are in a figure. The text beside it has the same numbers."""
    height = 18 if large else 8
    parts = Markup("").join(
        _rect(f"f-{COVERAGE_FILLS[index]}", start, width, 0.5, height - 1)
        for index, start, width in spans((approved_count, waiting_count, returned_count, missing, not_due))
    )
    return Markup('<svg class="cov bars" width="100%" height="{}" aria-hidden="true">{}</svg>').format(height, parts)


def stack_bar(counts: Sequence[tuple[str, int]]) -> Markup:
    """Draw named fills (done, prog, open, att, late) side by side. Late is taller, as in the glyph."""
    parts = Markup("").join(
        _rect(f"f-{counts[index][0]}", start, width, *((0, 20) if counts[index][0] == "late" else (3.5, 13)))
        for index, start, width in spans([count for _fill, count in counts])
    )
    return Markup('<svg class="stack bars" width="100%" height="20" aria-hidden="true">{}</svg>').format(parts)


def plain_bar(value: float, greatest: float, *, faint: bool = False) -> Markup:
    """Draw one bar of a table column. All bars of a column have the same `greatest` and start at zero."""
    width = 100 * min(max(value / greatest, 0.0), 1.0) if greatest > 0 else 0.0
    fill = "f-faint" if faint else "f-mid"
    return Markup('<svg class="hb bars" width="100%" height="10" aria-hidden="true">{}</svg>').format(
        _rect(fill, 0, width, 0, 10)
    )


def column(value: float, greatest: float, *, is_here: bool = False, tallest: int = 110) -> Markup:
    """Draw one vertical bar of a table row. All bars of a row have the same `greatest`. `tallest` is in CSS pixels."""
    height = max(round(tallest * min(max(value / greatest, 0.0), 1.0)), 1) if greatest > 0 else 1
    return Markup(
        '<svg class="column" width="100%" height="{0}" aria-hidden="true"><rect class="{1}" width="100%" height="{0}"/>'
        "</svg>"
    ).format(height, "c-here" if is_here else "c-then")


def progress_bar(percent: float, mark: float | None = None, *, scale: float | None = None) -> Markup:
    """Draw progress towards a target on a scale from zero to `scale` per cent, with the mark of the target.

    Above 100 the bar extends past its mark, on a scale of 125. All bars of a column have the same scale. `mark` moves
    the mark. A value above the scale is drawn full, and the text beside it has the number.
    """
    whole = scale or (LONG_SCALE if percent > 100 else 100)
    if mark is None and whole > 100:
        mark = 100 * 100 / whole
    parts = _rect("f-solid", 0, min(max(0.0, 100 * percent / whole), 100.0), 0, 6)
    if mark is not None:
        parts += Markup('<rect class="mark" x="{:.2f}%" y="-4" width="2" height="14"/>').format(mark)
    return Markup('<svg class="tbar bars" width="100%" height="6" aria-hidden="true">{}</svg>').format(parts)


def sparkline(values: Sequence[float], *, width: int = 132, height: int = 34) -> Markup:
    """Draw a series without axes. A table near it has the values. Fewer than two values draw nothing."""
    if len(values) < 2:
        return Markup("")
    low, high = min(values) - abs(min(values)) * 0.18, max(values) + abs(max(values)) * 0.02
    span = (high - low) or 1.0
    xs = [4 + index * (width - 8) / (len(values) - 1) for index in range(len(values))]
    ys = [height - 4 - (value - low) / span * (height - 8) for value in values]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    return Markup(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" preserveAspectRatio="xMaxYMid meet"'
        ' aria-hidden="true"><polyline class="sp-line" points="{2}"/>'
        '<circle class="sp-dot" cx="{3:.1f}" cy="{4:.1f}" r="3.5"/></svg>'
    ).format(width, height, points, xs[-1], ys[-1])


def _rect(fill: str, start: float, width: float, y: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}%" y="{:g}" width="{:.2f}%" height="{:g}"/>').format(
        fill, start, y, width, height
    )
