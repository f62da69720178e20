"""The history of a chapter: who did what, and on which days UN Women viewed its pages."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, g, render_template, request

from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_day
from solidarity.chapter.history.acts import act_lines
from solidarity.http.pagination import by_moment, page_of
from tenants import audit, clock
from tenants.db import db
from tenants.people.permissions import Permission

blueprint = Blueprint("trail", __name__, url_prefix="/c/<chapter>")


@blueprint.get("/trail")
@requires(Permission.READ_TRAIL)
def list_entries(chapter: str) -> str:
    """List the acts in the chapter, newest first; with `?by=desk`, only those of UN Women."""
    by = "desk" if request.args.get("by") == "desk" else None
    acts = partial(audit.trail, db.session(), zone=g.chapter.zone, is_desk=by is not None)
    page = page_of(acts, by_moment(lambda act: (act.entry.at, act.entry.id)), by=by)
    return render_template(
        "trail/list.html",
        page=page,
        lines=act_lines(page.rows),
        moment=clock.now(),
        chapter_day=chapter_day,
        is_desk_only=by is not None,
    )
