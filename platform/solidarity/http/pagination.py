"""Long lists, a page at a time. An address names the row its page goes on from, so a new row shifts no page."""

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
    """How addresses name the rows of a list. `read` understands what `write` wrote, or raises ValueError."""

    write: Callable[[Row], str]
    read: Callable[[str], Cursor]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the addresses of its neighbours; None where the list ends.

    `looked_at` are the rows the page was chosen from, one after another in the list: those shown, or more of them.
    """

    rows: list[Row]
    looked_at: list[Row]
    previous: str | None
    following: str | None


def by_day(key: Callable[[Row], tuple[date, UUID]]) -> Naming[Row]:
    """Return the naming of a list that is ordered by a day and an id."""
    return Naming(lambda row: _text(*key(row)), lambda text: _read(text, date.fromisoformat))


def by_moment(key: Callable[[Row], tuple[datetime, UUID]]) -> Naming[Row]:
    """Return the naming of a list that is ordered by a moment and an id; addresses have moments in UTC."""

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
    """Return the page this request asks for by `before` or `after`.

    An address that makes no sense is 404; one that goes on where nothing is leads to the first page. `kept` is what the
    neighbours' addresses say besides, such as a filter, where it is not None. `choose` picks the rows to show out of at
    most `look_through`, which bounds what a page costs: it may show fewer than `size`, or none, and the list go on.
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
    """Return the rows to show, and the part of `rows` that they were picked from."""
    chosen_rows = choose(rows) if choose else rows
    shown_rows = _nearest(chosen_rows, size, window)
    if len(chosen_rows) <= size:
        return shown_rows, rows
    first, last = rows.index(shown_rows[0]), rows.index(shown_rows[-1])
    return shown_rows, rows[first:] if window.is_backward else rows[: last + 1]


def _nearest(rows: list[Row], limit: int, window: Window) -> list[Row]:
    """Return the rows next to the one the page goes on from."""
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
    """Return the moment that a list wrote into an address; other zones could lie beyond what PostgreSQL takes."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(text)
    return moment
