"""What an address names, or 404: unknown and forbidden look alike."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from flask import abort
from sqlalchemy import ColumnElement, select

from tenants.db import ChapterOwned, db

Value = TypeVar("Value")
Row = TypeVar("Row", bound=ChapterOwned)


def or_404(value: Value | None) -> Value:
    """Return what was looked up; where there is none, there is no such page."""
    if value is None:
        abort(404)
    return value


def own_row(table: type[Row], row_id: UUID, *conditions: ColumnElement[bool]) -> Row:
    """Return a row of the chapter of this request that meets `conditions`, or 404."""
    return or_404(db.session.scalars(select(table).where(table.id == row_id, *conditions)).one_or_none())


def uuid_or_404(text: str) -> UUID:
    """Return the id that `text` writes."""
    try:
        return UUID(text)
    except ValueError:
        abort(404)
