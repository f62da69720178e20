"""Step 2: the chapter's plan, its working copy and the versions sent for approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import as_of, chapter_day, home_if_pressed_there, may, obligations, row_states
from solidarity.chapter.plan import page as plan_page
from solidarity.chapter.plan.forms import NewLineForm, PlanLineForm, ReturnForm
from solidarity.chapter.requests import finish_decision
from solidarity.forms.base import text_of
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.lookup import or_404, own_row, uuid_or_404
from tenants import clock
from tenants.action_kit.plan import lines, queries, services
from tenants.action_kit.plan.models import LineKind, PlanLine, PlanVersion, VersionState
from tenants.action_kit.plan.obligations import PLANNED_ACTIVITY_DUE
from tenants.action_kit.plan.queries import NamedLine
from tenants.db import db
from tenants.people.models import Membership
from tenants.people.permissions import Permission
from tenants.people.queries import present_members

ADD_WORDS = {
    LineKind.OUTCOME: _l("Add an outcome"),
    LineKind.OUTPUT: _l("Add an output"),
    LineKind.ACTIVITY: _l("Add an activity"),
}
REVISE_WORDS = {
    LineKind.OUTCOME: _l("Change the outcome"),
    LineKind.OUTPUT: _l("Change the output"),
    LineKind.ACTIVITY: _l("Change the activity"),
}

blueprint = Blueprint("plan", __name__, url_prefix="/c/<chapter>/plan")


@blueprint.get("", endpoint="show")
@requires(Permission.READ_CHAPTER)
def show_plan(chapter: str) -> str:
    """Show the plan, its progress, and the actions that the reader may take."""
    return _page(ReturnForm(formdata=None))


@blueprint.route("/lines/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def add_line(chapter: str) -> Answer:
    """Add an outcome, or an output or activity under another line."""
    kind, parent = _kind_asked(), _parent_asked()
    if (parent.kind if parent else None) != lines.ABOVE[kind]:
        abort(404)
    form = NewLineForm.of(kind, _members(kind))
    page = partial(render_template, "plan/line.html", form=form, heading=ADD_WORDS[kind], parent=parent)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        line = lines.add_line(
            db.session(), **actor_now(), kind=kind, parent_id=parent.id if parent else None, entry=form.entry()
        )
    return finish(_("Added to the plan."), _step_url(chapter, line.id))


@blueprint.route("/lines/<uuid:line_id>/revision", methods=["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def revise_line(chapter: str, line_id: UUID) -> Answer:
    """Change a line. If another person saved first, show both versions."""
    line = or_404(lines.find_line(db.session(), line_id))
    kind = LineKind(line.kind)
    members = _members(kind)
    form = PlanLineForm.of(kind, members, lines.line_entry(line), line.number)
    page = partial(render_template, "plan/line.html", form=form, heading=REVISE_WORDS[kind], line=line)
    if not form.is_submitted():
        return page()
    with submission(form, page, conflict=partial(_line_conflict, form, line, members)):
        lines.revise_line(db.session(), **actor_now(), line_id=line_id, seen=form.seen_number(), entry=form.entry())
    return finish(_("Saved."), _step_url(chapter, line_id))


@blueprint.post("/lines/<uuid:line_id>/removal")
@requires(Permission.EDIT_PLAN)
def remove_line(chapter: str, line_id: UUID) -> Response:
    """Remove a line from the working copy. Versions that were sent keep it."""
    line = or_404(lines.find_line(db.session(), line_id))
    return _press(chapter, lines.remove_line, _("Removed from the plan."), line_id=line.id)


@blueprint.post("/template")
@requires(Permission.EDIT_PLAN)
def start(chapter: str) -> Response:
    """Fill an empty plan with the lines of the template."""
    return _press(chapter, lines.start_from_template, _("A short plan was added. Change it to fit your chapter."))


@blueprint.post("/submissions")
@requires(Permission.EDIT_PLAN)
def submit(chapter: str) -> Response:
    """Send the plan for approval."""
    return _press(
        chapter,
        services.submit_plan,
        _("The plan was sent. You can keep editing; the version you sent stays as it is."),
    )


@blueprint.post("/submissions/<uuid:version_id>/approval")
@requires(Permission.APPROVE_PLAN)
def approve(chapter: str, version_id: UUID) -> Response:
    """Approve a version that another person sent."""
    version = own_row(PlanVersion, version_id)
    with one_click(_step_url(chapter)):
        services.approve_plan(db.session(), **actor_now(), version_id=version.id, is_desk=g.is_desk)
    return finish_decision(_("The plan is approved."), _step_url(chapter), subject_id=version.id)


@blueprint.post("/submissions/<uuid:version_id>/return")
@requires(Permission.APPROVE_PLAN)
def give_back(chapter: str, version_id: UUID) -> Answer:
    """Return a version that another person sent, with a reason."""
    version, form = own_row(PlanVersion, version_id), ReturnForm()
    with submission(form, partial(_page, form)), one_click(_step_url(chapter), field_name="decision"):
        services.return_plan(
            db.session(),
            **actor_now(),
            version_id=version.id,
            reason=text_of(form.reason),
            is_desk=g.is_desk,
        )
    return finish_decision(_("The plan was returned with your reason."), _step_url(chapter), subject_id=version.id)


@blueprint.post("/lines/<uuid:subject_id>/abandonment")
@requires(Permission.EDIT_PLAN)
def drop_activity(chapter: str, subject_id: UUID) -> Response:
    """Mark a planned activity as one that will not take place."""
    line = or_404(lines.find_line(db.session(), subject_id))
    return _press(chapter, lines.drop_activity, _("The activity will not take place."), line_id=line.id)


@blueprint.post("/lines/<uuid:subject_id>/reopening")
@requires(Permission.READ_CHAPTER)
def reopen_activity(chapter: str, subject_id: UUID) -> Response:
    """Reopen an activity that was dropped or marked as done."""
    return _press(chapter, lines.reopen_activity, _("Activity reopened."), line_id=_own(subject_id))


def _page(form: ReturnForm) -> str:
    session, reader = db.session(), signed_in_person().user_id
    rows, versions = queries.named_lines(session, reader_id=reader), queries.named_versions(session)
    latest = versions[0] if versions else None
    submitted_version = latest if latest and latest.version.state == VersionState.SUBMITTED else None
    edits, moment = may(Permission.EDIT_PLAN), clock.now()
    today, due = chapter_day(moment), _due()
    urgent_states = row_states(PLANNED_ACTIVITY_DUE)
    states = {row.line.id: plan_page.state_of(row, urgent_states) for row in rows}
    held_count, planned_count = queries.count_progress(rows)
    is_changed = queries.has_changed(session, [row.line for row in rows])
    return render_template(
        "plan/show.html",
        rows=rows,
        under=_by_parent(rows),
        states=states,
        due=due,
        today=today,
        planned=planned_count,
        done=held_count,
        line=plan_page.months(rows, today),
        headline=plan_page.plan_headline(rows, latest),
        lead=plan_page.lead(
            latest,
            late=list(states.values()).count("late"),
            mark_count=plan_page.count_marked(rows),
            is_changed=is_changed,
            edits=edits,
        ),
        state_bar=plan_page.state_bar(versions),
        sentence_sent=plan_page.sentence_sent,
        sentence_decided=plan_page.sentence_decided,
        as_of=as_of(moment),
        latest=latest,
        waiting=submitted_version,
        versions=versions,
        lines_sent=queries.version_lines(session, submitted_version.version.id) if submitted_version else [],
        form=form,
        add_words=ADD_WORDS,
        may_edit=edits,
        may_submit=edits
        and submitted_version is None
        and is_changed
        and {row.line.kind for row in rows} == set(LineKind),
        may_decide=bool(
            submitted_version and may(Permission.APPROVE_PLAN) and submitted_version.version.submitted_by != reader
        ),
    )


def _line_conflict(form: PlanLineForm, line: PlanLine, members: list[Membership]) -> Conflict:
    saved_form = PlanLineForm.of(LineKind(line.kind), members, lines.line_entry(line), formdata=None)
    return conflict_between(form, saved_form, subject_id=line.id, actions=("plan.line_revised",))


def _by_parent(rows: list[NamedLine]) -> dict[UUID | None, list[NamedLine]]:
    under: dict[UUID | None, list[NamedLine]] = {}
    for row in rows:
        under.setdefault(row.line.parent_id, []).append(row)
    return under


def _due() -> dict[UUID, date]:
    """Return the approved due dates of open activities, by line."""
    return {
        obligation.subject_id: obligation.due_on
        for obligation in obligations()
        if obligation.kind is PLANNED_ACTIVITY_DUE
    }


def _members(kind: LineKind) -> list[Membership]:
    return list(present_members(db.session())) if kind is LineKind.ACTIVITY else []


def _kind_asked() -> LineKind:
    try:
        return LineKind(request.args.get("kind", LineKind.OUTCOME))
    except ValueError:
        abort(404)


def _parent_asked() -> PlanLine | None:
    parent_id = request.args.get("parent")
    if not parent_id:
        return None
    return or_404(lines.find_line(db.session(), uuid_or_404(parent_id)))


def _own(line_id: UUID) -> UUID:
    """Return the id of a line that the reader may edit or is responsible for; 404 for any other."""
    line = or_404(lines.find_line(db.session(), line_id))
    if not (
        may(Permission.EDIT_PLAN) or queries.is_responsible(db.session(), line, user_id=signed_in_person().user_id)
    ):
        abort(404)
    return line.id


def _press(chapter: str, act: Callable[..., object], words: str, **arguments: Any) -> Response:
    """Run the action of a button, show `words`, and redirect to the page of the button."""
    with one_click(_step_url(chapter)):
        act(db.session(), **actor_now(), **arguments)
    return finish(words, home_if_pressed_there(chapter) or _step_url(chapter, arguments.get("line_id")))


def _step_url(chapter: str, line_id: UUID | None = None) -> str:
    return url_for(".show", chapter=chapter, _anchor=f"s-{line_id}" if line_id else None)
