"""Currencies and their decimals by ISO 4217.

CLDR's digits are for display: it rounds the Serbian dinar, the Lebanese pound and fifteen others in use to whole units.
Source: ISO 4217, list one (current currencies), column "minor unit", with amendments up to 2026. Every currency that
is not listed here has two decimals.
"""

from __future__ import annotations

from tenants.chapters.codes import CURRENCIES

_CODES_BY_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {code: decimals for decimals, codes in _CODES_BY_DECIMALS.items() for code in codes.split()}


def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has: 0, 2, 3 or 4."""
    return _DECIMALS.get(currency, 2)


def is_currency(code: str) -> bool:
    """Whether amounts can be stored in a currency."""
    return code in CURRENCIES
