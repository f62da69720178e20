"""Correct a member's unreachable email address, or try it again."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from uuid import UUID

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import EmailField

from solidarity.access.declarations import requires
from solidarity.accounts.contact import send_address_link
from solidarity.accounts.forms import ADDRESS
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.lookup import or_404, own_row
from tenants.db import db
from tenants.errors import Refused
from tenants.mail import addresses as services
from tenants.people.models import Membership, UnreachedAddress
from tenants.people.permissions import Permission

blueprint = Blueprint("addresses", __name__, url_prefix="/c/<chapter>/people")


class AddressForm(ServiceForm):
    """The member's new email address."""

    email = EmailField(_l("New email address"), ADDRESS)


@blueprint.route("/<uuid:membership_id>/address", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def correct(chapter: str, membership_id: UUID) -> Answer:
    """Ask for a member's correct email address, and send the chapter's mail there from now on.

    A link there lets the member sign in with it too, and get the mail of all chapters there.
    """
    member, form = _unreached(membership_id), AddressForm()
    page = partial(render_template, "people/address.html", form=form, member=member)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.correct_address(
            db.session(), **actor_now(), membership_id=member.id, email=text_of(form.email), is_desk=g.is_desk
        )
        with suppress(Refused):  # it is the address of the member's account already
            send_address_link(member.user_id, text_of(form.email))
    words = _("Reminders for %(name)s now go to the new address.", name=member.name)
    return finish(words, _list_url(chapter))


@blueprint.post("/<uuid:membership_id>/trial")
@requires(Permission.MANAGE_PEOPLE)
def try_again(chapter: str, membership_id: UUID) -> Response:
    """Send mail to the same address again, for example after a full mailbox was emptied."""
    member = _unreached(membership_id)
    with one_click(_list_url(chapter)):
        services.try_again(db.session(), **actor_now(), membership_id=member.id, is_desk=g.is_desk)
    words = _("The next reminder to %(name)s will go to the same address.", name=member.name)
    return finish(words, _list_url(chapter))


def _unreached(membership_id: UUID) -> Membership:
    """Return a present member whose address was unreachable at some time; 404 for anyone else.

    If another person has corrected it since, the service raises AlreadyDecided.
    """
    member = own_row(Membership, membership_id, Membership.left_at.is_(None))
    statement = select(UnreachedAddress.id).where(UnreachedAddress.membership_id == membership_id)
    or_404(db.session.scalar(statement.limit(1)))
    return member


def _list_url(chapter: str) -> str:
    return url_for("people.list_people", chapter=chapter)
