"""An application with sample content, made once per module for tests that only read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from harness.browser.contexts import serving
from harness.people import World
from harness.reporting import Reporting
from pages.samples import fill


@pytest.fixture(scope="module")
def reporting(worlds: Callable[[], AbstractContextManager[World]]) -> Iterator[Reporting]:
    with worlds() as world:
        yield fill(Reporting(world))


@pytest.fixture(scope="module")
def reporting_address(reporting: Reporting) -> Iterator[str]:
    """The address of a server that serves the application of `reporting`."""
    with serving(reporting.world.app) as address:
        yield address
