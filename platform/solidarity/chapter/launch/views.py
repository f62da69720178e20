"""Step 4: the launch event, the checklist counted back from its date, and the head counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_today, home_if_pressed_there, may, row_states
from solidarity.chapter.launch.forms import EventForm, ItemForm, NewEventForm, TallyForm, count_data, event_data
from solidarity.chapter.reports.sent_reports import sent_report_of
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.head_count_grid import grid_to_fill, grid_to_read, totals_to_fill, totals_to_read
from solidarity.forms.submission import Answer, actor_now, finish, submission
from solidarity.i18n.locale import format_number
from solidarity.labels.cells import SEX_WORDS
from solidarity.lookup import or_404
from tenants import clock
from tenants.action_kit.launch import services
from tenants.action_kit.launch.checklist import USUAL_DAYS, is_short
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyKind
from tenants.action_kit.launch.obligations import CHECKLIST_ITEM
from tenants.action_kit.launch.queries import Tally, event_of, item_of, items_of, launch_of, tallies_of
from tenants.clock import local_day
from tenants.db import db
from tenants.people.permissions import Permission

blueprint = Blueprint("launch", __name__, url_prefix="/c/<chapter>/launch")


@blueprint.get("")
@requires(Permission.READ_CHAPTER)
def show(chapter: str) -> Answer:
    """Show the launch event and its checklist, or that none is planned."""
    return _launch_page()


@blueprint.route("/event", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def plan_event(chapter: str) -> Answer:
    """Plan the launch event."""
    form = NewEventForm(data={"zone": g.chapter.zone}, today=chapter_today())
    page = partial(render_template, "launch/event.html", form=form, event=None)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.plan_event(db.session(), **actor_now(), entry=form.entry())
    return finish(_("Event planned. The checklist dates are counted back from the event date."), _step_url(chapter))


@blueprint.route("/event/<uuid:event_id>/revision", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def revise_event(chapter: str, event_id: UUID) -> Answer:
    """Change an event. If another person saved first, show both versions."""
    event = or_404(event_of(db.session(), event_id))
    form = EventForm(today=chapter_today())
    page = partial(render_template, "launch/event.html", form=form, event=event)
    if not form.is_submitted():
        form.process(data=event_data(services.event_entry(event), event.number))
        return page()
    with submission(form, page, conflict=partial(_event_conflict, form, event)):
        services.revise_event(
            db.session(), **actor_now(), event_id=event_id, seen=form.seen_number(), entry=form.entry()
        )
    return finish(_("Saved. Checklist items that are not done moved with the event date."), _step_url(chapter))


@blueprint.post("/event/<uuid:event_id>/cancellation")
@requires(Permission.EDIT_LAUNCH)
def cancel(chapter: str, event_id: UUID) -> Answer:
    """Cancel an event."""
    event, form = or_404(event_of(db.session(), event_id)), ServiceForm()
    with submission(form, lambda: _launch_page(form.form_errors)):
        services.cancel_event(db.session(), **actor_now(), event_id=event.id)
    return finish(_("Event cancelled. Nothing is due for it any more."), _step_url(chapter))


@blueprint.route("/event/<uuid:event_id>/items/new", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def add_item(chapter: str, event_id: UUID) -> Answer:
    """Add an item of the chapter's own to the checklist."""
    event, form = or_404(event_of(db.session(), event_id)), ItemForm()
    page = partial(render_template, "launch/item.html", form=form, event=event)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.add_item(
            db.session(), **actor_now(), event_id=event_id, title=text_of(form.title), due_on=form.due_day()
        )
    return finish(_("Added to the checklist."), _step_url(chapter))


@blueprint.post("/items/<uuid:subject_id>/completion")
@requires(Permission.EDIT_LAUNCH)
def finish_item(chapter: str, subject_id: UUID) -> Answer:
    """Mark an item as done. An item that waits for another one is refused."""
    item, form = or_404(item_of(db.session(), subject_id)), ServiceForm()
    with submission(form, lambda: _launch_page(form.form_errors)):
        is_new = services.finish_item(db.session(), **actor_now(), item_id=item.id)
    words = _("Done: %(item)s", item=services.item_text(item)) if is_new else _("This was already marked as done.")
    return finish(words, home_if_pressed_there(chapter) or _step_url(chapter, item.id))


@blueprint.post("/items/<uuid:subject_id>/reopening")
@requires(Permission.EDIT_LAUNCH)
def reopen_item(chapter: str, subject_id: UUID) -> Answer:
    """Mark an item as not done."""
    item, form = or_404(item_of(db.session(), subject_id)), ServiceForm()
    with submission(form, lambda: _launch_page(form.form_errors)):
        services.reopen_item(db.session(), **actor_now(), item_id=item.id)
    words = _("Not done yet: %(item)s", item=services.item_text(item))
    return finish(words, home_if_pressed_there(chapter) or _step_url(chapter, item.id))


@blueprint.post("/items/<uuid:subject_id>/removal")
@requires(Permission.EDIT_LAUNCH)
def remove_item(chapter: str, subject_id: UUID) -> Answer:
    """Remove an item that the chapter added by mistake."""
    item, form = or_404(item_of(db.session(), subject_id)), ServiceForm()
    with submission(form, lambda: _launch_page(form.form_errors)):
        services.remove_item(db.session(), **actor_now(), item_id=item.id)
    return finish(_("Removed from the checklist."), _step_url(chapter, item.event_id))


