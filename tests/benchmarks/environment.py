"""The environment of a benchmark: real services in a temporary folder, and separate databases."""

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

ROOM = 16 * 1024**3  # the data of the largest benchmark, with PostgreSQL's own log


@dataclass(frozen=True)
class Environment:
    """Running services. `small` asks for few rows, only to show that a benchmark runs."""

    services: Services
    small: bool

    def size(self, full: int, small: int) -> int:
        """Return `small` in a small run, else `full`."""
        return small if self.small else full

    def database(self) -> AbstractContextManager[Settings]:
        """Yield the settings of a migrated, empty database, and drop it afterwards."""
        return cloned(TEMPLATE, self.services.superuser_url)


@contextmanager
def running_environment(*, small: bool) -> Iterator[Environment]:
    """Start the services, migrate the template, and remove everything at the end."""
    with running_services(room=ROOM) as services:
        os.environ.update(services.environment)
        migrate(Settings())
        yield Environment(services, small)


def production_app(settings: Settings) -> AbstractContextManager[Flask]:
    """Yield the web application over a database, created as in production."""
    return running_app(settings, make=create_app)
