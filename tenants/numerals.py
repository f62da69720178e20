"""Parse and format typed numbers: digits of any script, and the separators of the language."""

from __future__ import annotations

import re
import unicodedata

from babel import Locale, numbers
from flask_babel import format_decimal
from flask_babel.speaklater import LazyString

DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
SPACE_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")


def plain_number(text: str, locale: Locale) -> str:
    """Return `text` with ASCII digits and minus, the separators of `locale`, and no space between thousands."""
    signs = {"\u2212": "-", "٬": numbers.get_group_symbol(locale), "٫": numbers.get_decimal_symbol(locale)}
    bare_text = text.translate(DIRECTION_MARKS).strip()
    ascii_text = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else signs.get(sign, sign) for sign in bare_text
    )
    return SPACE_BETWEEN_THOUSANDS.sub("", ascii_text)


def lazy_number(value: int) -> LazyString:
    """Return a number for a lazy sentence, formatted in the language in which the sentence is displayed."""
    return LazyString(format_decimal, value)
