"""The tile map: one tile of the same size for each state, so that small states are visible. It is never mirrored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from solidarity.charts.tile_grid import COLUMNS, PLACES, ROWS

STEP, GAP = 38, 2  # user units from one tile to the next, and between two tiles
SIDE = STEP - GAP


@dataclass(frozen=True)
class Tile:
    """A state with expected reports: how many are approved of how many, as numbers and as text, and its URL."""

    approved: int
    expected: int
    share: str
    label: str
    url: str


def tile_class(approved_count: int, expected: int) -> str:
    """Return the CSS class of a share. `m4` requires all reports; the other limits are 60 and 80 per cent."""
    if expected <= 0:
        return "m0"
    if approved_count <= 0:
        return "mx"
    if approved_count >= expected:
        return "m4"
    percent = 100 * approved_count / expected
    return "m1" if percent < 60 else "m2" if percent < 80 else "m3"


def tile_map(tiles: Mapping[str, Tile], label: str, codes: Collection[str] = PLACES) -> Markup:
    """Draw the states in `codes`, each at its place. Those in `tiles` are links with texts, the others only a code.

    `label` is the name of the map for screen readers.
    """
    parts = Markup("").join(
        _linked(code, place, tiles[code]) if code in tiles else _empty(code, place)
        for code, place in PLACES.items()
        if code in codes
    )
    return Markup(
        '<svg class="tmap" viewBox="-1 -1 {} {}" role="group" aria-label="{}"><defs>'
        '<pattern id="map-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(35)">'
        '<rect class="hatch-paper" width="5" height="5"/><path class="map-line" d="M0 0v5"/></pattern>'
        '<rect id="mt" width="{}" height="{}" rx="3"/><rect id="mp" x="6" y="5" width="24" height="26" rx="2"/></defs>'
        "{}</svg>"
    ).format(COLUMNS * STEP, ROWS * STEP + 1, label, SIDE, SIDE, parts)


def _linked(code: str, place: tuple[int, int], tile: Tile) -> Markup:
    shape = tile_class(tile.approved, tile.expected)
    background = (
        Markup('<use href="#mp" class="mx-paper"/>') if shape == "mx" else ""
    )  # letters on hatching are hard to read
    return Markup(
        '<a href="{}" transform="translate({} {})"><title>{}</title><use href="#mt" class="{}"/>{}'
        '<text x="18" y="16">{}</text><text x="18" y="29">{}</text></a>'
    ).format(tile.url, place[0] * STEP, place[1] * STEP, tile.label, shape, background, code, tile.share)


def _empty(code: str, place: tuple[int, int]) -> Markup:
    return Markup(
        '<g aria-hidden="true" transform="translate({} {})"><use href="#mt" class="m0"/>'
        '<text x="18" y="22">{}</text></g>'
    ).format(place[0] * STEP, place[1] * STEP, code)
