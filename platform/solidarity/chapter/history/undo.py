"""Undo a change, from a flash message, the feed or the history."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.declarations import requires
from solidarity.chapter.context import may
from solidarity.forms.submission import actor_now, finish, one_click
from solidarity.forms.undo_flash import about_change, undo_refusal_text
from solidarity.i18n.locale import own_path
from solidarity.labels.history import act_words
from solidarity.lookup import or_404
from tenants.db import db
from tenants.errors import Refused
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undoing import services
from tenants.undoing.queries import find_change
from tenants.undoing.services import CannotUndo

blueprint = Blueprint("undo", __name__, url_prefix="/c/<chapter>/changes")


@blueprint.post("/<uuid:change_id>/undoing")
@requires(Permission.READ_CHAPTER)
def take_back(chapter: str, change_id: UUID) -> Response:
    """Undo a change, or explain why not, and redirect back. The kind of the change defines who may undo it."""
    change = or_404(find_change(db.session(), change_id))
    back_url = _back_url(chapter, change)
    with one_click(back_url):
        try:
            undone_change = services.undo(db.session(), **actor_now(), change_id=change_id, may=may, is_desk=g.is_desk)
        except CannotUndo as error:
            raise Refused({"undo": undo_refusal_text(error)}) from error
    return finish(_sentence(undone_change), back_url)


def _sentence(change: Change) -> str:
    words, subject = act_words(change.kind), about_change(change)
    if subject:
        return str(_("Undone: %(what)s (%(about)s). It is as it was before.", what=words, about=subject))
    return str(_("Undone: %(what)s. It is as it was before.", what=words))


def _back_url(chapter: str, change: Change) -> str:
    """Return the page of the button, at the row that was changed; the chapter's home for pages outside the chapter."""
    path = own_path(request.form.get("back"))
    home = url_for("chapter.home", chapter=chapter)
    page = path.partition("#")[0] if path.startswith(home) else home
    return f"{page}#s-{change.subject_id}"
