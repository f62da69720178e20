"""Every mutation is found by a check. The tests count the mutations.

The quick run checks the catalogue for every mutation of the database, as the product does at its start, and the walls
for one mutation of each kind. The long run commits each mutation to its own clone, and checks the catalogue, also with
the rules of catalogue.py, and the walls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from harness.databases import cloned, database_of, superuser_connection
from isolation.connections import Connections
from isolation.database import catalogue, table_checks
from isolation.database.mutations import Mutation, database_mutations
from isolation.kernel import kernel
from isolation.rows import TwoChapters
from isolation.sessions import checks
from isolation.sessions.mutations import kernel_mutations
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from solidarity.database.verification.differences import find_differences
from solidarity.settings import Settings

MUTATIONS = tuple(database_mutations())
PARTS = 8  # several processes share the long run
COMMITTED_MUTATIONS = tuple(mutation for mutation in MUTATIONS if not mutation.in_cluster)
KINDS = ("activities:", "web:", "use_chapter:")
LEAKING = (
    "use_countries: no person",
    "activities: row-level security disabled",
    "memberships: the policy says reads of all",
    "chapters: the policy says an OR that is always on",
    "head_counts: the desk reads all",
    "head_counts: fk_head_counts_chapter_id_revision_id without chapter_id",
    "use_chapter: set",
    "use_countries: set",
    "users: for the worker",
    "activity_revisions.narrative: for the desk",
)


def test_the_catalogue_sees_every_hole(
    two_chapters: TwoChapters, superuser_url: str, record_property: Callable[[str, object], None]
) -> None:
    with _as_superuser(two_chapters.settings, superuser_url) as connection:
        assert find_differences(connection) == []
        survivors = [mutation.name for mutation in MUTATIONS if not _seen_in_catalogue(connection, mutation)]
    record_property(
        "figure",
        f"mutations of the schema seen by the catalogue: {len(MUTATIONS) - len(survivors)} of {len(MUTATIONS)}",
    )
    assert survivors == []


def test_the_printed_statements_mend_every_kind_of_hole(two_chapters: TwoChapters, superuser_url: str) -> None:
    """The mutations of one table and of one login stand for those of the others."""
    mutations = [mutation for mutation in MUTATIONS if mutation.name.startswith(KINDS) or ":" not in mutation.name]
    with _as_superuser(two_chapters.settings, superuser_url) as connection:
        survivors = [mutation.name for mutation in mutations if not _mended(connection, mutation)]
    assert len(mutations) > 60
    assert survivors == []


@pytest.mark.parametrize("name", LEAKING)
def test_the_walls_show_the_leak(two_chapters: TwoChapters, superuser_url: str, name: str) -> None:
    (mutation,) = [mutation for mutation in MUTATIONS if mutation.name == name]
    with cloned(two_chapters.template, superuser_url) as settings:
        assert _commit(settings, superuser_url, mutation)
        assert _leaks(settings, two_chapters)


def test_the_kernel_without_a_part_is_found_out(
    two_chapters: TwoChapters, superuser_url: str, record_property: Callable[[str, object], None]
) -> None:
    survivors = []
    mutations = tuple(kernel_mutations())
    with cloned(two_chapters.template, superuser_url) as settings, kernel(settings):
        for mutation in mutations:
            with mutation.opened:
                if not any(checks.violations(two_chapters.amber, two_chapters.birch)):
                    survivors.append(mutation.name)
    record_property("figure", f"mutations of the kernel killed: {len(mutations) - len(survivors)} of {len(mutations)}")
    assert survivors == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_hole_is_found_in_a_clone_of_its_own(
    two_chapters: TwoChapters, superuser_url: str, record_property: Callable[[str, object], None], part: int
) -> None:
    survivors, silent, mutations = [], [], COMMITTED_MUTATIONS[part::PARTS]
    for mutation in mutations:
        with cloned(two_chapters.template, superuser_url) as settings:
            assert _commit(settings, superuser_url, mutation)
            with _as_superuser(settings, superuser_url) as connection:
                has_violations = any(catalogue.violations(connection)) and any(find_differences(connection))
            leaking = _leaks(settings, two_chapters) if mutation.behaves or not has_violations else None
        if not has_violations and not leaking:
            survivors.append(mutation.name)
        if mutation.behaves and not leaking:
            silent.append(mutation.name)
    record_property("figure", f"mutations killed: {len(mutations) - len(survivors)} of {len(mutations)}")
    assert survivors == []
    assert silent == [], "holes that leak, and the walls' checks do not notice"


def _as_superuser(settings: Settings, superuser_url: str) -> Connection:
    url = make_url(superuser_url).set(drivername="postgresql+psycopg", database=database_of(settings))
    return create_engine(url, poolclass=NullPool).connect()


def _seen_in_catalogue(connection: Connection, mutation: Mutation) -> bool:
    with _mutated(connection, mutation):
        return any(difference.is_wall or not mutation.is_wall for difference in find_differences(connection))


def _mended(connection: Connection, mutation: Mutation) -> bool:
    """Make a mutation, and run the statements that the product prints. Whether nothing differs after them."""
    with _mutated(connection, mutation) as server:
        for difference in find_differences(connection):
            server.execute(difference.correction.encode())
        return find_differences(connection) == []


@contextmanager
def _mutated(connection: Connection, mutation: Mutation) -> Iterator[psycopg.Connection]:
    """Make a mutation in a transaction, and roll it back. Other processes may write the same role at the same time."""
    server = connection.connection.driver_connection
    assert isinstance(server, psycopg.Connection)
    with server.transaction(force_rollback=True):
        for attempts_left in range(4, -1, -1):
            try:
                with server.transaction():
                    _make(server, mutation)
                break
            except psycopg.errors.InternalError:
                if not attempts_left:
                    raise
        yield server


def _commit(settings: Settings, superuser_url: str, mutation: Mutation) -> bool:
    with superuser_connection(settings, superuser_url) as connection:
        _make(connection, mutation)
    return True


def _make(connection: psycopg.Connection, mutation: Mutation) -> None:
    for statement in mutation.statements:
        connection.execute(statement.encode())


def _leaks(settings: Settings, two_chapters: TwoChapters) -> bool:
    connections = Connections(settings)
    try:
        return any(table_checks.violations(connections, two_chapters.amber, two_chapters.birch))
    finally:
        connections.close()
