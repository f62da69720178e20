"""Every chapter-owned table against every way of reaching into it, as each login."""

from __future__ import annotations

import pytest
from isolation import lists, walls
from isolation.conftest import Twins
from isolation.doors import Doors
from isolation.twins import FACTORIES, tables_in_order
from isolation.walls import Check
from psycopg.types.json import Jsonb
from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tenants.db import Base


def test_every_chapter_owned_model_is_listed_and_has_a_factory() -> None:
    assert set(tables_in_order()) == set(lists.BEHIND_THE_WALL) == set(FACTORIES)


def test_every_text_carries_the_canary(twins: Twins) -> None:
    silent = [
        f"{table}.{column.name}"
        for table in tables_in_order()
        for column in Base.metadata.tables[table].columns
        if _holds_text(column.type) and twins.amber.canary not in _plain(twins.amber.rows[table].get(column.name))
    ]
    assert sorted(silent) == sorted(lists.CODED)


def _holds_text(kind: object) -> bool:
    return isinstance(kind, String | JSONB) or (isinstance(kind, ARRAY) and isinstance(kind.item_type, String))


def _plain(value: object) -> str:
    return str(value.obj if isinstance(value, Jsonb) else value)


@pytest.mark.parametrize("check", walls.CHECKS, ids=lambda check: check.__name__)
def test_the_walls_hold(doors: Doors, twins: Twins, check: Check) -> None:
    assert list(check(doors, twins.amber, twins.birch)) == []
    assert list(check(doors, twins.birch, twins.amber)) == []
