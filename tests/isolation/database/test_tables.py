"""The table and login checks, for every chapter-owned table and every login."""

from __future__ import annotations

import pytest
from isolation import lists
from isolation.connections import Connections
from isolation.database import table_checks
from isolation.database.statements import Check
from isolation.rows import TwoChapters, tables_in_order
from psycopg.types.json import Jsonb
from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tenants.db import Base


def test_every_text_carries_the_canary(two_chapters: TwoChapters) -> None:
    silent = [
        f"{table}.{column.name}"
        for table in tables_in_order()
        for column in Base.metadata.tables[table].columns
        if _holds_text(column.type)
        and two_chapters.amber.canary not in _plain(two_chapters.amber.rows[table].get(column.name))
    ]
    assert sorted(silent) == sorted(lists.CODE_COLUMNS)


def _holds_text(kind: object) -> bool:
    return isinstance(kind, String | JSONB) or (isinstance(kind, ARRAY) and isinstance(kind.item_type, String))


def _plain(value: object) -> str:
    return str(value.obj if isinstance(value, Jsonb) else value)


@pytest.mark.parametrize("check", table_checks.CHECKS, ids=lambda check: check.__name__)
def test_the_walls_hold(connections: Connections, two_chapters: TwoChapters, check: Check) -> None:
    assert list(check(connections, two_chapters.amber, two_chapters.birch)) == []
    assert list(check(connections, two_chapters.birch, two_chapters.amber)) == []
