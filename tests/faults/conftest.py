"""A world that sends to a failing mail server, and workers over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from harness.mail_server import MailServer
from harness.mail_sink import point_mail_at
from harness.people import World
from harness.worker_processes import ShortWaits, WorkerProcesses

MakeWorkers = Callable[..., WorkerProcesses]


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server with a folder, and without faults until a test sets some."""
    with MailServer(tmp_path / "mail", patience=1.5).listening() as server:
        yield server


@pytest.fixture
def make_workers(world: World, mail_server: MailServer, tmp_path: Path) -> Iterator[MakeWorkers]:
    """Return a function that makes workers over the world, without starting them; `redis_url` names another broker."""
    with ExitStack() as stack:

        def make(waits: ShortWaits | None = None, **options: Any) -> WorkerProcesses:
            settings = point_mail_at(world.app, port=mail_server.port, outbox=mail_server.folder)
            if "redis_url" in options:
                settings = settings.model_copy(update={"redis_url": options.pop("redis_url")})
            workers = WorkerProcesses.over(settings, tmp_path / "logs", waits or ShortWaits(), **options)
            return stack.enter_context(workers)

        yield make
