"""Two databases to clone from: the twin chapters, and the scene with people in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from isolation.doors import Doors
from isolation.places import clone, database_of, owner_connection
from isolation.scene import Scene, make_scene
from isolation.twins import Twin, make_twins

from solidarity.settings import Settings

TEMPLATE = "solidarity"


@dataclass(frozen=True)
class Twins:
    """Both chapters, the database to clone them from, and a clone of it to look at."""

    amber: Twin
    birch: Twin
    template: str
    settings: Settings


@pytest.fixture(scope="session")
def twins(superuser_url: str) -> Iterator[Twins]:
    """The twin chapters, committed. Whoever uses `settings` changes nothing there, or rolls back."""
    with clone(TEMPLATE, superuser_url) as kept:
        with owner_connection(kept) as owner:
            amber, birch = make_twins(owner)
        owner.close()  # a database that somebody is connected to cannot be cloned
        with clone(database_of(kept), superuser_url) as settings:
            yield Twins(amber, birch, database_of(kept), settings)


@pytest.fixture(scope="session")
def doors(twins: Twins) -> Iterator[Doors]:
    """Each login's own connection to the twins' database."""
    doors = Doors(twins.settings)
    yield doors
    doors.close()


@pytest.fixture(scope="session")
def scene(superuser_url: str) -> Iterator[Scene]:
    """Recife and Huye with canaries in their rows and everybody signed in: a database to clone."""
    with clone(TEMPLATE, superuser_url) as settings:
        yield make_scene(settings)
