"""Who belongs to a chapter, who is invited, and who leaves."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.context import chapter_day, may
from solidarity.chapter.people.forms import InvitationForm
from solidarity.enqueue import ring_after_commit
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from solidarity.labels.people import role_names
from tenants import clock
from tenants.action_kit.focal_point.queries import running_terms
from tenants.db import db
from tenants.errors import Refused
from tenants.mail.addresses import unreached
from tenants.membership import services
from tenants.people import queries
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Permission, Role

people = Blueprint("people", __name__, url_prefix="/c/<chapter>/people")


@people.get("")
@requires(Permission.SEE_PEOPLE)
def list_people(chapter: str) -> str:
    """List who belongs to the chapter, and for who may invite also the open invitations."""
    manages = may(Permission.MANAGE_PEOPLE)
    return render_template(
        "people/list.html",
        members=queries.present_members(db.session()),
        invitations=queries.open_invitations(db.session()) if manages else [],
        role_names=role_names(),
        now=clock.now(),
        own_id=signed_in_person().user_id,
        chapter_day=chapter_day,
        unreached=unreached(db.session()) if manages else {},
        terms=running_terms(db.session(), chapter_day(clock.now())),
    )


@people.route("/invitation", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def invite(chapter: str) -> str | Response | tuple[str, int]:
    """Invite somebody by mail."""
    form = InvitationForm.offering(g.chapter)
    if not form.is_submitted():
        return render_template("people/invite.html", form=form)
    if form.validate():
        try:
            _invite(form)
        except Refused as refused:
            form.show(refused)
        else:
            flash_done(_("An invitation is on its way to %(email)s.", email=text_of(form.email).strip()))
            return redirect(url_for(".list_people", chapter=chapter))
    return render_template("people/invite.html", form=form), 422


@people.post("/invitations/<uuid:invitation_id>/dispatch")
@requires(Permission.MANAGE_PEOPLE)
def send_again(chapter: str, invitation_id: UUID) -> Response:
    """Send an open invitation once more."""
    try:
        services.send_invitation_again(
            db.session(), actor_id=signed_in_person().user_id, at=clock.now(), invitation_id=_here(invitation_id)
        )
    except Refused as refused:
        return _back(chapter, refused)
    ring_after_commit("workers.reminders.send_mail", queue="mail")
    flash(_("We are sending the invitation again. It is valid for another 14 days."))
    return redirect(url_for(".list_people", chapter=chapter))


@people.post("/invitations/<uuid:invitation_id>/withdrawal")
@requires(Permission.MANAGE_PEOPLE)
def withdraw(chapter: str, invitation_id: UUID) -> Response:
    """Take an open invitation back."""
    try:
        services.withdraw_invitation(
            db.session(), actor_id=signed_in_person().user_id, at=clock.now(), invitation_id=_here(invitation_id)
        )
    except Refused as refused:
        return _back(chapter, refused)
    flash_done(_("The invitation was withdrawn. Its link no longer works."))
    return redirect(url_for(".list_people", chapter=chapter))


@people.route("/<uuid:membership_id>/departure", methods=["GET", "POST"])
@requires(Permission.SEE_PEOPLE)
def end_membership(chapter: str, membership_id: UUID) -> str | Response | tuple[str, int]:
    """Ask, then take somebody out of the chapter, or let her leave: herself, or whoever may manage people."""
    leaving = _leaving(membership_id)
    is_self = leaving.user_id == signed_in_person().user_id
    form = ServiceForm()
    if form.is_submitted():
        try:
            services.end_membership(
                db.session(), actor_id=signed_in_person().user_id, at=clock.now(), membership_id=leaving.id
            )
        except Refused as refused:
            form.show(refused)
        else:
            return _parted(chapter, leaving, is_self=is_self)
    page = render_template("people/departure.html", form=form, leaving=leaving, is_self=is_self)
    return (page, 422) if form.is_submitted() else page


def _invite(form: InvitationForm) -> None:
    services.invite(
        db.session(),
        actor_id=signed_in_person().user_id,
        at=clock.now(),
        email=text_of(form.email),
        name=text_of(form.name),
        role=Role(form.role.data),
        language=form.language.data,
    )
    ring_after_commit("workers.reminders.send_mail", queue="mail")


def _here(invitation_id: UUID) -> UUID:
    """Return the id of an invitation of this chapter; of any other there is no such page."""
    if db.session.scalar(select(Invitation.id).where(Invitation.id == invitation_id)) is None:
        abort(404)
    return invitation_id


def _leaving(membership_id: UUID) -> Membership:
    """Return the present member, if the person asking may part with her; else there is no such page."""
    here = select(Membership).where(Membership.id == membership_id, Membership.left_at.is_(None))
    leaving = db.session.scalars(here).one_or_none()
    if leaving is None or not (may(Permission.MANAGE_PEOPLE) or leaving.user_id == signed_in_person().user_id):
        abort(404)
    return leaving


def _parted(chapter: str, leaving: Membership, *, is_self: bool) -> Response:
    if is_self:
        flash(_("You have left the chapter. You will get no more emails from it."))
        return redirect(url_for("accounts.me"))
    flash(_("%(name)s was removed from the chapter.", name=leaving.name))
    return redirect(url_for(".list_people", chapter=chapter))


def _back(chapter: str, refused: Refused) -> Response:
    warn_of(refused)
    return redirect(url_for(".list_people", chapter=chapter))
