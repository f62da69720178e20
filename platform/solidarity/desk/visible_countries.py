"""How far a person at UN Women sees: a figure is hers only if every country in it is.

A sum over part of the world under the world's name would be false, so it is refused instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenants.chapters.areas import ALL_COUNTRIES, AREA_OF_COUNTRY, COUNTRIES_BY_AREA, Area
from tenants.figures.models import Level
from tenants.rollups.readings import WORLD, PlaceKey


@dataclass(frozen=True)
class VisibleCountries:
    """The countries a person holds."""

    countries: frozenset[str]

    @property
    def world(self) -> bool:
        """Whether she holds all of them."""
        return self.countries >= set(ALL_COUNTRIES)

    def within(self, area: Area) -> tuple[str, ...]:
        """Return her countries in an area."""
        return tuple(code for code in COUNTRIES_BY_AREA[area] if code in self.countries)

    def holds(self, area: Area) -> bool:
        """Whether she holds every country of an area."""
        return self.countries >= set(COUNTRIES_BY_AREA[area])

    def tops(self) -> list[PlaceKey]:
        """Return the largest places that are wholly hers: the world, or whole areas and the countries beside them."""
        if self.world:
            return [WORLD]
        areas = [area for area in Area if self.holds(area)]
        single_countries = [code for code in sorted(self.countries) if AREA_OF_COUNTRY[code] not in areas]
        return [*((Level.AREA, str(area)) for area in areas), *((Level.COUNTRY, code) for code in single_countries)]


def places_in(place_key: PlaceKey) -> list[PlaceKey]:
    """Return the places that the world or an area is the sum of; a country is the sum of its chapters."""
    level, place = place_key
    if level == Level.WORLD:
        return [(Level.AREA, str(area)) for area in Area]
    if level == Level.AREA:
        return [(Level.COUNTRY, code) for code in COUNTRIES_BY_AREA[Area(place)]]
    return []
