"""Values that people who attack send, and those that people paste by accident."""

from __future__ import annotations

from io import BytesIO
from typing import Any

MARKUP = "<script>alert(1)</script>"
LONG = 100_000  # characters

NUMBERS = ("-1", "0", "1e400", "NaN", "-Infinity", "9" * 40, "1.180,50", "١٢٣", "0x10", "½", "1" + "0" * 18)
DATES = ("0206-01-01", "9999-12-31", "0000-00-00", "2026-02-30", "-0001-01-01", "2026-W01", "10000-01-01")
CODES = ("Factory", "localtime", "../../etc/passwd", "XXX", "tlh", "recife/../huye")
TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\u200b",
    "\u202eabc\u2066",
    "\ufeff",
    "a" + "\u0300" * 2000,
    "\U0001f600" * 5000,
    "x" * LONG,
    "'\"<>%s{}%(name)s{{7*7}}",
    MARKUP,
    "x\r\nBcc: eve@people.example",
    "'; drop table chapters; --",
    "00000000-0000-0000-0000-000000000000",
)
VALUES: tuple[str, ...] = (*NUMBERS, *DATES, *CODES, *TEXTS)


def more_than_one(value: str) -> list[str]:
    """Return a field that is sent twice."""
    return [value, value]


def as_file(value: str) -> Any:
    """Return a text field that is sent as a file."""
    return BytesIO(value.encode()), "field.txt"