@blueprint.route("/event/<uuid:event_id>/count/<kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def count(chapter: str, event_id: UUID, kind: str) -> Answer:
    """Record the attendance or the sign-ups. A second count is a new revision, and the earlier one is kept."""
    if kind not in set(TallyKind):
        abort(404)
    event, tally_kind = or_404(event_of(db.session(), event_id)), TallyKind(kind)
    tally = tallies_of(db.session(), event.id).get(tally_kind)
    form = TallyForm()
    page = partial(_count_page, form, event, tally_kind)
    if not form.is_submitted():
        form.process(data=count_data(tally.counts, tally.number) if tally else {})
        return page()
    with submission(form, page, conflict=partial(_count_conflict, form, event, tally_kind)):
        services.record_tally(
            db.session(),
            **actor_now(),
            event_id=event_id,
            kind=tally_kind,
            counts=form.counts(),
            seen=form.seen_number(),
        )
    words = _("Saved. The earlier count is kept.") if tally else _("Saved.")
    report = sent_report_of([event.held_on])
    return finish(words if report is None else f"{words} {report.sentence}", _step_url(chapter, event_id))


def _launch_page(problems: Sequence[str] = ()) -> str:
    """Show the launch event. `problems` are the reasons why an action was refused."""
    session, moment = db.session(), clock.now()
    event = launch_of(session)
    may_edit = may(Permission.EDIT_LAUNCH)
    if event is None:
        return render_template("launch/show.html", event=None, may_edit=may_edit, problems=problems)
    today = local_day(moment, event.zone)
    items, tallies = items_of(session, event.id), tallies_of(session, event.id)
    return render_template(
        "launch/show.html",
        event=event,
        headline=_headline(event, tallies, today),
        today=today,
        is_over=today >= event.held_on,
        short_time=_short_time(event) if items and today <= event.held_on else "",
        windows=_windows(event, items),
        states=row_states(CHECKLIST_ITEM),
        done=sum(item.done_at is not None for item in items),
        of=len(items),
        attendance=_tally_to_read(tallies.get(TallyKind.ATTENDANCE)),
        signups=_tally_to_read(tallies.get(TallyKind.SIGNUPS)),
        columns=list(SEX_WORDS.values()),
        may_edit=may_edit,
        problems=problems,
    )


def _event_conflict(form: EventForm, event: LaunchEvent) -> Conflict:
    saved_form = EventForm(formdata=None, data=event_data(services.event_entry(event), event.number), today=form.today)
    return conflict_between(form, saved_form, subject_id=event.id, actions=("launch.planned", "launch.revised"))


def _count_conflict(form: TallyForm, event: LaunchEvent, kind: TallyKind) -> Conflict:
    latest = tallies_of(db.session(), event.id)[kind]
    saved_form = TallyForm(formdata=None, data=count_data(latest.counts, latest.number))
    return conflict_between(form, saved_form, subject_id=event.id, actions=("launch.counted",))


def _headline(event: LaunchEvent, tallies: dict[TallyKind, Tally], today: date) -> str:
    attendance, days = tallies.get(TallyKind.ATTENDANCE), (event.held_on - today).days
    if attendance is not None:
        sentence = ngettext(
            "%(people)s person came: %(title)s",
            "%(people)s people came: %(title)s",
            attendance.people,
            people=format_number(attendance.people),
            title=event.title,
        )
    elif days > 0:
        sentence = ngettext(
            "In %(days)s day: %(title)s",
            "In %(days)s days: %(title)s",
            days,
            days=format_number(days),
            title=event.title,
        )
    elif days == 0:
        sentence = _("Today: %(title)s", title=event.title)
    else:
        sentence = _("Attendance not counted yet: %(title)s", title=event.title)
    return str(sentence)


def _windows(event: LaunchEvent, items: list[ChecklistItem]) -> list[dict[str, Any]]:
    """Group a checklist by due dates, each item with the open item that it waits for."""
    by_id = {item.id: item for item in items}
    windows: dict[date, list[dict[str, Any]]] = {}
    for item in sorted(items, key=lambda item: _shown_due_day(event, item)):
        first = by_id.get(item.waits_for_id) if item.waits_for_id else None
        waits_for = services.item_text(first) if first is not None and first.done_at is None else None
        row = {"item": item, "words": services.item_text(item), "waits_for": waits_for}
        windows.setdefault(_shown_due_day(event, item), []).append(row)
    return [
        {"by": due_on, "rows": rows, "done": sum(row["item"].done_at is not None for row in rows)}
        for due_on, rows in windows.items()
    ]


def _shown_due_day(event: LaunchEvent, item: ChecklistItem) -> date:
    """Return the due date of an item. For one that is done it follows the event's date, as that of open items does."""
    return item.due_on if item.done_at is None else services.due_day(event, item)


def _short_time(event: LaunchEvent) -> str:
    """Return the sentence that the due dates are spread over fewer days than usual; empty if they are not."""
    if event.dated_on is None or not is_short(held_on=event.held_on, dated_on=event.dated_on):
        return ""
    days = (event.held_on - event.dated_on).days
    usual = _("%(usual)s days are usual; you have %(days)s.", usual=format_number(USUAL_DAYS), days=format_number(days))
    spread = _("The due dates are spread over the days that are left.")
    return f"{usual} {spread}"


def _tally_to_read(tally: Tally | None) -> dict[str, Any] | None:
    if tally is None:
        return None
    return {"tally": tally, "grid": grid_to_read(tally.counts), "column_totals": totals_to_read(tally.counts)}


def _count_page(form: TallyForm, event: LaunchEvent, kind: TallyKind, **context: Any) -> str:
    return render_template(
        "launch/count.html",
        form=form,
        event=event,
        kind=kind,
        is_signups=kind is TallyKind.SIGNUPS,
        columns=list(SEX_WORDS.values()),
        grid=grid_to_fill(form),
        column_totals=totals_to_fill(form),
        **context,
    )


def _step_url(chapter: str, row_id: UUID | None = None) -> str:
    return url_for(".show", chapter=chapter, _anchor=f"s-{row_id}" if row_id else None)
