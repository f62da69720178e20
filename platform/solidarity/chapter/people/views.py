"""The members of a chapter, their invitations and departures."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, abort, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_day, chapter_today, may
from solidarity.chapter.people.forms import InvitationForm, RoleForm
from solidarity.enqueue import enqueue_after_commit
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.labels.people import role_names
from solidarity.lookup import own_row
from tenants import clock
from tenants.action_kit.focal_point.queries import primary_name_on, running_terms
from tenants.chapters.names import language_name
from tenants.db import db
from tenants.mail.addresses import unreached
from tenants.membership import roles, services
from tenants.membership.roles import ROLES_WITHOUT_TERM
from tenants.people import queries
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Permission, Role
from tenants.people.telephones import chapter_contacts
from tenants.texts import code_text

blueprint = Blueprint("people", __name__, url_prefix="/c/<chapter>/people")


@blueprint.get("")
@requires(Permission.SEE_PEOPLE)
def list_people(chapter: str) -> str:
    """List the members and, if the reader may manage people, open invitations and unreachable addresses."""
    manages, today = may(Permission.MANAGE_PEOPLE), chapter_today()
    return render_template(
        "people/list.html",
        members=queries.present_members(db.session()),
        invitations=queries.open_invitations(db.session()) if manages else [],
        contacts=chapter_contacts(db.session(), today=today) if manages else [],
        language_name=language_name,
        role_names=role_names(),
        changeable=ROLES_WITHOUT_TERM,
        now=clock.now(),
        own_id=signed_in_person().user_id,
        chapter_day=chapter_day,
        unreached=unreached(db.session()) if manages else {},
        terms=running_terms(db.session(), today),
        today=today,
    )


@blueprint.route("/invitation", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def invite(chapter: str) -> Answer:
    """Invite a person by email."""
    form = InvitationForm.offering(g.chapter, primary_name_on(db.session(), chapter_today()))
    page = partial(render_template, "people/invite.html", form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.invite(
            db.session(),
            **actor_now(),
            email=text_of(form.email),
            name=text_of(form.name),
            role=Role(form.role.data),
            language=form.language.data,
        )
    enqueue_after_commit("workers.reminders.send_mail", queue="mail")
    words = _("An invitation is on its way to %(email)s.", email=code_text(text_of(form.email)))
    return finish(words, _list_url(chapter))


@blueprint.post("/invitations/<uuid:invitation_id>/dispatch")
@requires(Permission.MANAGE_PEOPLE)
def send_again(chapter: str, invitation_id: UUID) -> Response:
    """Send an open invitation once more."""
    invitation = own_row(Invitation, invitation_id)
    with one_click(_list_url(chapter)):
        services.send_invitation_again(db.session(), **actor_now(), invitation_id=invitation.id)
    enqueue_after_commit("workers.reminders.send_mail", queue="mail")
    return finish(_("We are sending the invitation again. It is valid for another 14 days."), _list_url(chapter))


@blueprint.post("/invitations/<uuid:invitation_id>/withdrawal")
@requires(Permission.MANAGE_PEOPLE)
def withdraw(chapter: str, invitation_id: UUID) -> Response:
    """Withdraw an open invitation."""
    invitation = own_row(Invitation, invitation_id)
    with one_click(_list_url(chapter)):
        services.withdraw_invitation(db.session(), **actor_now(), invitation_id=invitation.id)
    return finish(_("The invitation was withdrawn. Its link no longer works."), _list_url(chapter))


@blueprint.route("/<uuid:membership_id>/departure", methods=["GET", "POST"])
@requires(Permission.SEE_PEOPLE)
def end_membership(chapter: str, membership_id: UUID) -> Answer:
    """Ask for confirmation, then end the reader's own membership, or any one if they may manage people."""
    member, form = _leaving(membership_id), ServiceForm()
    is_self = member.user_id == signed_in_person().user_id
    page = partial(render_template, "people/departure.html", form=form, leaving=member, is_self=is_self)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.end_membership(db.session(), **actor_now(), membership_id=member.id)
    if is_self:
        return finish(_("You have left the chapter. You will get no more emails from it."), url_for("accounts.me"))
    return finish(_("%(name)s was removed from the chapter.", name=member.name), _list_url(chapter))


@blueprint.route("/<uuid:membership_id>/role", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def change_role(chapter: str, membership_id: UUID) -> Answer:
    """Give a member another role."""
    member = own_row(Membership, membership_id, Membership.left_at.is_(None))
    form = RoleForm.of(member)
    page = partial(render_template, "people/role.html", form=form, member=member)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        roles.change_role(db.session(), **actor_now(), membership_id=member.id, role=Role(form.role.data))
    words = _("The role of %(name)s is now: %(role)s.", name=member.name, role=role_names()[Role(member.role)])
    return finish(words, _list_url(chapter))


def _leaving(membership_id: UUID) -> Membership:
    """Return a present member whose membership the reader may end; 404 for anyone else."""
    member = own_row(Membership, membership_id, Membership.left_at.is_(None))
    if not (may(Permission.MANAGE_PEOPLE) or member.user_id == signed_in_person().user_id):
        abort(404)
    return member


def _list_url(chapter: str) -> str:
    return url_for(".list_people", chapter=chapter)
