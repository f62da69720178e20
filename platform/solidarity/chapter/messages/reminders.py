"""Postpone, stop or resume reminders of the reader's own obligations, which are looked up in each request."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_day, chapter_today, home_if_pressed_there, obligations
from solidarity.forms.submission import finish, one_click
from solidarity.labels.obligations.reminders import put_off_until, stopped
from solidarity.lookup import or_404
from tenants import clock
from tenants.db import db
from tenants.obligations.models import Obligation
from tenants.people.models import Membership
from tenants.people.permissions import Permission
from tenants.people.queries import present_membership
from tenants.reminders import pauses
from tenants.reminders.obligation_keys import ObligationKey, obligation_by_key

blueprint = Blueprint("reminders", __name__, url_prefix="/c/<chapter>/duties/<uuid:subject_id>")


@blueprint.post("/postponement")
@requires(Permission.GET_REMINDERS)
def put_off(chapter: str, subject_id: UUID) -> Response:
    """Send the reader no reminder of this obligation for three days."""
    member, due = _own(subject_id)
    with one_click(_back_url(chapter)):
        until_on = pauses.remind_later(db.session(), member=member, due=due, **_now())
    return finish(put_off_until(until_on, g.chapter.country, member), _back_url(chapter))


@blueprint.post("/acknowledgement")
@requires(Permission.GET_REMINDERS)
def acknowledge(chapter: str, subject_id: UUID) -> Response:
    """Send the reader no more mail about this obligation until it is done."""
    member, due = _own(subject_id)
    with one_click(_back_url(chapter)):
        pauses.acknowledge(db.session(), member=member, due=due, **_now())
    return finish(stopped(), _back_url(chapter))


@blueprint.post("/resumption")
@requires(Permission.GET_REMINDERS)
def resume(chapter: str, subject_id: UUID) -> Response:
    """Remove the reader's pause, so that reminders are sent again."""
    member, due = _own(subject_id)
    pauses.lift(db.session(), member=member, subject=ObligationKey.of(due), at=clock.now())
    return finish(_("You will get reminders about this again."), _back_url(chapter))


def _own(subject_id: UUID) -> tuple[Membership, Obligation]:
    """Return the reader's membership and the obligation that the form names; 404 if it is not the reader's to do."""
    member = or_404(present_membership(db.session(), user_id=signed_in_person().user_id))
    due, is_own = obligation_by_key(
        db.session(), obligations(), _named(subject_id), membership_id=member.id, today=chapter_today()
    )
    if due is None or not is_own:
        abort(404)
    return member, due


def _named(subject_id: UUID) -> ObligationKey:
    try:
        due_on = date.fromisoformat(request.form.get("due_on", ""))
    except ValueError:
        abort(404)
    return ObligationKey(request.form.get("kind", ""), subject_id, due_on)


def _now() -> dict[str, Any]:
    moment = clock.now()
    return {"at": moment, "today": chapter_day(moment)}


def _back_url(chapter: str) -> str:
    """Return the page of the button: the chapter's home, a message, or else the list of messages."""
    try:
        message_id = UUID(request.form.get("back", ""))
    except ValueError:
        return home_if_pressed_there(chapter) or url_for("inbox.list_messages", chapter=chapter)
    return url_for("inbox.show_message", chapter=chapter, message_id=message_id)
