"""Parse and format amounts. In the code, money is whole minor units of its currency, never a float."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from babel import Locale, numbers

from tenants.action_kit.funding.models import MOST_MINOR
from tenants.numerals import plain_number

LONGEST = 30  # digits and separators
USD = "USD"
NO_BREAK = "\u00a0"


class NotMoney(ValueError):
    """The text is not an amount of this currency; `reason` is nonsense, decimals or size."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decimals_of(currency: str) -> int:
    """Return how many decimals a currency (ISO 4217) has: 0, 2 or 3 (CLDR)."""
    return numbers.get_currency_precision(currency)


def is_currency(code: str) -> bool:
    """Whether CLDR knows a currency code."""
    return numbers.is_currency(code)


def parse_amount(text: str, currency: str, locale: Locale) -> int:
    """Return the minor units of an amount typed in `locale`; raises NotMoney. Zero is an amount, less is not."""
    plain = plain_number(text, locale)
    if len(plain) > LONGEST or not re.fullmatch(r"[0-9](?:[0-9.,'’]*[0-9])?", plain):
        raise NotMoney("nonsense")
    try:
        value = numbers.parse_decimal(plain, locale=locale, strict=True)
    except numbers.NumberFormatError as error:
        raise NotMoney("nonsense") from error
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > decimals_of(currency):
        raise NotMoney("decimals")
    minor = int(value.scaleb(decimals_of(currency)))
    if minor > MOST_MINOR:
        raise NotMoney("size")
    return minor


def format_amount(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount without its currency: "24,000", or "24,000.50" where it is not whole."""
    decimals = decimals_of(currency)
    value = Decimal(minor).scaleb(-decimals)
    pattern = "#,##0" if value == value.to_integral_value() else f"#,##0.{'0' * decimals}"
    return numbers.format_decimal(value, format=pattern, locale=locale).replace("-", "\u2212")


def format_money(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount with its currency where the language puts it, such as "BRL 24,000" or "24,000 BRL"."""
    pattern = locale.currency_formats["standard"].pattern.partition(";")[0].replace(" ", NO_BREAK)
    before, _number, after = re.split(r"([#0.,]+)", pattern, maxsplit=1)
    if before.endswith("\u00a4"):  # a code beside digits needs a space, a sign such as $ would not
        before += NO_BREAK
    return (before + format_amount(minor, currency, locale) + after).replace("\u00a4", currency)


def in_usd(minor: int, currency: str, per_usd: Decimal) -> int:
    """Return an amount in US cents at `per_usd` units a dollar; halves are rounded to the even cent."""
    with localcontext() as context:
        context.prec = 60
        cents = Decimal(minor).scaleb(decimals_of(USD) - decimals_of(currency)) / per_usd
        return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
