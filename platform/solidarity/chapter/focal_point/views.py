"""Step 1: the focal point, the deputies and their terms, current and past."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_today, home_if_pressed_there, may
from solidarity.chapter.focal_point.forms import ChoiceForm, HandoverForm
from solidarity.forms.base import ServiceForm
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.lookup import or_404
from tenants import clock
from tenants.action_kit.focal_point import queries, services
from tenants.action_kit.focal_point.queries import MemberTerm
from tenants.db import db
from tenants.people.models import Membership
from tenants.people.permissions import Permission, Role
from tenants.people.queries import focal_point_invited_until, present_members
from tenants.people.terms import Rank

blueprint = Blueprint("focal_point", __name__, url_prefix="/c/<chapter>/focal-point")


@dataclass(frozen=True)
class Terms:
    """The terms that the page shows. `vacant_since` is set only if a past focal point has no successor."""

    primary: MemberTerm | None
    deputies: list[MemberTerm]
    past: list[MemberTerm]
    vacant_since: date | None

    @property
    def lapsed(self) -> MemberTerm | None:
        """The last focal point's term, if there is no focal point now and that member has not left the chapter."""
        last = next((member_term for member_term in self.past if member_term.term.rank == Rank.PRIMARY), None)
        return last if last and self.primary is None and last.member.left_at is None else None


@blueprint.get("")
@requires(Permission.READ_CHAPTER)
def show(chapter: str) -> str:
    """Show the focal point and the deputies, or that there is no focal point and what can be done about it."""
    today = chapter_today()
    terms = _terms(today)
    primary = terms.primary
    is_own = primary is not None and primary.member.user_id == signed_in_person().user_id
    manages = may(Permission.MANAGE_PEOPLE)
    return render_template(
        "focal_point/show.html",
        terms=terms,
        today=today,
        invited_until=None if primary else focal_point_invited_until(db.session(), at=clock.now()),
        is_own=is_own,
        may_manage=manages,
        may_see=may(Permission.SEE_PEOPLE),
        may_confirm=manages and primary is not None and primary.term.confirmed_on != today,
        may_renew=manages and primary is not None and services.renewable_from(primary.term) <= today,
        may_hand_over=manages and primary is not None and (is_own or g.is_desk),
    )


@blueprint.post("/terms/<uuid:subject_id>/confirmation")
@requires(Permission.MANAGE_PEOPLE)
def confirm(chapter: str, subject_id: UUID) -> Response:
    """Confirm that the focal point is still the right person."""
    member_term = or_404(queries.term_of(db.session(), subject_id))
    with one_click(_step_url(chapter)):
        is_new = services.confirm_term(db.session(), **actor_now(), is_desk=g.is_desk, term_id=subject_id)
    thanks = _("Thank you. %(name)s is confirmed.", name=member_term.member.name)
    words = thanks if is_new else _("This was already confirmed today.")
    return finish(words, home_if_pressed_there(chapter) or _step_url(chapter))


@blueprint.post("/terms/<uuid:term_id>/renewal")
@requires(Permission.MANAGE_PEOPLE)
def renew(chapter: str, term_id: UUID) -> Response:
    """Extend a running term, or start an ended one again."""
    member_term = or_404(queries.term_of(db.session(), term_id))
    with one_click(_step_url(chapter)):
        services.renew_term(db.session(), **actor_now(), is_desk=g.is_desk, term_id=term_id)
    return finish(_("The term of %(name)s is renewed.", name=member_term.member.name), _step_url(chapter))


@blueprint.route("/terms/<uuid:term_id>/handover", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def hand_over(chapter: str, term_id: UUID) -> Answer:
    """Hand the role over to another member, starting today."""
    member_term = or_404(queries.term_of(db.session(), term_id))
    members = [member for member in present_members(db.session()) if member.id != member_term.member.id]
    form = HandoverForm.among(members)
    page = _choice_page(form, members, heading=_("Hand over the role"), held=member_term)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.hand_over(
            db.session(),
            **actor_now(),
            is_desk=g.is_desk,
            term_id=term_id,
            choice=form.choice(),
            stays_as=Role(form.stays_as.data),
        )
    return _begun(chapter, form, members)


@blueprint.route("/appointment", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def appoint(chapter: str) -> Answer:
    """Appoint a focal point while the chapter has none."""
    members = present_members(db.session())
    return _appoint(chapter, members, Rank.PRIMARY, _("Choose a focal point"))


@blueprint.route("/deputies/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def add_deputy(chapter: str) -> Answer:
    """Appoint a deputy from the members without a current term."""
    current_terms = queries.running_terms(db.session(), chapter_today())
    members = [member for member in present_members(db.session()) if member.id not in current_terms]
    return _appoint(chapter, members, Rank.DEPUTY, _("Choose a deputy"))


@blueprint.route("/terms/<uuid:term_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def end_term(chapter: str, term_id: UUID) -> Answer:
    """Ask for confirmation, then end a deputy's term."""
    member_term, form = or_404(queries.term_of(db.session(), term_id)), ServiceForm()
    page = partial(render_template, "focal_point/end.html", form=form, held=member_term)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        is_new = services.end_term(db.session(), **actor_now(), is_desk=g.is_desk, term_id=term_id)
    words = _("The term of %(name)s has ended.", name=member_term.member.name)
    return finish(words if is_new else _("This term had already ended."), _step_url(chapter))


def _appoint(chapter: str, members: Sequence[Membership], rank: Rank, heading: str) -> Answer:
    form = ChoiceForm.among(members)
    page = _choice_page(form, members, heading=heading)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.appoint(db.session(), **actor_now(), is_desk=g.is_desk, choice=form.choice(), rank=rank)
    return _begun(chapter, form, members)


def _choice_page(form: ChoiceForm, members: Sequence[Membership], **context: Any) -> Callable[[], str]:
    return partial(render_template, "focal_point/choose.html", form=form, members=members, **context)


def _begun(chapter: str, form: ChoiceForm, members: Sequence[Membership]) -> Response:
    name = next(member.name for member in members if str(member.id) == form.membership_id.data)
    return finish(_("Saved. The term of %(name)s begins today.", name=name), _step_url(chapter))


def _terms(today: date) -> Terms:
    terms = queries.latest_terms(db.session())
    current_terms = [member_term for member_term in terms if member_term.runs(today)]
    past = [member_term for member_term in terms if not member_term.runs(today)]
    primary = next((member_term for member_term in current_terms if member_term.term.rank == Rank.PRIMARY), None)
    last = next((member_term.term.ends_on for member_term in past if member_term.term.rank == Rank.PRIMARY), None)
    return Terms(
        primary=primary,
        deputies=[member_term for member_term in current_terms if member_term.term.rank == Rank.DEPUTY],
        past=past,
        vacant_since=last + timedelta(days=1) if last and primary is None else None,
    )


def _step_url(chapter: str) -> str:
    return url_for(".show", chapter=chapter)
