"""A new password by email: asking for the link, and using it.

The link is Flask-Security's. It is signed, works for three hours, and stops working when the password changes.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import structlog
from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from sqlalchemy import select

from solidarity.access.declarations import public
from solidarity.accounts.blueprint import blueprint
from solidarity.accounts.forms import ForgotForm, NewPasswordForm
from solidarity.accounts.letters import send_letter
from solidarity.accounts.throttle import MAIL, count, keys_of, please_wait
from solidarity.forms.base import text_of
from solidarity.forms.submission import Answer, finish, submission
from solidarity.i18n.locale import speak
from solidarity.settings import Settings
from tenants import clock
from tenants.db import db, new_id, opened
from tenants.mail.letters import NO_MAIL
from tenants.membership.services import set_password
from tenants.people.models import User
from tenants.people.passwords import nobodys_hash
from tenants.people.queries import find_user
from tenants.people.sessions import end_sessions
from tenants.people.throttle import TooManyTries, clear_account
from tenants.scope import NobodyScope

FORGOT_PAGE = "accounts/forgot.html"
RESET_PAGE = "accounts/reset.html"
GONE_PAGE = "accounts/reset_gone.html"

log = structlog.get_logger(__name__)


@blueprint.route("/forgot", methods=["GET", "POST"])
@public("who has forgotten her password cannot be signed in")
def forgot() -> Answer:
    """Send a link. An unknown address gets the same answer after the same work."""
    form = ForgotForm()
    page = partial(render_template, FORGOT_PAGE, form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        try:
            count(keys_of(text_of(form.email), purpose=MAIL))
        except TooManyTries as error:
            return please_wait(FORGOT_PAGE, error, form=form)
        _send_link(text_of(form.email))
    words = _(
        "If there is an account with this address, you will receive an email with a "
        "link. The link works for three hours."
    )
    return finish(words, url_for("accounts.sign_in"))


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public("the link is the proof, and who needs it cannot be signed in")
def reset(token: str) -> Answer:
    """Let the holder of the link choose a new password, and end every session of that person."""
    is_expired, invalid, user = reset_password_token_status(token)  # type: ignore[no-untyped-call]
    if is_expired or invalid or user is None or not user.active:
        return render_template(GONE_PAGE), 410
    speak(user.language)
    form = NewPasswordForm()
    page = partial(render_template, RESET_PAGE, form=form, email=user.email)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        is_set = _use_link(user.id, user.fs_uniquifier, text_of(form.password))
    if not is_set:
        return render_template(GONE_PAGE), 410
    return finish(_("Your password was changed. Sign in with the new one."), url_for("accounts.sign_in"))


def password_link(user: User) -> str:
    """Return the absolute URL at which a person sets their password. Needs an application context, but no request."""
    settings: Settings = current_app.extensions["settings"]
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    path = current_app.url_map.bind("").build("accounts.reset", {"token": token})
    return settings.base_url.rstrip("/") + path


def _send_link(email: str) -> None:
    """Queue a link. For an unknown address do the same work, and queue a letter that is not sent."""
    user = find_user(db.session(), email)
    known_user = user if user is not None and user.active else None
    recipient = known_user or _nobody(email)
    letter = "password_reset" if known_user else NO_MAIL
    send_letter(db.session(), recipient, letter=letter, link=password_link(recipient))


def _nobody(email: str) -> User:
    """Return a person who is not stored, and whose link does not work."""
    return User(id=new_id(), email=email, name=email, language="en", password=nobodys_hash(), fs_uniquifier=uuid4().hex)


def _use_link(user_id: UUID, uniquifier: str, password: str) -> bool:
    """Set the password unless the link was used in the meantime. Return whether it was set."""
    moment = clock.now()
    with opened(NobodyScope(actor_id=user_id)) as session:
        statement = select(User).where(User.id == user_id, User.fs_uniquifier == uniquifier).with_for_update()
        user = session.scalars(statement).one_or_none()
        if user is None:
            return False
        set_password(session, user=user, password=password, at=moment)
        end_sessions(session, user_id=user_id, at=moment)
        clear_account(session, keys_of(user.email))
        send_letter(session, user, letter="password_changed", link=url_for("accounts.me"))
    log.info("password.reset", user_id=str(user_id))
    return True
