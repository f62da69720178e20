"""A world that sends to a hostile sink, and the fleet of hurried processes over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from faults.fleet import Fleet, fleet_over
from faults.hostile_sink import HostileSink, open_sink
from faults.hurry import Hurry
from mailroom import point_mail_at
from people import World

Launch = Callable[..., Fleet]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[HostileSink]:
    """A mail server that works until it is told to fail."""
    with open_sink(HostileSink(tmp_path / "mail")) as sink:
        yield sink


@pytest.fixture
def fleet_of(world: World, sink: HostileSink, tmp_path: Path) -> Iterator[Launch]:
    """Return a function that gives a fleet over the world; `redis_url` names another broker."""
    with ExitStack() as open_ones:

        def launch(hurry: Hurry | None = None, **more: Any) -> Fleet:
            settings = point_mail_at(world.app, port=sink.port, outbox=sink.folder)
            if "redis_url" in more:
                settings = settings.model_copy(update={"redis_url": more.pop("redis_url")})
            return open_ones.enter_context(fleet_over(settings, tmp_path / "logs", hurry or Hurry(), **more))

        yield launch
