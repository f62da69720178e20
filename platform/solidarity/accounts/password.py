"""Changing a password with the current one."""

from __future__ import annotations

from functools import partial

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import signed_in
from solidarity.accounts.blueprint import blueprint
from solidarity.accounts.forms import ChangePasswordForm
from solidarity.accounts.letters import send_letter
from solidarity.accounts.sessions import begin
from solidarity.accounts.sign_in import right_password
from solidarity.accounts.throttle import please_wait
from solidarity.forms.base import text_of
from solidarity.forms.submission import Answer, finish, submission
from tenants import clock
from tenants.db import opened
from tenants.errors import Refused
from tenants.membership.services import set_password
from tenants.people.models import User
from tenants.people.principal import Principal
from tenants.people.sessions import end_sessions
from tenants.people.throttle import TooManyTries
from tenants.scope import NobodyScope

PAGE = "accounts/my_password.html"
WRONG = lazy_gettext("This is not your current password.")


@blueprint.route("/me/password", methods=["GET", "POST"])
@signed_in("their own password")
def change_password() -> Answer:
    """Change the password, sign every other browser out, and give this one a new session."""
    form, person = ChangePasswordForm(), signed_in_person()
    page = partial(render_template, PAGE, form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        try:
            _change(person, text_of(form.current), text_of(form.password))
        except TooManyTries as error:
            return please_wait(PAGE, error, form=form)
    return finish(_("Your password was changed. All other browsers are signed out."), url_for("accounts.me"))


def _change(person: Principal, current: str, password: str) -> None:
    if right_password(person.email, current) != person.user_id:
        raise Refused({"current": WRONG})
    moment = clock.now()
    with opened(NobodyScope(actor_id=person.user_id)) as session:
        user = session.get_one(User, person.user_id)
        set_password(session, user=user, password=password, at=moment)
        end_sessions(session, user_id=person.user_id, at=moment)
        send_letter(session, user, letter="password_changed", link=url_for("accounts.me"))
    begin(person.user_id)
