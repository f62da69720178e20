"""Links from the desk into a chapter, if the reader may follow them."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import declared_access
from solidarity.labels.obligations.wording import place_of
from tenants.chapters.queries import SharedChapter
from tenants.obligations.models import Obligation


def page_link(chapter: SharedChapter, endpoint: str, /, **values: Any) -> str | None:
    """Return the URL of a page in the chapter; None if there is no such page or the reader may not open it."""
    access = declared_access(current_app, endpoint)
    if access is None or access.permission is None:
        return None
    may = signed_in_person().may_in_chapter(access.permission, chapter_id=chapter.id, country=chapter.country)
    return url_for(endpoint, **{**values, "chapter": chapter.slug}) if may else None


def obligation_link(chapter: SharedChapter, due: Obligation) -> str | None:
    """Return the URL where an obligation is done; None if the reader may not open it."""
    endpoint, values = place_of(due, chapter)
    return page_link(chapter, endpoint, **values)
