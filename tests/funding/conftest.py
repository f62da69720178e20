"""A chapter with a budget and a source."""

from __future__ import annotations

import pytest
from funding.money import Money
from harness.people import World


@pytest.fixture
def money(world: World) -> Money:
    """A budget line of BRL 100 and a source that has agreed to BRL 60; what acts on them as alice."""
    return Money(world)
