from __future__ import annotations

import pytest
from books import Books
from people import World


@pytest.fixture
def books(world: World) -> Books:
    """The standing people's chapters, both expected to report for the last quarter of 2025, compiled once."""
    made = Books(world)
    made.expect(world.recife, world.huye)
    made.compile()
    return made
