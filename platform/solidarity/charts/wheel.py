"""The wheel of the six steps, and the ring: the same chart at a small size for many chapters."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from solidarity.charts.geometry import Circle
from solidarity.labels.steps import STATES, STEPS, State

ARC = 60.0  # degrees of one step
INNER, OUTER, LATE_OUTER = 91.0, 126.0, 137.0
SMALLEST_SHARE = 0.2  # less would be invisible
HALF_DONE = 0.5
STRADDLING = (0.42, 0.62)  # shares at which the numeral would be on the edge of the fill
LETTERS = {"none": "o", "prog": "p", "done": "d", "wait": "w", "late": "l", "att": "a"}


def wheel(
    states: Sequence[State],
    fractions: Sequence[float | None] | None = None,
    *,
    size: int = 250,
    rtl: bool = False,
    links: Sequence[str | None] | None = None,
) -> Markup:
    """Draw the six steps as segments, clockwise from the top.

    `fractions` (0 to 1) are the done shares of steps in progress; None draws half. `size` is in CSS pixels. `links`, a
    URL or None for each step, make the segments links, which the keyboard skips. The chart is hidden from screen
    readers, because the labels around it have the same content.
    """
    circle = Circle(150, rtl)
    shares = fractions or [None] * STEPS
    parts = Markup("").join(
        _linked(address, _segment(circle, step, state, HALF_DONE if share is None else min(max(share, 0.0), 1.0)))
        for step, (state, share, address) in enumerate(zip(states, shares, links or [None] * STEPS, strict=True))
    )
    return Markup(
        '<svg class="wheel" viewBox="0 0 300 300" width="{0}" height="{0}" aria-hidden="true">{1}</svg>'
    ).format(size, parts)


def _linked(address: str | None, drawing: Markup) -> Markup:
    return Markup('<a href="{}" tabindex="-1">{}</a>').format(address, drawing) if address else drawing


def _segment(circle: Circle, step: int, state: State, share: float) -> Markup:
    start = step * ARC
    end = start + ARC
    hollow = circle.segment(INNER + 1, OUTER - 1, start, end, 4)
    full = circle.segment(INNER, OUTER, start, end, 4)
    if state == "none":
        shape = _path("none", hollow)
    elif state == "prog":
        fill_end = start + ARC * max(SMALLEST_SHARE, share)
        shape = _path("track", hollow) + _path("prog", circle.segment(INNER + 1, OUTER - 1, start, fill_end, 4))
    elif state == "wait":
        shape = _path("wait", hollow) + _path("hand", circle.segment(OUTER - 7, OUTER - 2, start + 4, end - 4, 2))
    elif state == "late":
        shape = _path("late", circle.segment(INNER, LATE_OUTER, start, end, 4))
    elif state == "att":
        shape = _path("att", full) + _dot(circle.point(LATE_OUTER, start + ARC / 2), 5.5)
    else:
        shape = _path("done", full)
    return shape + _numeral(circle, step, state, share)


def _numeral(circle: Circle, step: int, state: State, share: float) -> Markup:
    angle = step * ARC + ARC / 2
    low, high = STRADDLING
    ink = {"none": "n-ink", "att": "n-att", "wait": "n-prog"}.get(state, "n-inv")
    if state == "prog" and share <= low:
        ink = "n-prog"
    elif state == "prog" and share < high:
        angle = step * ARC + ARC * share / 2 + 1
    x, y = circle.point((INNER + OUTER) / 2 + (5 if state == "late" else 0), angle)
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" dy=".35em">{}</text>').format(ink, x, y, step + 1)


def ring_symbols() -> Markup:
    """Return the symbols (step by state) that `ring` refers to. A page needs them once.

    The first step is drawn, and the others are rotated copies, which take a tenth of the bytes. A ring has no
    numerals, so the style sheet mirrors it on right-to-left pages.
    """
    circle = Circle(16)
    first = Markup("").join(
        Markup('<g id="r1{}" class="rs">{}</g>').format(LETTERS[state], _small(circle, 0, state)) for state in STATES
    )
    return first + Markup("").join(
        Markup('<use id="r{1}{0}" href="#r1{0}" transform="rotate({2:g} 16 16)"/>').format(
            LETTERS[state], step + 1, step * ARC
        )
        for step in range(1, STEPS)
        for state in STATES
    )


def _small(circle: Circle, start: float, state: State) -> Markup:
    end = start + ARC
    if state == "none":
        return _path("none", circle.segment(7.5, 12, start, end, 1))
    if state == "prog":
        fill = _path("prog", circle.segment(7.2, 12.4, start, start + 34, 1))
        return _path("track", circle.segment(7.5, 12, start, end, 1)) + fill
    if state == "wait":
        band = _path("hand", circle.segment(10.2, 12, start + 4, end - 4, 0.4))
        return _path("wait", circle.segment(7.5, 12, start, end, 1)) + band
    if state == "late":
        return _path("late", circle.segment(7, 15.5, start, end, 0.9))
    if state == "att":
        return _path("att", circle.segment(7.4, 12.1, start, end, 1.1)) + _dot(circle.point(15.1, start + 30), 1.3)
    return _path("done", circle.segment(7, 12.5, start, end, 0.9))


def ring(states: Sequence[State], *, size: int = 30, label: str = "") -> Markup:
    """Draw the ring of one chapter, `size` CSS pixels wide. Without a label it is hidden from screen readers."""
    parts = Markup("").join(
        Markup('<use href="#r{}{}"/>').format(step + 1, LETTERS[state]) for step, state in enumerate(states)
    )
    attributes = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="ring" width="{0}" height="{0}" viewBox="0 0 32 32" {1}>{2}</svg>').format(
        size, attributes, parts
    )


def _path(kind: str, path: str) -> Markup:
    return Markup('<path class="w-{}" d="{}"/>').format(kind, path)


def _dot(point: tuple[float, float], radius: float) -> Markup:
    return Markup('<circle class="w-att" cx="{:.1f}" cy="{:.1f}" r="{:g}"/>').format(*point, radius)
