"""The columns of a row as JSON, to compare with later and to restore."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.scope import bound_chapter
from tenants.undo.models import Change, State


@dataclass(frozen=True)
class RowState:
    """Some columns of a model's rows: those that one kind of action changes, so that other actions do not matter."""

    model: Any
    columns: tuple[str, ...]
    title: str | None = None
    """The column that holds the title of a row, if one does."""

    def of(self, row: Any) -> dict[str, Any]:
        """Return the values of these columns in a row."""
        return {name: to_json(getattr(row, name)) for name in self.columns}

    def title_of(self, row: Any) -> str:
        """Return the title of a row, or an empty text if it has none."""
        return getattr(row, self.title) or "" if self.title else ""

    def look(self, session: Session, change: Change) -> State:
        """Return the current state of a change's row, locked, or None if there is none."""
        row = self.locked(session, change.subject_id)
        return None if row is None else self.of(row)

    def locked(self, session: Session, row_id: UUID) -> Any:
        """Return a row, locked and freshly read, or None."""
        statement = select(self.model).where(self.model.id == row_id).with_for_update()
        return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()

    def kind_of(self, name: str) -> type:
        """Return the Python type of a column."""
        kind: type = self.model.__table__.c[name].type.python_type
        return kind

    def recreate(self, session: Session, row_id: UUID, state: dict[str, Any], **keys: Any) -> Any:
        """Insert a removed row again, with the values of `state` and the other columns in `keys`."""
        values = {name: from_json(state[name], self.kind_of(name)) for name in self.columns} | keys
        row = self.model(chapter_id=bound_chapter(session), id=row_id, **values)
        session.add(row)
        session.flush()
        return row

    def put_back(self, row: Any, state: dict[str, Any]) -> None:
        """Restore the values of a row from `state`."""
        for name in self.columns:
            setattr(row, name, from_json(state[name], self.kind_of(name)))


def to_json(value: Any) -> Any:
    """Return a value as JSON stores it. Dates, datetimes and UUIDs are texts."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def from_json(value: Any, kind: type) -> Any:
    """Return the value that `to_json` converted."""
    if value is None:
        return None
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return UUID(value) if kind is UUID else value
