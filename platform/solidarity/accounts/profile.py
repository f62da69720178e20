"""The profile page: the person's chapters, roles at UN Women, language, time zone and sessions."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import signed_in
from solidarity.accounts.blueprint import blueprint
from solidarity.accounts.forms import LanguageForm, ZoneForm
from solidarity.accounts.own_chapters import own_chapters
from solidarity.accounts.sessions import lifetime_of
from solidarity.forms.submission import finish, submission
from solidarity.i18n.locale import COOKIE, language_choices
from solidarity.labels.people import agent_in_words, desk_role_names, role_names
from tenants import clock
from tenants.db import db, opened
from tenants.membership.services import change_language as write_in
from tenants.membership.services import change_zone as write_at
from tenants.people.models import User
from tenants.people.sessions import end_session, end_sessions, running_sessions
from tenants.reminders.desk.schedule import set_reader_language, set_reader_zone
from tenants.scope import ChapterScope


@blueprint.get("/me")
@signed_in("her own account")
def me() -> str:
    """Show the profile."""
    return _page(_language_form())


@blueprint.post("/me/language")
@signed_in("her own language")
def change_language() -> Response:
    """Change the language of a person's pages, and of their mail from all chapters and from UN Women."""
    form, person = _language_form(), signed_in_person()
    with submission(form, partial(_page, form)):
        db.session.get_one(User, person.user_id).language = form.language.data
        set_reader_language(db.session(), user_id=person.user_id, language=form.language.data)
        for own_membership in person.memberships:
            with opened(ChapterScope(own_membership.chapter_id, actor_id=person.user_id)) as session:
                write_in(session, user_id=person.user_id, language=form.language.data)
    answer = redirect(url_for("accounts.me"))
    answer.delete_cookie(COOKIE)  # the choice for this device would override the new language
    return answer


@blueprint.post("/me/zone")
@signed_in("her own time zone")
def change_zone() -> Response:
    """Change the time zone by which a person gets their mail from all chapters and from UN Women."""
    person = signed_in_person()
    form = ZoneForm.of(person)
    with submission(form, lambda: _page(_language_form(), form)):
        zone = form.zone.data or None
        db.session.get_one(User, person.user_id).zone = zone
        set_reader_zone(db.session(), user_id=person.user_id, zone=zone, at=clock.now())
        for own_membership in person.memberships:
            with opened(ChapterScope(own_membership.chapter_id, actor_id=person.user_id)) as session:
                write_at(session, user_id=person.user_id, zone=zone)
    return finish(_("Saved."), url_for("accounts.me"))


@blueprint.post("/me/sessions/<uuid:session_id>/end")
@signed_in("a session of her own")
def end_one_session(session_id: UUID) -> Response:
    """Sign out one browser of the signed-in person, or answer 404."""
    if not end_session(db.session(), user_id=signed_in_person().user_id, session_id=session_id, at=clock.now()):
        abort(404)
    return finish(_("That browser is signed out."), url_for("accounts.me"))


@blueprint.post("/me/sessions/end")
@signed_in("her own sessions")
def end_other_sessions() -> Response:
    """Sign out every other browser of the signed-in person."""
    person = signed_in_person()
    count = end_sessions(db.session(), user_id=person.user_id, at=clock.now(), but=person.session_id)
    words = ngettext("Signed out of one other browser.", "Signed out of %(num)s other browsers.", count)
    return finish(words, url_for("accounts.me"))


def _page(form: LanguageForm, zone_form: ZoneForm | None = None) -> str:
    person = signed_in_person()
    rows = running_sessions(db.session(), user_id=person.user_id, lifetime=lifetime_of(person), at=clock.now())
    return render_template(
        "accounts/me.html",
        form=form,
        zone_form=zone_form or ZoneForm.of(person),
        chapters=own_chapters(person),
        sessions=rows,
        role_names=role_names(),
        desk_role_names=desk_role_names(),
        agent_in_words=agent_in_words,
    )


def _language_form() -> LanguageForm:
    form = LanguageForm(language=signed_in_person().language)
    form.language.choices = [(choice["code"], choice["name"]) for choice in language_choices()]
    return form
