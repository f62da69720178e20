from __future__ import annotations

from collections.abc import Iterator

import pytest
from books import Books
from people import World


@pytest.fixture
def books(world: World) -> Iterator[Books]:
    """The standing people's chapters, both expected to report, compiled once, inside the application."""
    with world.app.app_context():
        made = Books(world)
        made.expect(world.recife, world.huye)
        made.compile()
        yield made
