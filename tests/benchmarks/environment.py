"""What a benchmark runs in: our real services in a temporary folder, and databases of their own in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from flask import Flask
from harness.databases import TEMPLATE, cloned, running_app
from harness.services import Services, running_services

from solidarity.app import create_app
from solidarity.database.migrate import migrate
from solidarity.settings import Settings

ROOM = 16 * 1024**3  # what the largest of them writes, and PostgreSQL's own log of it


@dataclass(frozen=True)
class Environment:
    """Running services; `small` asks for a run that only shows that it runs."""

    services: Services
    small: bool

    def size(self, full: int, small: int) -> int:
        """Return one of two numbers."""
        return small if self.small else full

    def database(self) -> AbstractContextManager[Settings]:
        """Yield settings of a migrated database without rows, which is dropped afterwards."""
        return cloned(TEMPLATE, self.services.superuser_url)


@contextmanager
def running_environment(*, small: bool) -> Iterator[Environment]:
    """Start the services, migrate the template, and remove everything at the end."""
    with running_services(room=ROOM) as services:
        os.environ.update(services.environment)
        migrate(Settings())
        yield Environment(services, small)


def production_app(settings: Settings) -> AbstractContextManager[Flask]:
    """Yield the web application over a database, as production makes it."""
    return running_app(settings, make=create_app)
