"""The catalogue of the migrated database, check by check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.databases import owner_connection
from isolation import lists
from isolation.database import catalogue
from isolation.database.catalogue import Check
from isolation.rows import TwoChapters

import tenants.models
from tenants.db import Base


@pytest.fixture(scope="module")
def connection(two_chapters: TwoChapters) -> Iterator[catalogue.Connection]:
    with owner_connection(two_chapters.settings) as connection:
        yield connection


@pytest.mark.parametrize("check", catalogue.CHECKS, ids=lambda check: check.__name__)
def test_the_catalogue_shows_no_hole(connection: catalogue.Connection, check: Check) -> None:
    assert check(connection) == []


def test_every_list_gives_its_reason() -> None:
    reasons = [*lists.REFERENCE.values(), *lists.LOCAL.values()]
    assert [reason for reason in reasons if len(reason.split()) < 5] == []


def test_the_lists_name_only_what_exists() -> None:
    assert tenants.models
    tables = Base.metadata.tables
    named = [f"{table}.{column}" for table, columns in lists.PERSONAL.items() for column in columns]
    present = {f"{table.name}.{column.name}" for table in tables.values() for column in table.columns}
    present.add("alembic_version.version_num")
    assert sorted({*named, *lists.CODED, *lists.TEXT_OF_LOCAL} - present) == []
