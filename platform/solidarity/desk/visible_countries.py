"""The countries that a person at UN Women may see. They may see a figure only if they may see all its countries.

A sum over part of the world under the world's name would be false, and is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenants.chapters.areas import ALL_COUNTRIES, AREA_OF_COUNTRY, COUNTRIES_BY_AREA, Area
from tenants.figures.models import Level
from tenants.rollups.readings import WORLD, PlaceKey


@dataclass(frozen=True)
class VisibleCountries:
    """The countries that a person may see."""

    countries: frozenset[str]

    @property
    def world(self) -> bool:
        """Whether the person may see all countries."""
        return self.countries >= set(ALL_COUNTRIES)

    def within(self, area: Area) -> tuple[str, ...]:
        """Return the visible countries in an area."""
        return tuple(code for code in COUNTRIES_BY_AREA[area] if code in self.countries)

    def holds(self, area: Area) -> bool:
        """Whether the person may see every country of an area."""
        return self.countries >= set(COUNTRIES_BY_AREA[area])

    def tops(self) -> list[PlaceKey]:
        """Return the largest fully visible places: the world, or whole areas and the countries outside them."""
        if self.world:
            return [WORLD]
        areas = [area for area in Area if self.holds(area)]
        single_countries = [code for code in sorted(self.countries) if AREA_OF_COUNTRY[code] not in areas]
        return [*((Level.AREA, str(area)) for area in areas), *((Level.COUNTRY, code) for code in single_countries)]


def places_in(place_key: PlaceKey) -> list[PlaceKey]:
    """Return the parts of the world or of an area; none for a country, which is the sum of its chapters."""
    level, place = place_key
    if level == Level.WORLD:
        return [(Level.AREA, str(area)) for area in Area]
    if level == Level.AREA:
        return [(Level.COUNTRY, code) for code in COUNTRIES_BY_AREA[Area(place)]]
    return []
