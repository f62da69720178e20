"""The names of places, and the URLs of figures."""

from __future__ import annotations

from babel import dates
from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from solidarity.i18n.locale import formatting_locale
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.models import ChapterState, LifeEvent
from tenants.chapters.names import area_name, country_name, sort_key
from tenants.figures.models import Level
from tenants.rollups.readings import WORLD, PlaceKey

CHAPTER_STATE_WORDS = {
    ChapterState.APPLIED: _l("Applied"),
    ChapterState.DRAFTING: _l("Drafting"),
    ChapterState.AGREED: _l("Agreed"),
    ChapterState.SIGNED: _l("Signed, waiting for a focal point"),
    ChapterState.ACTIVE: _l("Active"),
    ChapterState.DORMANT: _l("Dormant"),
    ChapterState.CLOSED: _l("Closed"),
}

LIFE_WORDS = {
    LifeEvent.MADE_DORMANT: _l("Made dormant"),
    LifeEvent.WOKEN_UP: _l("Reactivated"),
    LifeEvent.CLOSED: _l("Closed"),
}


def place_name(place_key: PlaceKey) -> str:
    """Return the name of the world, an area or a country. The name of a chapter is in its own row."""
    level, place = place_key
    if level == Level.WORLD:
        return str(_("World"))
    return area_name(place) if level == Level.AREA else country_name(place)


def short_period(period: Period) -> str:
    """Return a period as the head of a narrow column, such as "Q3 2026"."""
    return str(dates.format_skeleton("yQQQ", period.starts_on, locale=formatting_locale()))


def figure_url(place_key: PlaceKey, indicator: str = "participations", period: Period | None = None) -> str:
    """Return the URL of an indicator's figure at a place, in the latest period if none is given."""
    level, place = str(place_key[0]), place_key[1]
    if period is None:
        return url_for("desk.latest_figure", indicator=indicator, level=level, place=place)
    return url_for("desk.figure", indicator=indicator, period=period.code, level=level, place=place)


def in_order(place_keys: list[PlaceKey]) -> list[PlaceKey]:
    """Return places in the order of a table: areas in the order of UN Women, countries by name."""
    if any(level == Level.COUNTRY for level, _place in place_keys):
        return sorted(place_keys, key=lambda place_key: sort_key(place_name(place_key)))
    return place_keys


def above(place_key: PlaceKey) -> list[PlaceKey]:
    """Return the places that contain a country, an area or the world, from the world down to the place itself."""
    level, place = place_key
    if level == Level.COUNTRY:
        return [WORLD, (Level.AREA, str(AREA_OF_COUNTRY[place])), place_key]
    return [WORLD, place_key] if level == Level.AREA else [WORLD]
