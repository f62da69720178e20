"""Pages of a list of chapters, by name; the address of a page names the chapter it continues from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, request, url_for

from tenants.chapters.queries import Cursor, Filter, SharedChapter, find_shared, list_shared
from tenants.db import db


@dataclass(frozen=True)
class ChapterPage:
    """One page, and the addresses of its neighbours; None where the list ends."""

    shown: list[SharedChapter]
    previous: str | None
    following: str | None


def chapter_page(countries: Sequence[str], only: Filter, *, size: int) -> ChapterPage:
    """Return the page this request asks for; a chapter that is not there to continue from is 404."""
    before, after = _cursor("before", countries), _cursor("after", countries)
    found = list_shared(db.session(), countries=countries, only=only, limit=size + 1, before=before, after=after)
    more = len(found) > size
    shown = found[-size:] if before else found[:size]
    return ChapterPage(
        shown,
        previous=_beyond("before", shown[0]) if shown and (after or (before and more)) else None,
        following=_beyond("after", shown[-1]) if shown and (before or more) else None,
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
