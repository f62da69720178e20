"""Parse and format amounts. In the code, money is whole minor units of its currency, never a float."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from babel import Locale, numbers

from tenants.action_kit.funding.currencies import decimals_of
from tenants.action_kit.funding.models import MOST_MINOR, MOST_WHOLE
from tenants.numerals import NotNumber, read_number, with_minus_sign

USD = "USD"
NO_BREAK = "\u00a0"


def parse_amount(text: str, currency: str, locale: Locale) -> int:
    """Return the minor units of a typed amount; raises NotNumber. Zero is an amount, less is not."""
    minor = read_number(text, locale, decimals_of(currency))
    if minor < 0:
        raise NotNumber("nonsense")
    if minor > min(MOST_MINOR, MOST_WHOLE * 10 ** decimals_of(currency)):
        raise NotNumber("size")
    return minor


def typed_amount(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount for a box: as shown, or with other decimals if what is shown could be read in two ways."""
    text = format_amount(minor, currency, locale)
    try:
        parse_amount(text, currency, locale)
    except NotNumber as error:
        whole, fraction = error.readings
        return whole if parse_amount(whole, currency, locale) == minor else fraction
    return text


def format_amount(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount without its currency: "24,000", or "24,000.50" where it is not whole."""
    decimals = decimals_of(currency)
    value = Decimal(minor).scaleb(-decimals)
    pattern = "#,##0" if value == value.to_integral_value() else f"#,##0.{'0' * decimals}"
    return with_minus_sign(numbers.format_decimal(value, format=pattern, locale=locale), locale)


def format_money(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount with its currency where the language puts it, such as "BRL 24,000" or "24,000 BRL".

    In a language from right to left it ends with a mark, so that a number after the code stays in its place.
    """
    pattern = locale.currency_formats["standard"].pattern.partition(";")[0].replace(" ", NO_BREAK)
    before, _number, after = re.split(r"([#0.,]+)", pattern, maxsplit=1)
    if before.endswith("\u00a4"):  # a code beside digits needs a space, a sign such as $ would not
        before += NO_BREAK
    end = "\u200f" if locale.text_direction == "rtl" else ""
    return (before + format_amount(minor, currency, locale) + after).replace("\u00a4", currency) + end


def in_usd(minor: int, currency: str, per_usd: Decimal) -> int:
    """Return an amount in US cents at `per_usd` units a dollar; halves are rounded to the even cent."""
    with localcontext() as context:
        context.prec = 60
        cents = Decimal(minor).scaleb(decimals_of(USD) - decimals_of(currency)) / per_usd
        return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
