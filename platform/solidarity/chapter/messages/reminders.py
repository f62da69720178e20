"""Ask about reminders of what is one's own: in three days, no more, or again. What is hers is looked up each time."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.context import chapter_day, home_where_pressed, obligations
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from solidarity.i18n.locale import format_day
from tenants import clock
from tenants.chapters.models import Chapter
from tenants.db import db
from tenants.errors import Refused
from tenants.obligations.models import Obligation, ObligationKind
from tenants.people.models import Membership
from tenants.people.permissions import Permission
from tenants.people.queries import present_membership
from tenants.reminders import pauses
from tenants.reminders.obligation_keys import Duty, duty_in

reminders = Blueprint("reminders", __name__, url_prefix="/c/<chapter>/duties/<uuid:subject_id>")


@reminders.post("/postponement")
@requires(Permission.GET_REMINDERS)
def put_off(chapter: str, subject_id: UUID) -> Response:
    """Remind her in three days and not before."""
    member, due = _hers(subject_id)
    try:
        until_on = pauses.remind_later(db.session(), member=member, due=due, **_now())
    except Refused as refused:
        warn_of(refused)
        return _back(chapter)
    day = format_day(until_on, _chapter().country)
    flash_done(_("You will be reminded of this again on %(day)s if it is not done by then.", day=day))
    return _back(chapter)


@reminders.post("/acknowledgement")
@requires(Permission.GET_REMINDERS)
def acknowledge(chapter: str, subject_id: UUID) -> Response:
    """Send her no more mail about it until it is done."""
    member, due = _hers(subject_id)
    try:
        pauses.acknowledge(db.session(), member=member, due=due, **_now())
    except Refused as refused:
        warn_of(refused)
        return _back(chapter)
    flash_done(_("You will get no more emails about this until it is done."))
    return _back(chapter)


@reminders.post("/resumption")
@requires(Permission.GET_REMINDERS)
def resume(chapter: str, subject_id: UUID) -> Response:
    """Remind her again, as if she had asked for nothing."""
    member, due = _hers(subject_id)
    pauses.lift(db.session(), member=member, subject=Duty.of(due), at=clock.now())
    flash_done(_("You will get reminders about this again."))
    return _back(chapter)


def _hers(subject_id: UUID) -> tuple[Membership, Obligation]:
    """Return the reader's membership and the obligation the form names; of what is not hers there is no such page."""
    member = present_membership(db.session(), user_id=signed_in_person().user_id)
    if member is None:
        abort(404)
    today = chapter_day(clock.now())
    due, is_hers = duty_in(db.session(), obligations(), _named(subject_id), membership_id=member.id, today=today)
    if due is None or not is_hers:
        abort(404)
    return member, due


def _named(subject_id: UUID) -> Duty:
    try:
        kind, due_on = ObligationKind(request.form.get("kind", "")), date.fromisoformat(request.form.get("due_on", ""))
    except ValueError:
        abort(404)
    return Duty(kind, subject_id, due_on)


def _now() -> dict[str, Any]:
    moment = clock.now()
    return {"at": moment, "today": chapter_day(moment)}


def _back(chapter: str) -> Response:
    """Lead to where the button was: home, or a message."""
    try:
        message_id = UUID(request.form.get("back", ""))
    except ValueError:
        return home_where_pressed(chapter) or redirect(url_for("inbox.list_messages", chapter=chapter))
    return redirect(url_for("inbox.show_message", chapter=chapter, message_id=message_id))


def _chapter() -> Chapter:
    chapter: Chapter = g.chapter
    return chapter
