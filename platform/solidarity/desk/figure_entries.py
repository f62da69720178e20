"""The entries a chapter's figure is the sum of, a page at a time."""

from __future__ import annotations

from typing import Any

from solidarity.cell_words import KIND_WORDS
from solidarity.desk.pages import reach
from solidarity.paging import page_of
from tenants.chapters.queries import SharedChapter
from tenants.db import db
from tenants.rollups.entries import Log


def entries_of(chapter: SharedChapter) -> dict[str, Any]:
    """Return what the template needs: the page's entries, their replaced revisions, and what the log comes to now."""
    log = Log(db.session(), chapter.id, sorted(reach().countries))
    page = page_of(log.counted, key=lambda entry: (entry.held_on, entry.activity_id))
    return {
        "entries": page.rows,
        "replaced": log.replaced([entry.activity_id for entry in page.rows]),
        "log_now": log.now(),
        "kind_words": KIND_WORDS,
        "newer": page.newer,
        "older": page.older,
    }
