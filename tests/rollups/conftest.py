from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.people import World
from harness.reporting import Reporting


@pytest.fixture
def reporting(world: World) -> Iterator[Reporting]:
    """Both chapters of the world, expected to report, compiled once, in an application context."""
    with world.app.app_context():
        reports = Reporting(world)
        reports.expect(world.recife, world.huye)
        reports.compile()
        yield reports
