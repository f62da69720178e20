"""Texts as they are stored: without invisible characters, not too long, and not blank if required."""

from __future__ import annotations

import re
from unicodedata import category

from flask_babel import lazy_gettext as _l

from tenants.errors import refuse
from tenants.numerals import lazy_number

LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# These change the direction of the text after them, including the rest of a page.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")}
SURROGATES = range(0xD800, 0xE000)  # halves of a character, which PostgreSQL rejects
# Soft hyphen, zero-width space, word joiner, invisible operators, byte order mark. Zero-width joiners are not included:
# Persian, Hindi and emoji need them. Nor are direction marks, which Arabic needs.
INVISIBLE = {0xAD, 0x200B, *range(0x2060, 0x2070), 0xFEFF}
REMOVED_CHARACTERS = dict.fromkeys([*CONTROLS, *SURROGATES, *INVISIBLE, *map(ord, TURNING)])


def plain_text(text: str) -> str:
    """Return a text of several lines as it is stored: lines end with a line feed, invisible characters are removed."""
    return LINE_END.sub("\n", text).translate(REMOVED_CHARACTERS).strip()


def one_line(text: str) -> str:
    """Return a text as it is stored on one line: trimmed, with single spaces and no invisible characters."""
    return " ".join(plain_text(text).split())


def text_problem(text: str, max_length: int, *, empty: str | None = None) -> str | None:
    """Return the problem with a text as it would be stored, as a lazy sentence, or None.

    `max_length` is in characters. `empty` is the sentence for a blank text, or None if it may be blank.
    """
    if empty is not None and all(category(character)[0] in "CZ" for character in text):
        return empty
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
