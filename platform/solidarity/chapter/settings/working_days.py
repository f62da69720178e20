"""A chapter's time zone and working days. Mail about what is due is only sent on the mornings of working days."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from solidarity.access.declarations import requires
from solidarity.forms.base import ServiceForm, boxes
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, submission
from tenants import clock
from tenants.chapter_life.services import calendar_seen, change_calendar
from tenants.chapters import names
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.reminders.schedule import next_morning_of

blueprint = Blueprint("calendar", __name__, url_prefix="/c/<chapter>")


class CalendarForm(ServiceForm):
    """A time zone of the chapter's country, and weekdays. `seen` is their state when the page was made."""

    seen = HiddenField()
    zone = SelectField(_l("Time zone"), validate_choice=False)
    working_week = boxes(_l("Working days"), coerce=int)

    @classmethod
    def of(cls, chapter: Chapter, **options: Any) -> CalendarForm:
        """Return the form. It shows the current values if nothing was posted, or with `formdata=None`."""
        now = {"seen": calendar_seen(chapter), "zone": chapter.zone, "working_week": list(chapter.working_week)}
        form: CalendarForm = cls(data=now, **options)
        form.zone.choices = names.zone_choices_in(chapter.country, chosen=chapter.zone)
        form.working_week.choices = names.weekdays_of(chapter.country)
        return form


@blueprint.route("/calendar", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def change(chapter: str) -> Answer:
    """Show or change the working days, with the next morning on which mail is sent."""
    form = CalendarForm.of(g.chapter)
    page = partial(_calendar_page, form)
    if not form.is_submitted():
        return page()
    with submission(form, page, conflict=partial(_calendar_conflict, form)):
        change_calendar(
            db.session(),
            **actor_now(),
            zone=form.zone.data or "",
            working_week=form.working_week.data or [],
            is_desk=g.is_desk,
            seen=form.seen.data,
        )
    return finish(_("Saved."), url_for(".change", chapter=chapter))


def _calendar_page(form: CalendarForm, *, conflict: Conflict | None = None) -> str:
    chapter: Chapter = g.chapter
    morning = next_morning_of(chapter, after=clock.now()) if chapter.state == ChapterState.ACTIVE else None
    return render_template("calendar/change.html", form=form, morning=morning, conflict=conflict)


def _calendar_conflict(form: CalendarForm) -> Conflict:
    saved_form = CalendarForm.of(g.chapter, formdata=None)
    return conflict_between(form, saved_form, subject_id=g.chapter.id, actions=("chapter.calendar_changed",))
