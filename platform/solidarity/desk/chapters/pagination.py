"""Pages of a list of chapters, by name; the address of a page names the chapter it continues from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, request, url_for

from tenants.chapters.queries import Cursor, Filter, SharedChapter, find_shared, list_shared
from tenants.db import db

Sift = Callable[[list[SharedChapter]], list[SharedChapter]]
"""Picks some of a list's chapters and keeps their order."""


@dataclass(frozen=True)
class ChapterPage:
    """One page, and the addresses of its neighbours; None where the list ends.

    `looked_at` are the chapters the page was chosen from, one after another in the list: those shown, or more of them.
    """

    shown: list[SharedChapter]
    looked_at: list[SharedChapter]
    previous: str | None
    following: str | None


def chapter_page(
    countries: Sequence[str], only: Filter, *, size: int, sift: Sift | None = None, most: int | None = None
) -> ChapterPage:
    """Return the page this request asks for; a chapter that is not there to continue from is 404.

    `sift` picks the chapters to show out of at most `most`, which bounds what a page costs: it may show fewer than
    `size`, or none, and the list go on behind it.
    """
    window = most if sift and most else size
    before, after = _cursor("before", countries), _cursor("after", countries)
    found = list_shared(db.session(), countries=countries, only=only, limit=window + 1, before=before, after=after)
    looked_at = found[-window:] if before else found[:window]
    kept = sift(looked_at) if sift else looked_at
    shown = kept[-size:] if before else kept[:size]
    more = len(found) > window or len(kept) > size
    if len(kept) > size:
        looked_at = looked_at[looked_at.index(shown[0]) :] if before else looked_at[: looked_at.index(shown[-1]) + 1]
    return ChapterPage(
        shown,
        looked_at,
        previous=_beyond("before", looked_at[0]) if looked_at and (after or (before and more)) else None,
        following=_beyond("after", looked_at[-1]) if looked_at and (before or more) else None,
    )


def _cursor(name: str, countries: Sequence[str]) -> Cursor | None:
    if name not in request.args:
        return None
    chapter = find_shared(db.session(), countries=countries, chapter_id=uuid_or_404(request.args[name]))
    if chapter is None:
        abort(404)
    return chapter.sort_key, chapter.id


def uuid_or_404(text: str) -> UUID:
    """Return the id that `text` writes."""
    try:
        return UUID(text)
    except ValueError:
        abort(404)


def _beyond(name: str, chapter: SharedChapter) -> str:
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in {"before", "after"}}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **kept, name: str(chapter.id)})
