"""Two databases to clone from: two chapters with the same rows, and the world of the route and task matrices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.databases import TEMPLATE, cloned, database_of, owner_connection
from isolation.connections import Connections
from isolation.entry_points.matrix_world import MatrixWorld, make_matrix_world
from isolation.rows import TwoChapters, make_two_chapters


@pytest.fixture(scope="session")
def two_chapters(superuser_url: str) -> Iterator[TwoChapters]:
    """Yield two committed chapters. Tests change nothing in the database of `settings`, or roll back."""
    with cloned(TEMPLATE, superuser_url) as original:
        with owner_connection(original) as owner:
            amber, birch = make_two_chapters(owner)
        owner.close()  # a database with open connections cannot be cloned
        with cloned(database_of(original), superuser_url) as settings:
            yield TwoChapters(amber, birch, database_of(original), settings)


@pytest.fixture(scope="session")
def connections(two_chapters: TwoChapters) -> Iterator[Connections]:
    """Each login's own connection to the database of the two chapters."""
    connections = Connections(two_chapters.settings)
    yield connections
    connections.close()


@pytest.fixture(scope="session")
def matrix_world(superuser_url: str) -> Iterator[MatrixWorld]:
    """Recife and Huye with canaries in their rows and all visitors signed in: a database to clone."""
    with cloned(TEMPLATE, superuser_url) as settings:
        yield make_matrix_world(settings)
