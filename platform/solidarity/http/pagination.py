"""Lists by time, a page at a time. An address names the row it goes on from, so a new row shifts no page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from flask import abort, request, url_for

Row = TypeVar("Row")
Cursor = tuple[date, UUID]
"""Where a row stands in its list: its day or moment, and its id."""

PAGE = 25


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, the latest first, and the addresses of its neighbours; None where the list ends."""

    rows: list[Row]
    newer: str | None
    older: str | None
    is_beyond: bool
    """Whether the address goes on from a row behind which there is nothing."""


def page_of(
    rows: Callable[..., list[Row]],
    *,
    key: Callable[[Row], Cursor],
    read_time: Callable[[str], date] = date.fromisoformat,
    **kept: str | None,
) -> Page[Row]:
    """Return the page this request asks for by `before` or `after`; an address that makes no sense is 404.

    `rows` takes `limit`, `before` and `after` and returns the latest first; `read_time` reads what `isoformat` wrote,
    or raises ValueError; `kept` is what the neighbours' addresses say besides, such as a filter, where it is not None.
    """
    before, after = _cursor("before", read_time), _cursor("after", read_time)
    found = rows(limit=PAGE + 1, before=before, after=after)
    more = len(found) > PAGE
    shown = found[-PAGE:] if after else found[:PAGE]
    return Page(
        shown,
        newer=_address("after", key(shown[0]), kept) if shown and (before or (after and more)) else None,
        older=_address("before", key(shown[-1]), kept) if shown and (after or more) else None,
        is_beyond=not shown and bool(before or after),
    )


def read_moment(text: str) -> datetime:
    """Return the moment that a list by moments wrote into an address, always UTC, or raise ValueError.

    Other zones could lie beyond what PostgreSQL takes.
    """
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(text)
    return moment


def _cursor(name: str, read_time: Callable[[str], date]) -> Cursor | None:
    text = request.args.get(name)
    if text is None:
        return None
    time, _underscore, row_id = text.partition("_")
    try:
        return read_time(time), UUID(row_id)
    except ValueError:
        abort(404)


def _address(name: str, cursor: Cursor, kept: dict[str, str | None]) -> str:
    time, row_id = cursor
    values = {**kept, **(request.view_args or {}), name: f"{time.isoformat()}_{row_id}"}
    return url_for(str(request.endpoint), **values)
