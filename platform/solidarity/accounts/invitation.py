"""Accepting an invitation. Opening the link changes nothing, because mail scanners open links too.

There are four kinds of visitor. A person without an account creates one here. A person with an account signs in first.
The invited person, signed in, accepts with one button. Another signed-in person sees that the link is not for them.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from uuid import UUID

from flask import current_app, render_template, url_for
from flask_babel import gettext as _

from solidarity.access.binding import principal
from solidarity.access.declarations import link
from solidarity.accounts.blueprint import blueprint
from solidarity.accounts.forms import NewcomerForm
from solidarity.accounts.sessions import begin
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.submission import Answer, finish, submission
from solidarity.i18n.locale import current_locale, speak
from solidarity.labels.people import role_hints, role_names
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.mail.letters import Inviter, inviter_of
from tenants.membership import services
from tenants.people.links import BadLink, read_invitation_token
from tenants.people.models import User
from tenants.people.queries import Offer, OfferState, offer_behind
from tenants.scope import LinkScope

PAGE = "accounts/invitation.html"
GONE_PAGE = "accounts/invitation_gone.html"


class Visitor(StrEnum):
    """The kind of person who opened the link."""

    NEWCOMER = "newcomer"
    SIGNED_OUT = "signed_out"
    INVITED = "invited"
    SOMEBODY_ELSE = "somebody_else"


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@link("the invitation's own signed link; its row says what it may do, until when, and that it works once")
def accept_invitation(token: str) -> Answer:
    """Show the invitation, and let the invited person join."""
    offer, inviter = _read(token)
    if offer is None:
        return render_template(GONE_PAGE, state="unknown"), 404
    speak(*offer.languages)
    if offer.state != OfferState.OPEN:
        return render_template(GONE_PAGE, state=offer.state, slug=_own_slug(offer)), 410
    visitor = _visitor(offer)
    form = NewcomerForm(name=offer.name) if visitor == Visitor.NEWCOMER else ServiceForm()
    words = {"names": role_names(), "hint": role_hints()[offer.role]}
    page = partial(render_template, PAGE, offer=offer, inviter=inviter, visitor=visitor, form=form, **words)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        has_joined = _join(offer, visitor, form)
    if not has_joined:
        return page(), 422
    return finish(_("Welcome to %(chapter)s.", chapter=offer.chapter_name), url_for("chapter.home", chapter=offer.slug))


def _read(token: str) -> tuple[Offer | None, Inviter | None]:
    settings: Settings = current_app.extensions["settings"]
    try:
        chapter_id, invitation_id = read_invitation_token(settings.secret_key.get_secret_value(), token)
    except BadLink:
        return None, None
    with opened(LinkScope(chapter_id)) as session:
        offer = offer_behind(session, invitation_id, at=clock.now())
        return offer, inviter_of(session, offer.invited_by) if offer else None


def _own_slug(offer: Offer) -> str | None:
    """Return the chapter's slug if the signed-in person is its member, such as after sending the form twice."""
    person = principal()
    own_membership = person.membership_in(offer.chapter_id) if person else None
    return own_membership.slug if own_membership else None


def _visitor(offer: Offer) -> Visitor:
    person = principal()
    if person is not None:
        return Visitor.INVITED if person.email == offer.email else Visitor.SOMEBODY_ELSE
    return Visitor.SIGNED_OUT if offer.has_account else Visitor.NEWCOMER


def _join(offer: Offer, visitor: Visitor, form: ServiceForm) -> bool:
    """Make the visitor a member. Return False if they must sign in or out first."""
    person = principal()
    if isinstance(form, NewcomerForm):
        begin(_newcomer(offer, text_of(form.name), text_of(form.password)))
        return True
    if visitor == Visitor.INVITED and person is not None:
        with opened(LinkScope(offer.chapter_id)) as session:
            user = session.get_one(User, person.user_id)
            services.accept_invitation(session, invitation_id=offer.invitation_id, user=user, at=clock.now())
        return True
    return False


def _newcomer(offer: Offer, name: str, password: str) -> UUID:
    with opened(LinkScope(offer.chapter_id)) as session:
        user, _membership = services.join_newcomer(
            session,
            invitation_id=offer.invitation_id,
            name=name,
            password=password,
            language=current_locale().language,
            at=clock.now(),
        )
        return user.id
