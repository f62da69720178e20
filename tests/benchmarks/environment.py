"""What a benchmark stands on: our real services in a temporary folder, and databases of their own in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from isolation.places import clone
from services import Services, start_services

from solidarity.app import create_app
from solidarity.database.engines import dispose_engines
from solidarity.database.migrate import migrate
from solidarity.settings import Settings

TEMPLATE = "solidarity"
ROOM = 16 * 1024**3  # what the largest of them writes, and PostgreSQL's own log of it


@dataclass(frozen=True)
class Stand:
    """Running services; `small` asks for a run that only shows that it runs."""

    services: Services
    small: bool

    def size(self, full: int, small: int) -> int:
        """Return one of two numbers."""
        return small if self.small else full

    @contextmanager
    def database(self) -> Iterator[Settings]:
        """Yield settings of a migrated database without rows, which is dropped afterwards."""
        with clone(TEMPLATE, self.services.superuser_url) as settings:
            yield settings


@contextmanager
def standing(*, small: bool) -> Iterator[Stand]:
    """Start the services, migrate the template, and remove everything at the end."""
    services = start_services(room=ROOM)
    try:
        os.environ.update(services.environment)
        migrate(Settings())
        yield Stand(services, small)
    finally:
        services.stop()


@contextmanager
def web_over(settings: Settings) -> Iterator[Flask]:
    """Yield the web application over a database, as production makes it."""
    app = create_app(settings)
    try:
        yield app
    finally:
        dispose_engines(app)
