"""Pages of a list of chapters, sorted by name. The cursor of a page is the id of a chapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement

from solidarity.http.pagination import Naming, Page, page_of
from solidarity.lookup import or_404, uuid_or_404
from tenants.chapters.queries import Filter, SharedChapter, find_shared, list_shared
from tenants.db import db
from tenants.keyset import Cursor

RowFilter = Callable[[list[SharedChapter]], list[SharedChapter]]
"""Selects some of the chapters and keeps their order."""


def chapter_page(
    countries: Sequence[str],
    chapter_filter: Filter,
    *,
    size: int,
    conditions: Sequence[ColumnElement[bool]] = (),
    row_filter: RowFilter | None = None,
    scan_limit: int | None = None,
    **url_args: Any,
) -> Page[SharedChapter]:
    """Return the page that this request asks for; 404 if the cursor is an unknown chapter.

    `conditions` limit the chapters in the statement.

    `row_filter` selects the chapters to show from at most `scan_limit` chapters.
    """
    rows = partial(list_shared, db.session(), countries=countries, chapter_filter=chapter_filter, conditions=conditions)
    codec = Naming[SharedChapter](lambda chapter: str(chapter.id), partial(_cursor, countries))
    return page_of(rows, codec, size=size, choose=row_filter, look_through=scan_limit, **url_args)


def _cursor(countries: Sequence[str], text: str) -> Cursor:
    chapter = or_404(find_shared(db.session(), countries=countries, chapter_id=uuid_or_404(text)))
    return chapter.sort_key, chapter.id
