from __future__ import annotations

import pytest
from harness.people import World
from harness.reporting import Reporting


@pytest.fixture
def reporting(world: World) -> Reporting:
    """Both chapters of the world, expected to report for the last quarter of 2025, compiled once."""
    reports = Reporting(world)
    reports.expect(world.recife, world.huye)
    reports.compile()
    return reports
