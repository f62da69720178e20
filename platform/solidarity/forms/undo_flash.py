"""Flash messages with an Undo button, and the reasons why something cannot be undone."""

from __future__ import annotations

from datetime import datetime

from flask import flash, g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.i18n.locale import format_moment
from tenants.action_kit.launch.checklist import item_words
from tenants.db import db
from tenants.undo.changes import DAYS_UNDOABLE, recorded_changes
from tenants.undo.models import Change
from tenants.undoing.services import CannotUndo, CannotUndoReason

MARK = "undo"
"""The category of a flash with Undo: this word, the chapter's slug, the change's id. The session keeps no more."""


def flash_done(words: str) -> None:
    """Flash `words` on the next page, with Undo if this request made exactly one change that can be undone."""
    change_ids = recorded_changes(db.session())
    flash(words, f"{MARK} {g.chapter.slug} {change_ids[-1]}" if len(change_ids) == 1 else "message")


def undo_address(category: str) -> str | None:
    """Return the URL for the Undo button of a flash; None for a flash without one."""
    mark, _space, rest = category.partition(" ")
    if mark != MARK:
        return None
    slug, _space, change_id = rest.partition(" ")
    return url_for("undo.take_back", chapter=slug, change_id=change_id)


def about_change(change: Change) -> str:
    """Return the title of the changed row, translated if the title is one of ours; empty without one."""
    code = (change.after or change.before or {}).get("code")
    return str(item_words(code)) if code else change.about


def undo_refusal_text(error: CannotUndo) -> str:
    """Return a sentence that explains why a change was not undone, with person and time if known."""
    moment = _moment(error.at)
    if error.why is CannotUndoReason.UNDONE:
        sentence = _("%(name)s already undid this on %(moment)s.", name=error.by or _("Someone"), moment=moment)
    elif error.why is CannotUndoReason.LATE:
        sentence = ngettext(
            "This can no longer be undone. The time limit is %(num)s day.",
            "This can no longer be undone. The time limit is %(num)s days.",
            DAYS_UNDOABLE,
        )
    elif error.why is CannotUndoReason.NOT_YOURS:
        sentence = _("You cannot undo this. Only people who can make this change can undo it.")
    elif error.by:
        sentence = _(
            "%(name)s changed this on %(moment)s. Undoing would lose that change.", name=error.by, moment=moment
        )
    elif moment:
        sentence = _("This was changed on %(moment)s. Undoing would lose that change.", moment=moment)
    else:
        sentence = _("This has changed since. Undoing would lose that change.")
    return str(sentence)


def _moment(at: datetime | None) -> str:
    return format_moment(at, g.chapter.zone, g.chapter.country) if at else ""
