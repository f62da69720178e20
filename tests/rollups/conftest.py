from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.people import World
from harness.reporting import Reporting


@pytest.fixture
def reporting(world: World) -> Iterator[Reporting]:
    """The standing people's chapters, both expected to report, compiled once, inside the application."""
    with world.app.app_context():
        reports = Reporting(world)
        reports.expect(world.recife, world.huye)
        reports.compile()
        yield reports
