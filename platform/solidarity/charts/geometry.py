"""Points and paths on a circle. Angles are in degrees, clockwise from the top; lengths are in SVG user units."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin


@dataclass(frozen=True)
class Circle:
    """The centre of a round drawing and its direction, which is counter-clockwise on right-to-left pages."""

    centre: float
    rtl: bool = False

    def point(self, radius: float, angle: float) -> tuple[float, float]:
        """Return the point at `radius` and `angle`."""
        turn = -1 if self.rtl else 1
        x = self.centre + turn * radius * sin(radians(angle))
        return x, self.centre - radius * cos(radians(angle))

    def segment(self, inner: float, outer: float, start: float, end: float, gap: float) -> str:
        """Return the path of an annular segment. Adjacent segments have a parallel gap of 2 * `gap`."""
        wide, narrow = degrees(asin(gap / outer)), degrees(asin(gap / inner))
        corners = [
            self.point(outer, start + wide),
            self.point(outer, end - wide),
            self.point(inner, end - narrow),
            self.point(inner, start + narrow),
        ]
        a, b, c, d = (f"{x:.1f} {y:.1f}" for x, y in corners)
        forth, inner_sweep = (0, 1) if self.rtl else (1, 0)
        return f"M{a}A{outer:g} {outer:g} 0 0 {forth} {b}L{c}A{inner:g} {inner:g} 0 0 {inner_sweep} {d}Z"
