"""Look up what an address names. Unknown and forbidden addresses both answer 404."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from flask import abort
from sqlalchemy import ColumnElement, select

from tenants.db import ChapterOwned, db

Value = TypeVar("Value")
Row = TypeVar("Row", bound=ChapterOwned)


def or_404(value: Value | None) -> Value:
    """Return `value`, or abort with 404 if it is None."""
    if value is None:
        abort(404)
    return value


def own_row(table: type[Row], row_id: UUID, *conditions: ColumnElement[bool]) -> Row:
    """Return the row of the bound chapter that meets `conditions`, or abort with 404."""
    return or_404(db.session.scalars(select(table).where(table.id == row_id, *conditions)).one_or_none())


def uuid_or_404(text: str) -> UUID:
    """Parse an id, or abort with 404."""
    try:
        return UUID(text)
    except ValueError:
        abort(404)
