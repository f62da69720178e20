"""The chapter's first page: where it stands, its six steps, and what it did lately."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from solidarity.access import requires
from solidarity.cell_words import KIND_WORDS
from solidarity.chapter.context import chapter_day, obligations
from solidarity.chapter.due_list import due_list
from tenants import clock
from tenants.action_kit.activities.queries import list_current, own_totals
from tenants.chapters.models import ChapterState
from tenants.chapters.queries import last_event
from tenants.db import db
from tenants.people.permissions import Permission

RECENT = 5
RESTING = (ChapterState.DORMANT, ChapterState.CLOSED)

home = Blueprint("chapter", __name__, url_prefix="/c/<chapter>")


@home.get("/", endpoint="home")
@requires(Permission.READ_CHAPTER)
def home_page(chapter: str) -> str:
    """Welcome whoever comes, say how far the chapter is, and lead to what can be done today."""
    moment = clock.now()
    today = chapter_day(moment)
    return render_template(
        "chapter/home.html",
        moment=moment,
        today=today,
        due=due_list(obligations(), today=today),
        is_visitor=g.is_desk,
        totals=own_totals(db.session()),
        recent=list_current(db.session(), limit=RECENT),
        kind_words=KIND_WORDS,
        chapter_day=chapter_day,
        last_move=last_event(db.session()) if g.chapter.state in RESTING else None,
    )
