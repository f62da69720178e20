"""The history of a chapter: who did what, and on which days UN Women viewed its pages."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template, request

from solidarity.access.declarations import requires
from solidarity.http.pagination import by_moment, page_of
from solidarity.labels.history import ACT_WORDS, OTHER_WORDS
from tenants import audit, clock
from tenants.action_kit.activities.queries import titles_of
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.undoing.queries import changes_of

blueprint = Blueprint("trail", __name__, url_prefix="/c/<chapter>")


@blueprint.get("/trail")
@requires(Permission.READ_TRAIL)
def list_entries(chapter: str) -> str:
    """List the acts in the chapter, newest first; with `?by=desk`, only those of UN Women."""
    by = "desk" if request.args.get("by") == "desk" else None
    acts = partial(audit.trail, db.session(), is_desk=by is not None)
    page = page_of(acts, by_moment(lambda act: (act.entry.at, act.entry.id)), by=by)
    subjects = {act.entry.subject_id for act in page.rows if act.entry.subject_id is not None}
    return render_template(
        "trail/list.html",
        page=page,
        titles=titles_of(db.session(), subjects),
        words=ACT_WORDS,
        other_words=OTHER_WORDS,
        changes=changes_of(db.session(), [act.entry.id for act in page.rows]),
        moment=clock.now(),
        is_desk_only=by is not None,
    )
