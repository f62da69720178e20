"""Pages of long lists. The URL of a page names the row that it continues from, so new rows do not shift pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import abort, redirect, request, url_for

from tenants.keyset import Cursor, Window

Row = TypeVar("Row")

PAGE = 25


@dataclass(frozen=True)
class Naming(Generic[Row]):
    """How URLs name the rows of a list. `read` parses the output of `write`, or raises ValueError."""

    write: Callable[[Row], str]
    read: Callable[[str], Cursor]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the URLs of the pages before and after it, None at the ends of the list.

    `looked_at` are the consecutive rows of the list that `rows` were chosen from: the same rows, or more.
    """

    rows: list[Row]
    looked_at: list[Row]
    previous: str | None
    following: str | None


def by_day(key: Callable[[Row], tuple[date, UUID]]) -> Naming[Row]:
    """Return the naming for a list that is ordered by a day and an id."""
    return Naming(lambda row: _text(*key(row)), lambda text: _read(text, date.fromisoformat))


def by_moment(key: Callable[[Row], tuple[datetime, UUID]]) -> Naming[Row]:
    """Return the naming for a list that is ordered by a time and an id. URLs have times in UTC."""

    def write(row: Row) -> str:
        moment, row_id = key(row)
        return _text(moment.astimezone(UTC), row_id)

    return Naming(write, lambda text: _read(text, _moment_in_utc))


def page_of(
    rows: Callable[[Window], list[Row]],
    codec: Naming[Row],
    *,
    size: int = PAGE,
    choose: Callable[[list[Row]], list[Row]] | None = None,
    look_through: int | None = None,
    **url_args: Any,
) -> Page[Row]:
    """Return the page that this request asks for by `before` or `after`.

    Aborts with 404 for an invalid cursor, and redirects to the first page if it selects no rows. `url_args` are added
    to the URLs of the other pages, such as a filter, unless None. `choose` picks the rows to show out of at most
    `look_through`, which limits the cost. A page may then show fewer rows than `size`, or none, before the list ends.
    """
    limit = look_through or size
    window = Window(limit + 1, before=_cursor("before", codec), after=_cursor("after", codec))
    fetched_rows, is_first = rows(window), window.before is None and window.after is None
    if not fetched_rows and not is_first:
        abort(redirect(_address(url_args)))
    shown_rows, looked_at = _picked(_nearest(fetched_rows, limit, window), size, choose, window)
    has_more = len(fetched_rows) > len(looked_at)
    has_previous, has_following = (has_more, True) if window.is_backward else (not is_first, has_more)
    return Page(
        shown_rows,
        looked_at,
        previous=_address(url_args, before=codec.write(looked_at[0])) if looked_at and has_previous else None,
        following=_address(url_args, after=codec.write(looked_at[-1])) if looked_at and has_following else None,
    )


def _picked(
    rows: list[Row], size: int, choose: Callable[[list[Row]], list[Row]] | None, window: Window
) -> tuple[list[Row], list[Row]]:
    """Return the rows to show, and the part of `rows` from which they were picked."""
    chosen_rows = choose(rows) if choose else rows
    shown_rows = _nearest(chosen_rows, size, window)
    if len(chosen_rows) <= size:
        return shown_rows, rows
    first, last = rows.index(shown_rows[0]), rows.index(shown_rows[-1])
    return shown_rows, rows[first:] if window.is_backward else rows[: last + 1]


def _nearest(rows: list[Row], limit: int, window: Window) -> list[Row]:
    """Return the `limit` rows next to the cursor."""
    return rows[-limit:] if window.is_backward else rows[:limit]


def _cursor(name: str, codec: Naming[Row]) -> Cursor | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return codec.read(text)
    except ValueError:
        abort(404)


def _address(url_args: dict[str, Any], **cursor: str) -> str:
    return url_for(str(request.endpoint), **{**url_args, **(request.view_args or {}), **cursor})


def _text(day: date, row_id: UUID) -> str:
    return f"{day.isoformat()}_{row_id}"


def _read(text: str, read_day: Callable[[str], date]) -> Cursor:
    day, _underscore, row_id = text.partition("_")
    return read_day(day), UUID(row_id)


def _moment_in_utc(text: str) -> datetime:
    """Parse a time in UTC. Other offsets raise ValueError, because they could exceed the range of PostgreSQL."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(text)
    return moment
