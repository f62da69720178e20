"""Parse and format typed numbers: digits of any script, and the separators of any notation.

A number is read if it has one meaning. If a separator may stand for thousands or for decimals, the notation of the
reader's language decides, and only where no fraction can be meant. Otherwise the number is refused with both readings.
"""

from __future__ import annotations

import re
import unicodedata

from babel import Locale, numbers
from flask_babel import format_decimal
from flask_babel.speaklater import LazyString

LONGEST = 30  # digits and separators
SHAPE = re.compile(r"-?[0-9]+(?:[ .,٫][0-9]+)*")
# Apostrophes and the Arabic separators have one meaning. Spaces of every width become the first.
SIGNS = {"\u2212": "-", "'": " ", "\u2019": " ", "٬": " ", "،": ",", "\uff0c": ",", "\uff0e": "."}
FRACTION_SIGNS = ".,٫"


class NotNumber(ValueError):
    """The text cannot be read as a number. `reason` is nonsense, decimals, size or unclear.

    `readings` are the two numbers that an unclear text may mean, written so that each can be typed.
    """

    def __init__(self, reason: str, readings: tuple[str, str] = ("", "")) -> None:
        super().__init__(reason)
        self.reason = reason
        self.readings = readings


def read_number(text: str, locale: Locale, decimals: int) -> int:
    """Return a typed number in units of `decimals` decimal places. Raises NotNumber."""
    plain = _plain_number(text)
    if not SHAPE.fullmatch(plain):
        raise NotNumber("nonsense")
    if len(plain) > LONGEST:
        raise NotNumber("size")
    whole, fraction = _parts(plain.removeprefix("-"), locale, decimals)
    if len(fraction) > decimals:
        raise NotNumber("decimals")
    return int(whole + fraction.ljust(decimals, "0")) * (-1 if plain.startswith("-") else 1)


def with_minus_sign(text: str, locale: Locale) -> str:
    """Return a formatted number with a true minus sign, which stays before the digits in text from right to left."""
    before = "\u200e" if locale.text_direction == "rtl" else ""
    return text.replace("-", f"{before}\u2212")


def lazy_number(value: int) -> LazyString:
    """Return a number for a lazy sentence, formatted in the language in which the sentence is displayed."""
    return LazyString(format_decimal, value)


def _plain_number(text: str) -> str:
    """Return `text` with ASCII digits and signs, single spaces, and no invisible characters."""
    visible_text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    signs = (str(unicodedata.decimal(sign)) if sign.isdecimal() else SIGNS.get(sign, sign) for sign in visible_text)
    return " ".join("".join(signs).split())


def _parts(plain: str, locale: Locale, decimals: int) -> tuple[str, str]:
    """Return the whole part of a number without separators, and its decimals without zeros at the end."""
    pieces = re.split(f"([ {FRACTION_SIGNS}])", plain)
    groups, separators = pieces[::2], pieces[1::2]
    whole = "".join(groups) if _is_grouped(groups, separators) else None
    has_fraction = bool(separators) and _has_fraction(groups, separators, locale)
    fractional = ("".join(groups[:-1]), groups[-1].rstrip("0")) if has_fraction else None
    if whole is None:
        if fractional is None:
            raise NotNumber("nonsense")
        return fractional
    if fractional is None:
        return whole, ""
    if decimals < len(groups[-1]) and separators[-1] == numbers.get_group_symbol(locale):
        return whole, ""
    raise NotNumber("unclear", _readings(whole, fractional, locale, decimals))


def _is_grouped(groups: list[str], separators: list[str]) -> bool:
    """Whether all separators can stand between thousands, or as in India between thousands and hundreds of them."""
    if not separators:
        return True
    first, *middle, last = (len(group) for group in groups)
    is_alike = len(set(separators)) == 1 and separators[0] != "٫"
    is_western, is_indian = first <= 3 and set(middle) <= {3}, bool(middle) and first <= 2 and set(middle) == {2}
    return is_alike and last == 3 and not groups[0].startswith("0") and (is_western or is_indian)


def _has_fraction(groups: list[str], separators: list[str], locale: Locale) -> bool:
    """Whether the last separator can stand before decimals, and all others between thousands."""
    *group_separators, last = separators
    if last not in FRACTION_SIGNS or last in group_separators or not _is_grouped(groups[:-1], group_separators):
        return False
    return len(groups[-1]) <= 3 or last != numbers.get_group_symbol(locale)


def _readings(whole: str, fractional: tuple[str, str], locale: Locale, decimals: int) -> tuple[str, str]:
    """Return the examples for an unclear number: without a separator that can be misread, and with other decimals."""
    number, fraction = fractional
    thousands = numbers.format_decimal(int(whole), locale=locale) if decimals < len("000") else whole
    if decimals == 0:
        return thousands, number
    shown_fraction = f"{fraction}0" if len(fraction) == len("000") <= decimals else fraction[:2].ljust(2, "0")
    return thousands, f"{number}{numbers.get_decimal_symbol(locale)}{shown_fraction}"
