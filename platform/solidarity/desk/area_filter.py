"""The countries that a desk page is about: all of the reader's, or those in one area, which is in the URL."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request, url_for
from flask_babel import gettext as _

from solidarity.desk.place_names import in_order, place_name
from solidarity.desk.visible_countries import VisibleCountries, places_in
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import Area
from tenants.chapters.names import area_name
from tenants.figures.models import Level
from tenants.rollups.readings import PlaceKey


@dataclass(frozen=True)
class AreaFilter:
    """Some of the reader's countries. `place_key` is the place of exactly these countries; None if there is none.

    `parts` are the places that a table lists for them. `area` is the selected tab.
    """

    name: str
    countries: tuple[str, ...]
    place_key: PlaceKey | None
    parts: list[PlaceKey]
    area: Area | None = None


@dataclass(frozen=True)
class Tab:
    """One of the areas to choose from."""

    name: str
    url: str
    is_here: bool


def requested_area_filter(visible_countries: VisibleCountries) -> AreaFilter:
    """Return the area that `?area=` names, else all of the reader's countries; 404 for an area without any of them."""
    code = request.args.get("area", "")
    if not code:
        return _all_of(visible_countries)
    if code not in set(Area) or not visible_countries.within(Area(code)):
        abort(404)
    return _in_area(visible_countries, Area(code))


def tabs(visible_countries: VisibleCountries, area_filter: AreaFilter, endpoint: str, period: Period) -> list[Tab]:
    """Return a tab for all of the reader's countries and one for each area; none if there is only one area."""
    areas = [area for area in Area if visible_countries.within(area)]
    if len(areas) < 2:
        return []
    choices = [(_all_of(visible_countries).name, None), *((area_name(area), area) for area in areas)]
    return [
        Tab(name, url_for(endpoint, area=area and str(area), period=period.code), area == area_filter.area)
        for name, area in choices
    ]


def _all_of(visible_countries: VisibleCountries) -> AreaFilter:
    tops, countries = visible_countries.tops(), tuple(sorted(visible_countries.countries))
    if len(tops) == 1:
        return AreaFilter(place_name(tops[0]), countries, tops[0], in_order(places_in(tops[0])))
    return AreaFilter(str(_("Your countries")), countries, None, in_order(tops))


def _in_area(visible_countries: VisibleCountries, area: Area) -> AreaFilter:
    countries = visible_countries.within(area)
    if visible_countries.holds(area):
        place_key = (Level.AREA, str(area))
        return AreaFilter(place_name(place_key), countries, place_key, in_order(places_in(place_key)), area)
    parts = in_order([(Level.COUNTRY, code) for code in countries])
    name = str(_("Your countries in %(area)s", area=area_name(area)))
    return AreaFilter(name, countries, None, parts, area)
