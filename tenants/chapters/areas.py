"""The seven areas: UN Women's six regions, and the countries served by headquarters.

The assignment of countries to areas is our own table, and the page says so. Codes are ISO 3166-1 alpha-2.
"""

from __future__ import annotations

from enum import StrEnum


class Area(StrEnum):
    """An area of the world as UN Women divides it, including headquarters."""

    AMERICAS = "americas"
    ARAB_STATES = "arab_states"
    ASIA_PACIFIC = "asia_pacific"
    EAST_SOUTHERN_AFRICA = "east_southern_africa"
    WEST_CENTRAL_AFRICA = "west_central_africa"
    EUROPE_CENTRAL_ASIA = "europe_central_asia"
    HEADQUARTERS = "headquarters"


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTRIES_BY_AREA: dict[Area, tuple[str, ...]] = {
    Area.AMERICAS: _codes(
        "AG AR BB BO BR BS BZ CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PY SR SV TT UY VC VE"
    ),
    Area.ARAB_STATES: _codes("AE BH DZ EG IQ JO KW LB LY MA OM PS QA SA SY TN YE"),
    Area.ASIA_PACIFIC: _codes(
        "AF BD BN BT CK CN FJ FM ID IN IR KH KI KP KR LA LK MH MM MN MV MY NP NR NU PG PH PK PW SB SG TH TL "
        "TO TV VN VU WS"
    ),
    Area.EAST_SOUTHERN_AFRICA: _codes("AO BI BW DJ ER ET KE KM LS MG MU MW MZ NA RW SC SD SO SS SZ TZ UG ZA ZM ZW"),
    Area.WEST_CENTRAL_AFRICA: _codes("BF BJ CD CF CG CI CM CV GA GH GM GN GQ GW LR ML MR NE NG SL SN ST TD TG"),
    Area.EUROPE_CENTRAL_ASIA: _codes("AL AM AZ BA BY GE KG KZ MD ME MK RS RU TJ TM TR UA UZ XK"),
    Area.HEADQUARTERS: _codes(
        "AD AT AU BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IL IS IT JP LI LT LU LV MC MT NL NO NZ "
        "PL PT RO SE SI SK SM US VA"
    ),
}

AREA_OF_COUNTRY: dict[str, Area] = {code: area for area, codes in COUNTRIES_BY_AREA.items() for code in codes}
ALL_COUNTRIES: tuple[str, ...] = tuple(sorted(AREA_OF_COUNTRY))
