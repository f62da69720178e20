"""The entries a chapter's figure is the sum of, a page at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, request, url_for

from solidarity.cell_words import KIND_WORDS
from solidarity.desk.chapter_pages import uuid_or_404
from solidarity.desk.pages import reach
from tenants.chapters.queries import SharedChapter
from tenants.db import db
from tenants.rollups.entries import CountedEntry, Cursor, Log

ENTRIES_A_PAGE = 25


def entries_of(chapter: SharedChapter) -> dict[str, Any]:
    """Return what the template needs: the page's entries, their replaced revisions, and what the log comes to now."""
    log = Log(db.session(), chapter.id, sorted(reach().countries))
    before, after = _cursor("before"), _cursor("after")
    found = log.counted(limit=ENTRIES_A_PAGE + 1, before=before, after=after)
    more = len(found) > ENTRIES_A_PAGE
    shown = found[-ENTRIES_A_PAGE:] if after else found[:ENTRIES_A_PAGE]
    return {
        "entries": shown,
        "replaced": log.replaced([entry.activity_id for entry in shown]),
        "log_now": log.now(),
        "kind_words": KIND_WORDS,
        "newer": _beyond("after", shown[0]) if shown and (before or (after and more)) else None,
        "older": _beyond("before", shown[-1]) if shown and (after or more) else None,
    }


def _cursor(name: str) -> Cursor | None:
    text = request.args.get(name)
    if text is None:
        return None
    day, _underscore, activity_id = text.partition("_")
    try:
        return date.fromisoformat(day), uuid_or_404(activity_id)
    except ValueError:
        abort(404)


def _beyond(name: str, entry: CountedEntry) -> str:
    cursor = f"{entry.held_on.isoformat()}_{entry.activity_id}"
    return url_for("desk.figure", **{**(request.view_args or {}), name: cursor})
