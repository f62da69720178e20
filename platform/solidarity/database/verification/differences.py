"""Find what separates chapters in the database and differs from the migrations, with the statement that corrects it.

`declared.json` has everything that the migrations of this version make, as statements. It belongs to the code, so a
change of the database never changes what is expected of it. A test compares it with a database that was just migrated.
A database that newer migrations have changed, during a deployment, is not compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import get_args

import structlog
from sqlalchemy import Connection, text

from solidarity.settings import LOGIN_PREFIX, Login

SNAPSHOT = Path(__file__).with_name("declared.json")
CATALOGUE = text(Path(__file__).with_name("catalogue.sql").read_text(encoding="utf-8"))
OWNER = f"{LOGIN_PREFIX}owner"
APPLICATION_LOGINS = [f"{LOGIN_PREFIX}{login}" for login in get_args(Login) if login != "owner"]
NO_WALLS = ("column ", "index ")  # a wrong one stops or slows statements, and shows nobody the rows of a chapter
PRINTED = (
    "policy ",
    "function ",
    "constraint ",
)  # PostgreSQL prints their expressions; the next version may do otherwise
OWNERS = ("table ", "owner ")  # corrected first, as a change of the owner also changes grants

CHANGED = "was changed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CatalogueEntry:
    """One thing in the catalogue: the statement that makes it, and the one that removes it.

    If `overrides`, `statement` also corrects an entry that exists and differs. `container` is the place of what it is
    removed with, such as the table of a column.
    """

    statement: str
    removal: str
    overrides: bool
    container: str | None


@dataclass(frozen=True)
class CatalogueSnapshot:
    """A revision of the schema, and the statement for each place that its migrations make, as a `major` prints it."""

    revision: str
    major: int
    statements: Mapping[str, str]


@dataclass(frozen=True)
class SchemaDifference:
    """A difference between the catalogue and the migrations: its place, its state, and statements that correct it."""

    place: str
    state: str
    correction: str
    is_certain: bool = True

    @property
    def is_wall(self) -> bool:
        """Whether rows of a chapter could be read or changed from outside."""
        return self.is_certain and not self.place.startswith(NO_WALLS)

    def __str__(self) -> str:
        return f"The {self.place} {self.state}. Mend it as {OWNER} or an administrator: {self.correction};"


def read_catalogue(connection: Connection) -> dict[str, CatalogueEntry]:
    """Return everything in the catalogue that separates chapters, by place. Any login may read it."""
    rows = connection.execute(CATALOGUE, {"logins": APPLICATION_LOGINS, "owner": OWNER})
    return {place: CatalogueEntry(*entry) for place, *entry in rows}


def read_revision(connection: Connection) -> str:
    """Return the revision of the schema, or "" if the login may not read it yet, as before the migration 0034."""
    is_readable = text("select has_table_privilege(to_regclass('public.alembic_version')::oid, 'select')")
    if not connection.scalar(is_readable):
        return ""
    return connection.scalar(text("select max(version_num) from alembic_version")) or ""


def major_of(connection: Connection) -> int:
    """Return the major version of the server."""
    return int(connection.scalar(text("show server_version_num")) or 0) // 10_000


@cache
def declared_catalogue() -> CatalogueSnapshot:
    """Return what the migrations of this version make."""
    return CatalogueSnapshot(**json.loads(SNAPSHOT.read_text(encoding="utf-8")))


def find_differences(connection: Connection) -> list[SchemaDifference]:
    """Return the differences in the order in which they are corrected, walls first. None if the database is newer."""
    differences = _differences(read_catalogue(connection), declared_catalogue().statements)
    if differences and major_of(connection) != declared_catalogue().major:
        differences = [_doubted(difference) for difference in differences]
    if differences and (revision := read_revision(connection)) > declared_catalogue().revision:
        log.warning("walls.not_compared", revision=revision, expected=declared_catalogue().revision)
        return []
    return differences


def _differences(actual: Mapping[str, CatalogueEntry], expected: Mapping[str, str]) -> list[SchemaDifference]:
    surplus_parts = [
        SchemaDifference(place, "is not part of this version", entry.removal)
        for place, entry in reversed(list(actual.items()))  # views and triggers before tables and functions
        if place not in expected and entry.removal and entry.container not in actual.keys() - expected.keys()
    ]
    missing_parts = [
        SchemaDifference(place, "is missing", statement) for place, statement in expected.items() if place not in actual
    ]
    changed_parts = [
        SchemaDifference(place, CHANGED, _replacement(actual[place], statement))
        for place, statement in expected.items()
        if place in actual and actual[place].statement != statement
    ]
    return sorted(
        surplus_parts + missing_parts + changed_parts,
        key=lambda difference: (
            not difference.is_wall,
            not difference.place.startswith(OWNERS),
            "FOREIGN KEY" in difference.correction,  # needs the key that it refers to
        ),
    )


def _doubted(difference: SchemaDifference) -> SchemaDifference:
    """Return a difference that may only be one of print, as no wall: the application starts, and doctor names it."""
    is_print = difference.state == CHANGED and difference.place.startswith(PRINTED)
    return replace(difference, is_certain=not is_print)


def _replacement(entry: CatalogueEntry, statement: str) -> str:
    return statement if entry.overrides else f"{entry.removal}; {statement}"
