"""Texts as they are stored: normalised, without hidden characters, not too long, and not blank if required."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal
from unicodedata import category, combining, name, normalize

from flask_babel import lazy_gettext as _l

from tenants.errors import refuse
from tenants.numerals import lazy_number

LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# These change the direction of the text after them, including the rest of a page or of a mail.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Invisible, but needed inside a text: joiners by Persian, Hindi and emoji, direction marks by Arabic and Hebrew, the
# vowel separator by Mongolian. Other format characters are signs of their own, such as the Arabic sign of a year.
NEEDED_SIGNS = frozenset("\u061c\u180e\u200c\u200d\u200e\u200f")
VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
LEFT_OUT_OF_CODES = NEEDED_SIGNS | frozenset(map(chr, range(0xFE00, 0xFE10)))  # and selectors of variants
MOST_MARKS = 30  # on one letter, as in the Stream-Safe Text Format of Unicode
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols by category, but blank


def plain_text(text: str) -> str:
    """Return a text of several lines as it is stored.

    It is normalised to NFC. Its lines end with a line feed. Controls, halves of characters and hidden format characters
    are removed, and at the ends also spaces, joiners and direction marks.
    """
    lines = LINE_END.sub("\n", text)
    return normal_form("NFC", _patterns().removed.sub("", lines)).strip(_ENDS)


def normal_form(form: Literal["NFC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode, without the marks after MOST_MARKS on one letter.

    Sorting the marks of one letter takes time that grows with the square of their number.
    """
    if text.isascii() or not _patterns().many_marks.search(text):
        return normalize(form, text)
    signs, marks = [], 0
    for sign in text:
        is_mark, mark_count = _marks_in(sign)
        marks = marks + mark_count if is_mark else mark_count
        if not is_mark or marks <= MOST_MARKS:
            signs.append(sign)
    return normalize(form, "".join(signs))


def one_line(text: str) -> str:
    """Return a text as it is stored on one line: as `plain_text`, with single spaces."""
    return " ".join(plain_text(text).split())


def code_text(text: str) -> str:
    """Return a code or an address as it is meant: without spaces and hidden characters, which copying adds."""
    return "".join(sign for sign in one_line(text) if sign not in LEFT_OUT_OF_CODES and not sign.isspace())


def has_visible_text(text: str) -> bool:
    """Whether a text has a character that is seen. Spaces, format characters, lone marks and fillers are not."""
    return any(category(sign)[0] not in "CZM" and sign not in FILLERS for sign in text)


def hidden_character(text: str) -> str | None:
    """Return the code and name of the first character of a text without visible ones; None if it is not such a text.

    An example is "U+200B ZERO WIDTH SPACE". Spaces have no name here.
    """
    if has_visible_text(text):
        return None
    return next((name_of_character(sign) for sign in text if not sign.isspace()), None)


def name_of_character(sign: str) -> str:
    """Return the code and the Unicode name of a character, such as "U+F0B7" or "U+200B ZERO WIDTH SPACE"."""
    return f"U+{ord(sign):04X} {name(sign, '')}".strip()


def text_problem(text: str, max_length: int, *, empty: str | None = None) -> str | None:
    """Return the problem with a text as it would be stored, as a lazy sentence, or None.

    `max_length` is in characters. `empty` is the sentence for a text without visible characters, or None if it may be
    blank. Even then it is refused if it holds something that nobody sees.
    """
    if (text or empty is not None) and not has_visible_text(text):
        return empty or _l("This text has no visible characters. Type it again, or leave it empty.")
    if len(text) > max_length:
        numbers = {"most": lazy_number(max_length), "length": lazy_number(len(text))}
        problem: str = _l("Enter no more than %(most)s characters. You entered %(length)s.", **numbers)
        return problem
    return None


def clean_text(text: str, max_length: int, *, field: str, empty: str) -> str:
    """Return a text as it is stored. Raises Refused at `field` if it is too long, or with sentence `empty` if blank."""
    text = plain_text(text)
    refuse({field: text_problem(text, max_length, empty=empty)})
    return text


@dataclass(frozen=True)
class _Patterns:
    """`removed` finds characters that are never stored. `many_marks` finds marks that may decompose into too many."""

    removed: re.Pattern[str]
    many_marks: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    signs = [*map(chr, range(0x20000)), *map(chr, range(0xE0000, 0xE0200))]  # there are none elsewhere
    removed = re.escape("".join(sign for sign in signs if _is_removed(sign)))
    marks = "".join(sign for sign in signs if combining(sign))
    return _Patterns(re.compile(f"[{removed}]"), re.compile(f"[{marks}]{{{MOST_MARKS // 2 - 2},}}"))


@lru_cache(maxsize=4_096)
def _marks_in(sign: str) -> tuple[bool, int]:
    """Whether a character is a mark on the letter before it, and how many marks its decomposition has."""
    parts = normalize("NFKD", sign)
    return combining(parts[0]) > 0, sum(combining(part) > 0 for part in parts)


def _is_removed(sign: str) -> bool:
    """Whether a character is never stored. Half of a character is rejected by PostgreSQL."""
    if sign in "\n\t" or sign in NEEDED_SIGNS or sign in VISIBLE_FORMATS:
        return False
    return category(sign) in {"Cc", "Cf", "Cs"}


_ENDS = "".join(NEEDED_SIGNS) + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
