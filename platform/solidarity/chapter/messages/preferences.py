"""A member's own reminders: how often they get a digest, and until when they are away."""

from __future__ import annotations

from datetime import date
from typing import Any, Self, cast

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_day, chapter_today
from solidarity.forms.base import ServiceForm
from solidarity.forms.parts import DayField
from solidarity.forms.submission import finish, submission
from solidarity.i18n.locale import format_day, format_list
from solidarity.lookup import or_404
from tenants import clock
from tenants.db import db
from tenants.people.models import DigestFrequency, Membership
from tenants.people.permissions import Permission, Role
from tenants.people.queries import present_members, present_membership
from tenants.reminders import preferences

blueprint = Blueprint("preferences", __name__, url_prefix="/c/<chapter>/reminders")


class FrequencyForm(ServiceForm):
    """How often a member gets a digest at most."""

    frequency = RadioField(_l("How often"), [InputRequired(_l("Choose one."))])

    @classmethod
    def of(cls, member: Membership, **options: Any) -> Self:
        """Return the form. It shows the member's choice if nothing was posted, or with `formdata=None`."""
        form = cls(frequency=member.digest_frequency, **options)
        form.frequency.choices = [
            (DigestFrequency.DAILY.value, _("At most one email a day, on the morning of a working day")),
            (DigestFrequency.WEEKLY.value, _("At most one email a week")),
        ]
        return form


class AbsenceForm(ServiceForm):
    """The last day of a member's absence."""

    until_on = DayField(_l("Last day away"), [InputRequired(_l("Choose a day."))])

    def last_day(self) -> date:
        """Return the day. The form must be valid."""
        return cast("date", self.until_on.data)


@blueprint.get("")
@requires(Permission.GET_REMINDERS)
def show(chapter: str) -> str:
    """Show the reader's preferences, and what they mean."""
    return _page(_own_membership())


@blueprint.post("/frequency")
@requires(Permission.GET_REMINDERS)
def set_frequency(chapter: str) -> Response:
    """Set how often the reader gets a digest."""
    member = _own_membership()
    form = FrequencyForm.of(member)
    with submission(form, lambda: _page(member, frequency_form=form)):
        frequency = DigestFrequency(form.frequency.data)
        preferences.set_frequency(db.session(), member=member, frequency=frequency, at=clock.now())
    words = {
        DigestFrequency.DAILY: _("You get at most one email a day."),
        DigestFrequency.WEEKLY: _("You get at most one email a week."),
    }
    return finish(words[frequency], url_for(".show", chapter=chapter))


@blueprint.post("/absence")
@requires(Permission.GET_REMINDERS)
def set_absence(chapter: str) -> Response:
    """Send the reader no digest until a day has passed."""
    member, form, moment = _own_membership(), AbsenceForm(), clock.now()
    with submission(form, lambda: _page(member, absence_form=form)):
        until_on = form.last_day()
        preferences.set_absence(db.session(), member=member, until_on=until_on, today=chapter_day(moment), at=moment)
    words = _(
        "You get no reminders up to and including %(day)s. Your colleagues see that you are away.",
        day=format_day(until_on, g.chapter.country),
    )
    return finish(words, url_for(".show", chapter=chapter))


@blueprint.post("/return")
@requires(Permission.GET_REMINDERS)
def end_absence(chapter: str) -> Response:
    """End the reader's absence now."""
    moment = clock.now()
    preferences.end_absence(db.session(), member=_own_membership(), today=chapter_day(moment), at=moment)
    return finish(_("You get reminders again."), url_for(".show", chapter=chapter))


def _own_membership() -> Membership:
    return or_404(present_membership(db.session(), user_id=signed_in_person().user_id))


def _page(
    member: Membership, *, frequency_form: FrequencyForm | None = None, absence_form: AbsenceForm | None = None
) -> str:
    today = chapter_today()
    colleagues = [colleague for colleague in present_members(db.session()) if colleague.id != member.id]
    deputies = [deputy.name for deputy in colleagues if deputy.role == Role.DEPUTY and not deputy.is_away(today)]
    return render_template(
        "inbox/preferences.html",
        member=member,
        is_away=member.is_away(today),
        is_focal_point=member.role == Role.FOCAL_POINT,
        deputies=format_list(deputies) if deputies else None,
        frequency_form=frequency_form or FrequencyForm.of(member, formdata=None),
        absence_form=absence_form or AbsenceForm(formdata=None),
        first_day=today,
        last_day=preferences.last_possible_day(today),
    )
