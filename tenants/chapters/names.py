"""Names of areas, countries and languages in the reader's language, and facts of CLDR about countries.

Languages, currencies and weekends come from CLDR through Babel, and the names of countries from the United Nations. The
areas are our own table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import get_timezone_location
from babel.languages import get_territory_language_info
from babel.numbers import get_territory_currencies
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from tenants import clock
from tenants.chapters.areas import Area
from tenants.chapters.codes import CURRENCIES, LANGUAGES, ZONES
from tenants.chapters.corrections import CURRENCIES as CORRECTED_CURRENCIES
from tenants.chapters.corrections import WORKING_WEEKS
from tenants.chapters.country_names import UN_NAMES
from tenants.chapters.models import LATIN, LATIN_LETTER
from tenants.texts import normal_form

SLUG_LENGTH = 60
WIDELY_SPOKEN = 1.0  # per cent of a country's population

AREA_NAMES = {
    Area.AMERICAS: _("Americas and the Caribbean"),
    Area.ARAB_STATES: _("Arab States"),
    Area.ASIA_PACIFIC: _("Asia and the Pacific"),
    Area.EAST_SOUTHERN_AFRICA: _("East and Southern Africa"),
    Area.WEST_CENTRAL_AFRICA: _("West and Central Africa"),
    Area.EUROPE_CENTRAL_ASIA: _("Europe and Central Asia"),
    Area.HEADQUARTERS: _("Countries served by headquarters"),
}


def area_name(area: str) -> str:
    """Return an area's name in the reader's language."""
    return str(AREA_NAMES[Area(area)])


def country_name(country: str) -> str:
    """Return a country's short name by the United Nations, else by CLDR, in the reader's language, else its code."""
    locale = reader()
    return UN_NAMES.get(locale.language, {}).get(country) or str(locale.territories.get(country, country))


def language_name(language: str) -> str:
    """Return a language's name in the reader's language, else in English, else its code."""
    return str(reader().languages.get(language) or Locale("en").languages.get(language, language))


def reader() -> Locale:
    """Return the locale of the request, or English outside a request."""
    return get_locale() or Locale("en")


def reads_latin() -> bool:
    """Whether the reader's language is written in Latin letters."""
    return "_Latn" in str(get_global("likely_subtags").get(reader().language, "_Latn"))


def is_latin(name: str) -> bool:
    """Whether a name has only letters that readers of Latin scripts can read."""
    return re.fullmatch(f"[{LATIN}]*", name) is not None and re.search(LATIN_LETTER, name) is not None


def sort_key(name: str) -> str:
    """Return the key by which lists sort `name`: compatibility forms are folded, marks and case are removed."""
    folded_name = normal_form("NFKD", normal_form("NFKD", name).casefold())
    return "".join(sign for sign in folded_name if not unicodedata.combining(sign))


def by_name(codes: dict[str, str]) -> list[tuple[str, str]]:
    """Return (code, name) pairs, sorted by name."""
    return sorted(codes.items(), key=lambda pair: (sort_key(pair[1]), pair[0]))


def suggest_slug(name: str) -> str:
    """Return an address made from the Latin letters and digits of `name`, or an empty text if it has none.

    Nothing is transliterated. For a name in another script the desk types the address.
    """
    latin = sort_key(name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", latin)[:SLUG_LENGTH].strip("-")


def currency_of(country: str) -> str:
    """Return the currency of a country today, by our own corrections, else by CLDR.

    Of several, the one whose code begins with the country's code is preferred.
    """
    corrected_currency, since = CORRECTED_CURRENCIES.get(country, ("", date.max))
    if clock.now().date() >= since:
        return corrected_currency
    tender: list[str] = get_territory_currencies(country)
    return next((code for code in tender if code.startswith(country)), tender[0])


@cache
def currencies() -> frozenset[str]:
    """Return every currency that is in use in some country today."""
    territories = get_global("territory_currencies")
    return CURRENCIES.intersection(code for place in territories for code in get_territory_currencies(place))


@cache
def working_week_of(country: str) -> tuple[int, ...]:
    """Return the ISO weekdays outside a country's weekend: by our own corrections, else by CLDR."""
    if country in WORKING_WEEKS:
        return WORKING_WEEKS[country]
    locale = _locale_in(country)
    rest, day = {locale.weekend_end}, locale.weekend_start
    while day != locale.weekend_end:
        rest.add(day)
        day = (day + 1) % 7
    return tuple(day + 1 for day in range(7) if day not in rest)


def weekdays_of(country: str) -> list[tuple[int, str]]:
    """Return the ISO weekdays with their names in the reader's language, from the first day of a country's week."""
    day_names = reader().days["stand-alone"]["wide"]
    first = _locale_in(country).first_week_day
    return [(day + 1, str(day_names[day])) for day in ((first + step) % 7 for step in range(7))]


def _locale_in(country: str) -> Locale:
    """Return a locale with the week of a country, or with that of the world for a code that CLDR does not know."""
    try:
        return Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "001")


def zone_name(zone: str, *, with_country: bool = False) -> str:
    """Return the city that names a time zone, in the reader's language. An unknown zone is shown as UTC."""
    return _zone_name(zone if zone in ZONES else "UTC", str(reader()), with_country=with_country)


@cache
def _zone_name(zone: str, language: str, *, with_country: bool) -> str:
    city = str(get_timezone_location(zone, locale=Locale.parse(language), return_city=True))
    country = get_global("zone_territories").get(zone) if with_country else None
    return f"{city} ({country_name(country)})" if country else city


def zone_choices(zones: Iterable[str], *, with_country: bool = False) -> list[tuple[str, str]]:
    """Return (zone, name) pairs, sorted by name. Unknown zones are left out."""
    return by_name({zone: zone_name(zone, with_country=with_country) for zone in zones if zone in ZONES})


def zone_choices_in(country: str, *, chosen: str, other: str = "") -> list[tuple[str, str]]:
    """Return (zone, name) pairs of a country's zones and of two more. The first has no zone if `chosen` is unknown."""
    prompt = [] if chosen in ZONES else [("", str(_("Choose one")))]
    return [*prompt, *zone_choices({*zones_of(country), chosen, other})]


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """Return the time zones of a country, or all zones if CLDR assigns it none."""
    country_zones = {zone for zone, territory in get_global("zone_territories").items() if territory == country} & ZONES
    return tuple(sorted(country_zones or {zone for zone in ZONES if "/" in zone and not zone.startswith("Etc/")}))


@cache
def places() -> tuple[str, ...]:
    """Return the time zones of all countries, each named after a place."""
    return tuple(sorted(zone for zone in get_global("zone_territories") if "/" in zone and zone in ZONES))


@cache
def languages_of(country: str) -> tuple[str, ...]:
    """Return the official and the widely spoken languages of a country, the most spoken first."""
    language_facts = get_territory_language_info(country)
    return tuple(
        code
        for code, facts in language_facts.items()
        if code in LANGUAGES and (facts["official_status"] or float(facts["population_percent"] or 0) >= WIDELY_SPOKEN)
    )


def official_languages_of(country: str) -> tuple[str, ...]:
    """Return the official languages of a whole country, the most widely spoken first."""
    facts = get_territory_language_info(country)
    return tuple(code for code in languages_of(country) if facts[code]["official_status"] == "official")
