"""Long statements whose text is made once a process.

SQLAlchemy walks a statement each time it is executed, to find what it has compiled before, and passes every constant in
it as a parameter; psycopg looks for the placeholders in the text. Over a dozen selects, each of the two takes as long
as PostgreSQL needs to answer. So the text is made once, holds its constants and the placeholders of PostgreSQL itself
($1), and is executed by a RawCursor, which sends it as it is.
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
    """The text of a statement; `names` are its parameters in the order of their numbers."""

    text: str
    names: tuple[str, ...]

    def execute(self, session: Session, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Execute it in the transaction of `session`; of `values` only the parameters are sent.

        The session adds nothing to it, as it does to statements of the ORM: it must name the chapter itself.
        """
        connection = session.connection()
        driver = cast("Any", connection.connection.driver_connection)
        usual, driver.cursor_factory = driver.cursor_factory, RawCursor
        try:
            return connection.exec_driver_sql(self.text, tuple(values[name] for name in self.names))
        finally:
            driver.cursor_factory = usual


def written_out(statement: Select[*tuple[Any, ...]]) -> WrittenStatement:
    """Return the text of `statement`, with its constants; parameters are those that have no value."""
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
