"""Signing in and out.

An unknown address, a wrong password and an inactive account get the same page and message, after the same work.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from solidarity.access.binding import principal
from solidarity.access.declarations import public
from solidarity.accounts import sessions as signed_in
from solidarity.accounts.blueprint import blueprint
from solidarity.accounts.forms import SignInForm
from solidarity.accounts.own_chapters import first_page_of
from solidarity.accounts.throttle import count, keys_of, please_wait
from solidarity.forms.base import text_of
from solidarity.http.unsaved_input import unpacked_input
from solidarity.i18n.locale import own_path
from tenants import clock
from tenants.db import opened
from tenants.people.passwords import hash_password, needs_rehash, verify_password
from tenants.people.principal import Principal
from tenants.people.queries import find_user
from tenants.people.throttle import Keys, TooManyTries, forgive
from tenants.scope import NobodyScope

NO_MATCH = lazy_gettext("The email address or password is incorrect. Check both, or ask for a new password.")
PAGE = "accounts/sign_in.html"
UNSAVED_PAGE = "accounts/form_unsaved.html"

log = structlog.get_logger(__name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("who is not signed in must be able to sign in")
def sign_in() -> str | Response | tuple[str, int]:
    """Show the form, or sign a person in and redirect to the page that they asked for."""
    form = SignInForm(next=request.args.get("next"))
    person = principal()
    if not form.is_submitted():
        return redirect(first_page(person)) if person else render_template(PAGE, form=form)
    if form.kept.data and "email" not in request.form:  # from the page of a form that was sent while signed out
        return render_template(PAGE, form=form)
    if form.validate():
        try:
            user_id = _person_behind(text_of(form.email), text_of(form.password))
        except TooManyTries as error:
            return please_wait(PAGE, error, form=form)
        if user_id:
            return _continue(form, signed_in.begin(user_id))
        form.form_errors = [NO_MATCH]
    return render_template(PAGE, form=form), 422


@blueprint.post("/sign-out")
@public("it ends what this browser holds, and does nothing where it holds nothing")
def sign_out() -> Response:
    """End this browser's session, and redirect."""
    signed_in.leave()
    return redirect(own_path(request.form.get("next")) if "next" in request.form else url_for("accounts.sign_in"))


def first_page(person: Principal) -> str:
    """Return a person's first page: the desk for UN Women, their page in an only chapter, else the list of chapters."""
    if person.desk_roles:
        return url_for("desk.overview")
    if len(person.memberships) == 1:
        return first_page_of(person.memberships[0])
    return url_for("accounts.me")


def right_password(email: str, password: str) -> UUID | None:
    """Return the id of the active person with this address and password, or None after the same work.

    Counts the attempt. Raises TooManyTries, before any check, while the account or the network is throttled.
    """
    keys = keys_of(email)
    count(keys)
    return _checked(email, password, keys)


def _person_behind(email: str, password: str) -> UUID | None:
    user_id = right_password(email, password)
    if user_id:
        log.info("sign_in.done", user_id=str(user_id))
    else:
        keys = keys_of(email)  # one account, or one network, in many lines is an attack
        log.warning("sign_in.refused", account=keys.account.hex()[:16], network=keys.network.hex()[:16])
    return user_id


def _checked(email: str, password: str, keys: Keys) -> UUID | None:
    with opened(NobodyScope()) as session:
        user = find_user(session, email)
        right = verify_password(password, user.password if user else None)
        if user is None or not right or not user.active:
            return None
        if user.password and needs_rehash(user.password):
            user.password = hash_password(password)
        forgive(session, keys, clock.now())
        return user.id


def _continue(form: SignInForm, person: Principal) -> str | Response:
    """Redirect to the page that the person asked for, or offer to fill in the form that they had sent signed out."""
    fields, target = unpacked_input(form.kept.data), own_path(form.next.data)
    if not fields or target == "/":
        return redirect(_wanted(form.next.data, person))
    g.pop("csrf_token", None)  # it belongs to the session that has ended
    return render_template(UNSAVED_PAGE, fields=fields, target=target)


def _wanted(target: str | None, person: Principal) -> str:
    path = own_path(target)
    return first_page(person) if path == "/" else path
