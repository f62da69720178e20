"""Pages of a list of chapters, by name; the address of a page names the chapter it continues from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from solidarity.http.pagination import Naming, Page, page_of
from solidarity.lookup import or_404, uuid_or_404
from tenants.chapters.queries import Filter, SharedChapter, find_shared, list_shared
from tenants.db import db
from tenants.keyset import Cursor

RowFilter = Callable[[list[SharedChapter]], list[SharedChapter]]
"""Picks some of a list's chapters and keeps their order."""


def chapter_page(
    countries: Sequence[str],
    chapter_filter: Filter,
    *,
    size: int,
    row_filter: RowFilter | None = None,
    scan_limit: int | None = None,
    **url_args: Any,
) -> Page[SharedChapter]:
    """Return the page this request asks for; a chapter that is not there to continue from is 404.

    `sift` picks the chapters to show out of at most `most`.
    """
    rows = partial(list_shared, db.session(), countries=countries, chapter_filter=chapter_filter)
    codec = Naming[SharedChapter](lambda chapter: str(chapter.id), partial(_cursor, countries))
    return page_of(rows, codec, size=size, choose=row_filter, look_through=scan_limit, **url_args)


def _cursor(countries: Sequence[str], text: str) -> Cursor:
    chapter = or_404(find_shared(db.session(), countries=countries, chapter_id=uuid_or_404(text)))
    return chapter.sort_key, chapter.id
