"""Row-level security and grants for migrations. The text of each policy is defined here and nowhere else.

A policy is one plain permissive equality: no sub-select, no OR, never AS RESTRICTIVE. In a measurement one OR turned 8
ms into 900 ms. A distributed database drops the word RESTRICTIVE silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection, text

from tenants.errors import ScopeError

BOUND_CHAPTER = "nullif(current_setting('app.chapter', true), '')::uuid"
BOUND_PERSON = "nullif(current_setting('app.user', true), '')::uuid"
DESK_COUNTRIES = "current_setting('app.countries', true)"

WALL = f"chapter_id = {BOUND_CHAPTER}"
WALL_OF_CHAPTER = f"id = {BOUND_CHAPTER}"
OWN_MEMBERSHIPS = f"user_id = {BOUND_PERSON}"
# Two capital letters never match across a comma, so a match is a country of the list. An array of all countries would
# be built again for each row, and a sum over the world would take nine times as long.
DESK_READS = f"strpos({DESK_COUNTRIES}, country) > 0"
DESK_READS_BEFORE_0013 = f"country = any (string_to_array({DESK_COUNTRIES}, ','))"

CHAPTER_LOGINS = ("solidarity_web", "solidarity_worker")
DESK_LOGINS = ("solidarity_desk", "solidarity_compiler")


class Executes(Protocol):
    """The part of Alembic's `op` that is used here."""

    def execute(self, sqltext: str) -> None:
        """Run one statement."""

    def get_bind(self) -> Connection:
        """Return the connection of the migration."""


def raise_wall(op: Executes, table: str, *, web: str, worker: str = "select") -> None:
    """Put `table` behind the wall: the web and tasks see only the rows of the bound chapter.

    `web` and `worker` are the privileges to grant, such as "select, insert".
    """
    expression = WALL_OF_CHAPTER if table == "chapters" else WALL
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy wall on {table} to {', '.join(CHAPTER_LOGINS)} using ({expression}) with check ({expression})"
    )
    op.execute(f"grant {web} on {table} to solidarity_web")
    op.execute(f"grant {worker} on {table} to solidarity_worker")
    op.execute(f"grant select on {table} to solidarity_backup")


def share_with_desk(op: Executes, table: str, columns: Sequence[str], *, compiler: Sequence[str] = ()) -> None:
    """Let UN Women read `columns` of `table` in its countries. `compiler` lists the columns that the compiler reads."""
    op.execute(f"create policy desk_reads on {table} for select to {', '.join(DESK_LOGINS)} using ({DESK_READS})")
    op.execute(f"grant select ({', '.join(columns)}) on {table} to solidarity_desk")
    if compiler:
        op.execute(f"grant select ({', '.join(compiler)}) on {table} to solidarity_compiler")


def open_to(op: Executes, table: str, **grants: str) -> None:
    """Grant a platform or identity table, which has no row-level security: `open_to(op, "figures", desk="select")`."""
    for login, privileges in grants.items():
        op.execute(f"grant {privileges} on {table} to solidarity_{login}")
    op.execute(f"grant select on {table} to solidarity_backup")


@contextmanager
def each_chapter_bound(connection: Connection) -> Iterator[Callable[[str], None]]:
    """Yield a function that runs a statement for each chapter in turn. A data migration must not mix chapters.

    The owner bypasses the wall, so the statement must filter by `:chapter`. Raises ScopeError otherwise.
    """
    chapters = connection.execute(text("select id from chapters order by id")).scalars().all()

    def run(statement: str) -> None:
        if ":chapter" not in statement:
            raise ScopeError(f"a data migration says which rows are the chapter's by :chapter: {statement}")
        for chapter_id in chapters:
            connection.execute(text("select use_chapter(:chapter, null)"), {"chapter": chapter_id})
            connection.execute(text(statement), {"chapter": chapter_id})

    yield run
