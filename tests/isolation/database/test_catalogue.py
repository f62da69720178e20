"""The catalogue of the migrated database, check by check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.databases import owner_connection
from isolation import lists
from isolation.database import catalogue
from isolation.database.catalogue import Check
from isolation.rows import TwoChapters


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
