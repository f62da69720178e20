"""When a chapter works: its time zone and its days. Mail about what is due goes out on such mornings alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField

from solidarity.access.binding import requires, signed_in_person
from solidarity.forms.base import ServiceForm, boxes
from solidarity.forms.conflicts import conflict
from solidarity.forms.undo_flash import flash_done
from tenants import clock
from tenants.chapter_life.services import CalendarMoved, calendar_seen, change_calendar
from tenants.chapters import names
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import db
from tenants.errors import Refused
from tenants.people.permissions import Permission
from tenants.reminders.schedule import next_morning_of

calendar = Blueprint("calendar", __name__, url_prefix="/c/<chapter>")


class CalendarForm(ServiceForm):
    """A zone of the chapter's country, and weekdays; `seen` says how it was when the page was made."""

    seen = HiddenField()
    zone = SelectField(_l("Time zone"), validate_choice=False)
    working_week = boxes(_l("Working days"), coerce=int)

    @classmethod
    def of(cls, chapter: Chapter, **how: Any) -> CalendarForm:
        """Return the form with what was posted, else, or with `formdata=None`, with what is."""
        now = {"seen": calendar_seen(chapter), "zone": chapter.zone, "working_week": list(chapter.working_week)}
        form: CalendarForm = cls(data=now, **how)
        zones = sorted({*names.zones_of(chapter.country), chapter.zone})
        form.zone.choices = [(zone, zone.replace("_", " ")) for zone in zones]
        form.working_week.choices = names.weekdays_of(chapter.country)
        return form


@calendar.route("/calendar", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def change(chapter: str) -> str | Response | tuple[str, int]:
    """Show when the chapter works and is written to next, and change it."""
    here: Chapter = g.chapter
    form, found = CalendarForm.of(here), None
    if form.is_submitted():
        try:
            change_calendar(
                db.session(),
                actor_id=signed_in_person().user_id,
                at=clock.now(),
                zone=form.zone.data or "",
                working_week=form.working_week.data or [],
                is_desk=g.is_desk,
                seen=form.seen.data,
            )
        except Refused as refused:
            form.show(refused)
        except CalendarMoved:
            form.seen.data = calendar_seen(here)
            saved = CalendarForm.of(here, formdata=None)
            found = conflict(form, saved, subject_id=here.id, actions=("chapter.calendar_changed",))
        else:
            flash_done(_("Saved."))
            return redirect(url_for(".change", chapter=chapter))
    morning = next_morning_of(here, after=clock.now()) if here.state == ChapterState.ACTIVE else None
    page = render_template("calendar/change.html", form=form, morning=morning, conflict=found)
    return (page, 409 if found else 422) if form.is_submitted() else page
