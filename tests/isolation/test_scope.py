"""Sessions and their scope: what the kernel promises, over committed rows of two chapters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from isolation import promises
from isolation.conftest import Twins
from isolation.places import clone, kernel
from isolation.sessions import Check


@pytest.fixture(scope="module")
def over_the_twins(twins: Twins, superuser_url: str) -> Iterator[Twins]:
    with clone(twins.template, superuser_url) as settings, kernel(settings):
        yield twins


@pytest.mark.parametrize("check", promises.CHECKS, ids=lambda check: check.__name__)
def test_a_session_keeps_to_its_scope(over_the_twins: Twins, check: Check) -> None:
    assert list(check(over_the_twins.amber, over_the_twins.birch)) == []
    assert list(check(over_the_twins.birch, over_the_twins.amber)) == []
