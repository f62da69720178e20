"""Long statements whose text is built once per process.

SQLAlchemy walks a statement at each execution to find its compiled form in the cache, and passes every constant in it
as a parameter. psycopg searches the text for placeholders. With over a dozen selects, each of the two takes as long as
PostgreSQL needs to answer. The text is therefore built once, with its constants and PostgreSQL's own placeholders ($1),
and is executed by a RawCursor, which sends it unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from psycopg import RawCursor
from sqlalchemy import BindParameter, ColumnElement, CursorResult, Select, literal_column
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class WrittenStatement:
    """The text of a statement. `names` are its parameters in the order of their numbers."""

    text: str
    names: tuple[str, ...]

    def execute(self, session: Session, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Execute the statement in the transaction of `session`. Only its parameters are taken from `values`.

        The session adds no chapter filter, as it does to ORM statements, so the text must name the chapter itself.
        """
        connection = session.connection()
        driver = cast("Any", connection.connection.driver_connection)
        usual, driver.cursor_factory = driver.cursor_factory, RawCursor
        try:
            return connection.exec_driver_sql(self.text, tuple(values[name] for name in self.names))
        finally:
            driver.cursor_factory = usual


def written_out(statement: Select[*tuple[Any, ...]]) -> WrittenStatement:
    """Return the text of `statement` with its constants. Its parameters are those without a value."""
    names: list[str] = []

    def number(element: Any, **_: Any) -> ColumnElement[Any] | None:
        if not isinstance(element, BindParameter) or not element.required:
            return None
        if element.key not in names:
            names.append(element.key)
        kind = element.type.compile(_DIALECT)
        return literal_column(f"${names.index(element.key) + 1}::{kind}", element.type)

    numbered_statement = cast("Select[*tuple[Any, ...]]", visitors.replacement_traverse(statement, {}, number))
    return WrittenStatement(
        str(numbered_statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})), tuple(names)
    )
