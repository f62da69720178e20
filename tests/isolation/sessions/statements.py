"""Search for chapter-owned tables that a statement does not tie to the chapter by a value.

Row-level security does not need the value. It keeps query plans short, and lets a distributed database send a
statement to one machine.
"""

from __future__ import annotations

import re

from isolation import lists

_TABLES = "|".join(sorted(lists.BEHIND_THE_WALL, key=len, reverse=True))
_MENTION = re.compile(rf"\b(from|join|update|using|,)\s+(?:only\s+)?({_TABLES})\b(?:\s+as\s+(\w+))?", re.IGNORECASE)
_INSERT = re.compile(rf"^\s*insert into ({_TABLES})\s*\(([^)]*)\)", re.IGNORECASE)


def unnamed(statement: str) -> list[str]:
    """Return the chapter-owned tables in `statement` that no value ties to a chapter."""
    insert = _INSERT.match(statement)
    if insert:
        key = "id" if insert[1].lower() == lists.CHAPTERS else "chapter_id"
        return [] if key in re.split(r"[\s,]+", insert[2]) else [insert[1]]
    return [
        name
        for _, table, alias in _MENTION.findall(statement)
        for name in [alias or table]
        if not _tied(statement, name, "id" if table.lower() == lists.CHAPTERS else "chapter_id")
    ]


def _tied(statement: str, name: str, key: str) -> bool:
    column, value = rf"\b{name}\.{key}", r"(?:%\(\w+\)s|\$\d+)"
    return any(
        re.search(pattern, statement, re.IGNORECASE)
        for pattern in (
            rf"{column}\s*=\s*{value}",
            rf"{value}(::uuid)?\s*=\s*{column}",
            rf"{column}\s+in\s*\(",
            rf"\({column},\s*\w+\.\w+\)\s+in\s*\(",
        )
    )
