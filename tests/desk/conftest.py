from __future__ import annotations

import pytest
from books import Books
from people import World


@pytest.fixture
def books(world: World) -> Books:
    """The standing people's chapters with their figures compiled once."""
    made = Books(world)
    made.compile()
    return made
