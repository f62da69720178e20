"""Places and values of figures in words: missing is not zero, and coverage is always said."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tenants.chapters.areas import AREA_OF_COUNTRY, Area
from tenants.chapters.models import ChapterState
from tenants.chapters.names import area_name, country_name, sort_key
from tenants.rollups.models import Level, Measure
from tenants.rollups.queries import WORLD, Reading, Spot, Value

CHAPTER_STATE_WORDS = {
    ChapterState.APPLIED: _l("Applied"),
    ChapterState.DRAFTING: _l("Drafting"),
    ChapterState.AGREED: _l("Agreed"),
    ChapterState.SIGNED: _l("Signed, waits for its focal point"),
    ChapterState.ACTIVE: _l("Active"),
    ChapterState.DORMANT: _l("Dormant"),
    ChapterState.CLOSED: _l("Closed"),
}


@dataclass(frozen=True)
class PlaceRow:
    """A place in a table: its name, where its figure is, and its value; None while it has no chapter."""

    name: str
    url: str
    value: Value | None


def place_name(spot: Spot) -> str:
    """Return what a place is called; a chapter is named by its own row, not here."""
    level, place = spot
    if level == Level.WORLD:
        return str(_("World"))
    return area_name(place) if level == Level.AREA else country_name(place)


def figure_url(spot: Spot) -> str:
    """Return where the participations of a place are opened."""
    return url_for("desk.figure", measure=str(Measure.PARTICIPATIONS), level=str(spot[0]), place=spot[1])


def place_rows(spots: list[Spot], found: Reading) -> list[PlaceRow]:
    """Return the rows of a table: areas in the order UN Women lists them, countries by name."""
    rows = [PlaceRow(place_name(spot), figure_url(spot), found.values.get(spot)) for spot in spots]
    if any(level == Level.COUNTRY for level, _place in spots):
        rows.sort(key=lambda row: sort_key(row.name))
    return rows


def above(spot: Spot) -> list[Spot]:
    """Return the places a country, an area or the world is part of, from the world down, itself the last."""
    level, place = spot
    if level == Level.COUNTRY:
        return [WORLD, (Level.AREA, str(AREA_OF_COUNTRY[place])), spot]
    return [WORLD, spot] if level == Level.AREA else [WORLD]


def area_of(spot: Spot) -> Area | None:
    """Return the area a place is or lies in."""
    level, place = spot
    if level == Level.AREA:
        return Area(place)
    return AREA_OF_COUNTRY.get(place) if level == Level.COUNTRY else None
