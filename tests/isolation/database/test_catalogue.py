"""The catalogue of the migrated database, check by check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from isolation import lists
from isolation.database import catalogue
from isolation.database.catalogue import Check
from isolation.rows import TwoChapters
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool


@pytest.fixture(scope="module")
def connection(two_chapters: TwoChapters) -> Iterator[Connection]:
    with create_engine(two_chapters.settings.database("owner"), poolclass=NullPool).connect() as connection:
        yield connection


@pytest.mark.parametrize("check", catalogue.CHECKS, ids=lambda check: check.__name__)
def test_the_catalogue_shows_no_hole(connection: Connection, check: Check) -> None:
    assert check(connection) == []


def test_every_list_gives_its_reason() -> None:
    reasons = [*lists.REFERENCE.values(), *lists.LOCAL.values()]
    assert [reason for reason in reasons if len(reason.split()) < 5] == []
