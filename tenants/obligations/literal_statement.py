"""A long statement written out once a process.

SQLAlchemy walks a statement each time it is sent, to find what it has compiled before, and hands over every constant in
it as a parameter. Over a dozen legs both take longer than PostgreSQL takes to answer.
"""

from __future__ import annotations

from typing import Any, cast

from psycopg import _queries
from sqlalchemy import BindParameter, ColumnElement, Select, TextClause, literal_column, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

# psycopg looks anew for the parameters of a statement longer than 4 kB each time it is sent, which takes a third as
# long as PostgreSQL takes to answer. Ours are few and always the same. Without that name they are slower, and as right.
_queries.MAX_CACHED_STATEMENT_LENGTH = 100_000

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def written_out(statement: Select[*tuple[Any, ...]]) -> TextClause:
    """Return `statement` as text that holds its constants; parameters without a value stay, with their types.

    What the ORM adds to a statement when a session sends it is not in it: it must name the chapter itself, as legs do.
    """
    asked: dict[str, BindParameter[Any]] = {}

    def keep(element: Any, **_: Any) -> ColumnElement[Any] | None:
        if not isinstance(element, BindParameter) or not element.required:
            return None
        asked[element.key] = element
        return literal_column(f":{element.key}", element.type)

    kept = cast("Select[*tuple[Any, ...]]", visitors.replacement_traverse(statement, {}, keep))
    written = kept.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return text(str(written)).bindparams(*asked.values())
