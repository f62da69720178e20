"""A person's own name, address and telephone number. A new address counts once the link in a mail to it was used.

The link shows a page with a button, because mail scanners open links. Only its signed-in person can press it.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

import structlog
from flask import current_app, render_template, url_for
from flask_babel import gettext as _

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import signed_in
from solidarity.accounts.blueprint import blueprint
from solidarity.accounts.forms import NewAddressForm, OwnNameForm, TelephoneForm
from solidarity.accounts.letters import send_letter
from solidarity.accounts.sign_in import right_password
from solidarity.accounts.throttle import ADDRESS, count, keys_of, please_wait
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.submission import Answer, finish, submission
from solidarity.settings import Settings
from tenants import clock
from tenants.db import db, opened
from tenants.errors import Refused
from tenants.mail.letters import NO_MAIL
from tenants.membership import contacts
from tenants.people.links import BadLink, read_address_token, sign_address_change
from tenants.people.models import AddressChange, User
from tenants.people.principal import Principal
from tenants.people.telephones import set_telephone
from tenants.people.throttle import TooManyTries
from tenants.scope import ChapterScope, NobodyScope

NAME_PAGE = "accounts/my_name.html"
TELEPHONE_PAGE = "accounts/my_telephone.html"
ADDRESS_PAGE = "accounts/my_address.html"
CONFIRM_PAGE = "accounts/address_confirm.html"
GONE_PAGE = "accounts/address_gone.html"

log = structlog.get_logger(__name__)


@blueprint.route("/me/name", methods=["GET", "POST"])
@signed_in("their own name")
def change_name() -> Answer:
    """Change a person's name on their account, in all their chapters and in UN Women's mails."""
    person = signed_in_person()
    form = OwnNameForm(name=person.name)
    page = partial(render_template, NAME_PAGE, form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        name = contacts.rename_user(db.session(), user_id=person.user_id, name=text_of(form.name))
        for own_membership in person.memberships:
            with opened(ChapterScope(own_membership.chapter_id, actor_id=person.user_id)) as session:
                contacts.rename_member(session, user_id=person.user_id, name=name, at=clock.now())
    return finish(_("Saved."), url_for("accounts.me"))


@blueprint.route("/me/telephone", methods=["GET", "POST"])
@signed_in("their own telephone number")
def change_telephone() -> Answer:
    """Change a person's number and whether others see it. The trails of their chapters say so, without the number."""
    person = signed_in_person()
    user = db.session.get_one(User, person.user_id)
    form = TelephoneForm(telephone=user.telephone, shown=user.telephone_shown_since is not None)
    page = partial(render_template, TELEPHONE_PAGE, form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        is_shown, telephone = bool(form.shown.data), text_of(form.telephone)
        if set_telephone(db.session(), user_id=person.user_id, telephone=telephone, is_shown=is_shown, at=clock.now()):
            for own_membership in person.memberships:
                with opened(ChapterScope(own_membership.chapter_id, actor_id=person.user_id)) as session:
                    contacts.record_consent(session, user_id=person.user_id, is_shown=is_shown, at=clock.now())
    return finish(_("Saved."), url_for("accounts.me"))


@blueprint.route("/me/address", methods=["GET", "POST"])
@signed_in("their own address")
def change_address() -> Answer:
    """Send a link to a new address. An address that belongs to another account gets the same answer, and no mail."""
    form, person = NewAddressForm(), signed_in_person()
    page = partial(render_template, ADDRESS_PAGE, form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        try:
            count(keys_of(person.user_id.hex, purpose=ADDRESS))
            _check_password(person, text_of(form.current))
        except TooManyTries as error:
            return please_wait(ADDRESS_PAGE, error, form=form)
        send_address_link(person.user_id, text_of(form.email))
    words = _("Open the link that we sent to the new address. It works for three days. Until then nothing changes.")
    return finish(words, url_for("accounts.me"))


@blueprint.route("/me/address/<token>", methods=["GET", "POST"])
@signed_in("their own address, by the link in a mail to it")
def confirm_address(token: str) -> Answer:
    """Show the new address, and change to it: on the account, in all chapters and in UN Women's mails."""
    person, form = signed_in_person(), ServiceForm()
    change = _waiting(token, person)
    if change is None:
        return render_template(GONE_PAGE), 410
    page = partial(render_template, CONFIRM_PAGE, form=form, email=change.email)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        user = contacts.confirm_address(db.session(), user_id=person.user_id, change_id=change.id, email=change.email)
        for own_membership in person.memberships:
            with opened(ChapterScope(own_membership.chapter_id, actor_id=person.user_id)) as session:
                contacts.move_member(session, user_id=person.user_id, email=user.email, at=clock.now())
        send_letter(db.session(), user, email=person.email, letter="address_changed", link=url_for("accounts.me"))
    log.info("address.changed", user_id=str(person.user_id))
    return finish(
        _("Your address is now %(email)s. All our emails go there.", email=user.email), url_for("accounts.me")
    )


def send_address_link(user_id: UUID, email: str) -> None:
    """Queue a link for a person's new address. If another account has it, do the same work, and send nothing.

    Raises Refused as the service does.
    """
    with opened(NobodyScope()) as session:
        change, is_taken = contacts.request_address(session, user_id=user_id, email=email, at=clock.now())
        path = url_for("accounts.confirm_address", token=sign_address_change(_secret_key(), change.id))
        user = session.get_one(User, user_id)
        letter = NO_MAIL if is_taken else "address_confirm"
        send_letter(session, user, email=change.email, letter=letter, link=path)


def _check_password(person: Principal, password: str) -> None:
    if right_password(person.email, password) != person.user_id:
        raise Refused({"current": _("This is not your current password.")})


def _waiting(token: str, person: Principal) -> AddressChange | None:
    try:
        change_id = read_address_token(_secret_key(), token)
    except BadLink:
        return None
    return contacts.waiting_address(db.session(), change_id=change_id, user_id=person.user_id, at=clock.now())


def _secret_key() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key.get_secret_value()
