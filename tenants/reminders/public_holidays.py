"""Public holidays of a country, as the `holidays` library lists them."""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=1_024)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the national public holidays of a country (ISO 3166-1 alpha-2) in a year; none where it is unknown.

    The list is the library's, without those of regions, and may be wrong, above all where a holiday begins when the
    moon is seen. A wrong one delays what would have gone out that morning by a day; it drops nothing.
    """
    import holidays  # 11 MB and a tenth of a second, which only who asks for a morning pays

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a country's table of moons ends with some year
        try:
            return frozenset(holidays.country_holidays(country, years=year, expand=False))
        except NotImplementedError:
            return frozenset()
