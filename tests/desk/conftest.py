from __future__ import annotations

import pytest
from harness.people import World
from harness.reporting import Reporting


@pytest.fixture
def reporting(world: World) -> Reporting:
    """The standing people's chapters, both expected to report for the last quarter of 2025, compiled once."""
    made = Reporting(world)
    made.expect(world.recife, world.huye)
    made.compile()
    return made
