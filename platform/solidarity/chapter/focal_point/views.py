"""Step 1: who answers for the chapter, until when, who stands beside, and who did before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.context import chapter_day, home_where_pressed, may
from solidarity.chapter.focal_point.forms import ChoiceForm, HandoverForm
from solidarity.forms.base import ServiceForm
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from tenants import clock
from tenants.action_kit.focal_point import queries, services
from tenants.action_kit.focal_point.queries import MemberTerm
from tenants.db import db
from tenants.errors import Refused
from tenants.people.models import Membership
from tenants.people.permissions import Permission, Role
from tenants.people.queries import present_members
from tenants.people.terms import Rank

Answer = str | Response | tuple[str, int]

focal_point = Blueprint("focal_point", __name__, url_prefix="/c/<chapter>/focal-point")


@dataclass(frozen=True)
class Terms:
    """The terms of a chapter as its page tells them. `vacant_since` is a day only while nobody answers for it."""

    primary: MemberTerm | None
    deputies: list[MemberTerm]
    past: list[MemberTerm]
    vacant_since: date | None

    @property
    def lapsed(self) -> MemberTerm | None:
        """The latest term of whoever answered last, where she is still there to take it up again."""
        last = next((held for held in self.past if held.term.rank == Rank.PRIMARY), None)
        return last if last and self.primary is None and last.member.left_at is None else None


@focal_point.get("")
@requires(Permission.READ_CHAPTER)
def show(chapter: str) -> str:
    """Say who answers for the chapter, or that nobody does and what can be done about it."""
    moment = clock.now()
    today = chapter_day(moment)
    terms = _terms(today)
    primary = terms.primary
    is_own = primary is not None and primary.member.user_id == signed_in_person().user_id
    manages = may(Permission.MANAGE_PEOPLE)
    return render_template(
        "focal_point/show.html",
        terms=terms,
        today=today,
        is_own=is_own,
        may_manage=manages,
        may_see=may(Permission.SEE_PEOPLE),
        may_confirm=manages and primary is not None and primary.term.confirmed_on != today,
        may_renew=manages and primary is not None and services.renewable_from(primary.term) <= today,
        may_hand_over=manages and primary is not None and (is_own or g.is_desk),
    )


@focal_point.post("/terms/<uuid:subject_id>/confirmation")
@requires(Permission.MANAGE_PEOPLE)
def confirm(chapter: str, subject_id: UUID) -> Response:
    """Say that she is still the right person."""
    held = _held(subject_id)
    try:
        is_new = services.confirm_term(db.session(), **_by_whom(), term_id=subject_id)
    except Refused as refused:
        warn_of(refused)
        return _to_page(chapter)
    said = _("Thank you. %(name)s is confirmed.", name=held.member.name)
    flash_done(said if is_new else _("This was already confirmed today."))
    return home_where_pressed(chapter) or _to_page(chapter)


@focal_point.post("/terms/<uuid:term_id>/renewal")
@requires(Permission.MANAGE_PEOPLE)
def renew(chapter: str, term_id: UUID) -> Response:
    """Let a term run on, or begin anew."""
    held = _held(term_id)
    try:
        services.renew_term(db.session(), **_by_whom(), term_id=term_id)
    except Refused as refused:
        warn_of(refused)
        return _to_page(chapter)
    flash_done(_("The term of %(name)s is renewed.", name=held.member.name))
    return _to_page(chapter)


@focal_point.route("/terms/<uuid:term_id>/handover", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def hand_over(chapter: str, term_id: UUID) -> Answer:
    """Hand over to another member, from today on."""
    held = _held(term_id)
    members = [each for each in present_members(db.session()) if each.id != held.member.id]
    form = HandoverForm.among(members)

    def act() -> None:
        services.hand_over(
            db.session(), **_by_whom(), term_id=term_id, choice=form.choice(), stays_as=Role(form.stays_as.data)
        )

    return _choose(chapter, form, members, act, heading=_("Hand over the role"), held=held)


@focal_point.route("/appointment", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def appoint(chapter: str) -> Answer:
    """Choose who answers for the chapter while nobody does."""
    members = present_members(db.session())
    form = ChoiceForm.among(members)

    def act() -> None:
        services.appoint(db.session(), **_by_whom(), choice=form.choice(), rank=Rank.PRIMARY)

    return _choose(chapter, form, members, act, heading=_("Choose a focal point"))


@focal_point.route("/deputies/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def add_deputy(chapter: str) -> Answer:
    """Choose who stands beside whoever answers for the chapter."""
    taken = queries.running_terms(db.session(), chapter_day(clock.now()))
    members = [each for each in present_members(db.session()) if each.id not in taken]
    form = ChoiceForm.among(members)

    def act() -> None:
        services.appoint(db.session(), **_by_whom(), choice=form.choice(), rank=Rank.DEPUTY)

    return _choose(chapter, form, members, act, heading=_("Choose a deputy"))


@focal_point.route("/terms/<uuid:term_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def end_term(chapter: str, term_id: UUID) -> Answer:
    """Ask, then end a deputy's term."""
    held, form = _held(term_id), ServiceForm()
    if not form.is_submitted():
        return render_template("focal_point/end.html", form=form, held=held)
    try:
        is_new = services.end_term(db.session(), **_by_whom(), term_id=term_id)
    except Refused as refused:
        form.show(refused)
        return render_template("focal_point/end.html", form=form, held=held), 422
    ended = _("The term of %(name)s has ended.", name=held.member.name)
    flash(ended if is_new else _("This term had already ended."))
    return _to_page(chapter)


def _choose(
    chapter: str, form: ChoiceForm, members: Sequence[Membership], act: Callable[[], None], **context: Any
) -> Answer:
    """Show a form that chooses a member, or do what it asks; what was typed stays where that is refused."""
    names = {str(each.id): each.name for each in members}
    if form.is_submitted():
        if form.validate():
            try:
                act()
            except Refused as refused:
                form.show(refused)
            else:
                flash_done(_("Saved. The term of %(name)s begins today.", name=names[form.membership_id.data]))
                return _to_page(chapter)
        return render_template("focal_point/choose.html", form=form, members=members, **context), 422
    return render_template("focal_point/choose.html", form=form, members=members, **context)


def _terms(today: date) -> Terms:
    told = queries.latest_terms(db.session())
    running = [held for held in told if held.runs(today)]
    past = [held for held in told if not held.runs(today)]
    primary = next((held for held in running if held.term.rank == Rank.PRIMARY), None)
    last = next((held.term.ends_on for held in past if held.term.rank == Rank.PRIMARY), None)
    return Terms(
        primary=primary,
        deputies=[held for held in running if held.term.rank == Rank.DEPUTY],
        past=past,
        vacant_since=last + timedelta(days=1) if last and primary is None else None,
    )


def _held(term_id: UUID) -> MemberTerm:
    """Return a term of this chapter; of any other there is no such page."""
    return queries.term_of(db.session(), term_id) or abort(404)


def _by_whom() -> dict[str, Any]:
    return {"actor_id": signed_in_person().user_id, "at": clock.now(), "is_desk": g.is_desk}


def _to_page(chapter: str) -> Response:
    return redirect(url_for(".show", chapter=chapter))
