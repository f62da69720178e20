"""Keyset pagination for long lists. A page starts after a given row, so new rows do not shift it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select, tuple_
from sqlalchemy.orm import Session

Columns = TypeVarTuple("Columns")
Cursor = tuple[Any, ...]
"""The position of a row in its list: the values that the list is ordered by, and last the id as a tiebreaker."""


@dataclass(frozen=True)
class Window:
    """Selects rows of a list: at most `limit`, from its beginning or adjacent to the row `before` or `after`."""

    limit: int
    before: Cursor | None = None
    after: Cursor | None = None

    @property
    def is_backward(self) -> bool:
        """Whether the list is read towards its beginning."""
        return self.before is not None


def rows_in(
    session: Session,
    statement: Select[*Columns],
    window: Window,
    key: Sequence[Any],
    *,
    descending: bool = False,
) -> list[Row[*Columns]]:
    """Return the rows of `statement` in a window of the list ordered by `key`, in the order of the list.

    `key` are the columns of the cursor. All of them ascend or, with `descending`, all of them descend.
    """
    cursor = window.before or window.after
    falls = descending != window.is_backward
    if cursor is not None:
        place = tuple_(*key)
        statement = statement.where(place < cursor if falls else place > cursor)
    order = [column.desc() for column in key] if falls else key
    rows = list(session.execute(statement.order_by(*order).limit(window.limit)))
    return rows[::-1] if window.is_backward else rows
