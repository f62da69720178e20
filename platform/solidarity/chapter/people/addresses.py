"""A member's address that no mail reaches: corrected, or tried again, by whoever manages people."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import EmailField

from solidarity.access.binding import requires, signed_in_person
from solidarity.accounts.forms import ADDRESS
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.problems import warn_of
from tenants import clock
from tenants.db import db
from tenants.errors import Refused
from tenants.mail import addresses as services
from tenants.people.models import Membership, UnreachedAddress
from tenants.people.permissions import Permission

addresses = Blueprint("addresses", __name__, url_prefix="/c/<chapter>/people")


class AddressForm(ServiceForm):
    """Where the chapter writes to her from now on."""

    email = EmailField(_l("New email address"), ADDRESS)


@addresses.route("/<uuid:membership_id>/address", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def correct(chapter: str, membership_id: UUID) -> str | Response | tuple[str, int]:
    """Ask for the address at which mail reaches a member, and write there from now on."""
    member, form = _unreached(membership_id), AddressForm()
    if not form.is_submitted():
        return _page(form, member)
    if form.validate():
        try:
            services.correct_address(
                db.session(),
                actor_id=signed_in_person().user_id,
                at=clock.now(),
                membership_id=member.id,
                email=text_of(form.email),
                is_desk=g.is_desk,
            )
        except Refused as refused:
            form.show(refused)
        else:
            flash(_("Reminders for %(name)s now go to the new address.", name=member.name))
            return redirect(url_for("people.list_people", chapter=chapter))
    return _page(form, member), 422


@addresses.post("/<uuid:membership_id>/trial")
@requires(Permission.MANAGE_PEOPLE)
def try_again(chapter: str, membership_id: UUID) -> Response:
    """Write to the same address again, such as after a full mailbox was emptied."""
    member = _unreached(membership_id)
    try:
        services.try_again(
            db.session(),
            actor_id=signed_in_person().user_id,
            at=clock.now(),
            membership_id=member.id,
            is_desk=g.is_desk,
        )
    except Refused as refused:
        warn_of(refused)
    else:
        flash(_("The next reminder to %(name)s will go to the same address.", name=member.name))
    return redirect(url_for("people.list_people", chapter=chapter))


def _page(form: AddressForm, member: Membership) -> str:
    return render_template("people/address.html", form=form, member=member)


def _unreached(membership_id: UUID) -> Membership:
    """Return a present member whose address was once not reached; of anybody else there is no such page.

    Where somebody has put it right meanwhile, the service says who.
    """
    here = select(Membership).where(Membership.id == membership_id, Membership.left_at.is_(None))
    marked = select(UnreachedAddress.id).where(UnreachedAddress.membership_id == membership_id).limit(1)
    member = db.session.scalars(here).one_or_none()
    if member is None or db.session.scalar(marked) is None:
        abort(404)
    return member
