"""Refuse to start over a database whose walls are not those of the migrations, or with a login that could pass them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from solidarity.database.engines import UnsafeDatabase, dispose_engines, refuse_powerful_logins
from solidarity.database.verification.differences import SchemaDifference, find_differences
from tenants.db import db

LINE_LIMIT = 10
READERS = ("web", "worker")  # they may read the revision of the schema


class WallsDiffer(UnsafeDatabase):
    """Walls of the database that are not those of the migrations."""

    def __init__(self, walls: Sequence[SchemaDifference]) -> None:
        lines = [str(wall) for wall in walls[:LINE_LIMIT]]
        if len(walls) > LINE_LIMIT:
            lines.append(f"{len(walls) - LINE_LIMIT} more: solidarity doctor lists all.")
        super().__init__(
            "The database does not separate chapters as the migrations of this version do. "
            "If it is older than this version, run solidarity migrate.\n" + "\n".join(lines)
        )
        self.walls = walls


def refuse_unsafe_database(app: Flask) -> None:
    """Raise UnsafeDatabase, with instructions, if a login could pass the walls or a wall differs from the migrations.

    A database that does not answer is let through: `solidarity doctor` and /healthz report that.
    """
    refuse_powerful_logins(app)
    with app.app_context():
        try:
            _refuse_different_walls([db.engines[login] for login in READERS])
        finally:
            dispose_engines(app)  # processes forked from this one must not share its connections


def _refuse_different_walls(engines: Sequence[Engine]) -> None:
    """Compare with the first engine that connects: the catalogue is the same for every login."""
    for engine in engines:
        try:
            with engine.connect() as connection:
                walls = [difference for difference in find_differences(connection) if difference.is_wall]
        except OperationalError:
            continue
        if walls:
            raise WallsDiffer(walls)
        return
