"""Step 4: the launch, the checklist counted back from its day, and who was counted there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.context import chapter_day, home_where_pressed, may
from solidarity.chapter.launch.forms import EventForm, ItemForm, TallyForm, count_data, event_data
from solidarity.forms.conflicts import conflict
from solidarity.forms.head_count_grid import grid_to_fill, grid_to_read, totals_to_fill, totals_to_read
from solidarity.forms.undo_flash import flash_done
from solidarity.i18n.locale import format_number
from solidarity.labels.cells import SEX_WORDS
from tenants import clock
from tenants.action_kit.launch import services
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyKind
from tenants.action_kit.launch.queries import Tally, event_of, item_of, items_of, launch_of, tallies_of
from tenants.clock import local_day
from tenants.db import db
from tenants.errors import Refused, VersionConflict
from tenants.people.permissions import Permission

Answer = str | Response | tuple[str, int]

launch = Blueprint("launch", __name__, url_prefix="/c/<chapter>/launch")


@launch.get("")
@requires(Permission.READ_CHAPTER)
def show(chapter: str) -> Answer:
    """Show how far the launch is, or that none is planned."""
    return _show_page()


@launch.route("/event", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def plan_event(chapter: str) -> Answer:
    """Plan the launch."""
    form, moment = EventForm(data={"zone": g.chapter.zone}), clock.now()
    if request.method == "GET":
        return render_template("launch/event.html", form=form, event=None)
    entry = form.entry(today=chapter_day(moment))
    if entry is None:
        return render_template("launch/event.html", form=form, event=None), 422
    try:
        services.plan_event(db.session(), actor_id=signed_in_person().user_id, at=moment, entry=entry)
    except Refused as refused:
        form.show(refused)
        return render_template("launch/event.html", form=form, event=None), 422
    flash_done(_("Event planned. The checklist dates are counted back from the event date."))
    return redirect(url_for(".show", chapter=chapter))


@launch.route("/event/<uuid:event_id>/revision", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def revise_event(chapter: str, event_id: UUID) -> Answer:
    """Change an event; of two people at once the second gets both texts."""
    event, moment = _event(event_id), clock.now()
    if request.method == "GET":
        form = EventForm(data=event_data(services.event_entry(event), event.number))
        return render_template("launch/event.html", form=form, event=event)
    form = EventForm()
    seen, entry = form.seen_number(), form.entry(today=chapter_day(moment))
    if entry is None:
        return render_template("launch/event.html", form=form, event=event), 422
    try:
        services.revise_event(
            db.session(), actor_id=signed_in_person().user_id, at=moment, event_id=event_id, seen=seen, entry=entry
        )
    except Refused as refused:
        form.show(refused)
        return render_template("launch/event.html", form=form, event=event), 422
    except VersionConflict as first:
        form.seen.data = str(first.current)
        saved = EventForm(formdata=None, data=event_data(services.event_entry(event), event.number))
        found = conflict(form, saved, subject_id=event_id, actions=("launch.planned", "launch.revised"))
        return render_template("launch/event.html", form=form, event=event, conflict=found), 409
    flash_done(_("Saved. Checklist items that are not done moved with the event date."))
    return redirect(url_for(".show", chapter=chapter))


@launch.post("/event/<uuid:event_id>/cancellation")
@requires(Permission.EDIT_LAUNCH)
def cancel(chapter: str, event_id: UUID) -> Answer:
    """Call an event off."""
    event = _event(event_id)
    try:
        services.cancel_event(db.session(), actor_id=signed_in_person().user_id, at=clock.now(), event_id=event.id)
    except Refused as refused:
        return _show_page(refused), 422
    flash(_("Event cancelled. Nothing is due for it any more."))
    return redirect(url_for(".show", chapter=chapter))


@launch.route("/event/<uuid:event_id>/items/new", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def add_item(chapter: str, event_id: UUID) -> Answer:
    """Add something of the chapter's own to the checklist."""
    event, form = _event(event_id), ItemForm()
    if request.method == "GET":
        return render_template("launch/item.html", form=form, event=event)
    try:
        if not form.validate():
            return render_template("launch/item.html", form=form, event=event), 422
        services.add_item(
            db.session(),
            actor_id=signed_in_person().user_id,
            at=clock.now(),
            event_id=event_id,
            title=form.title.data or "",
            due_on=form.due_on.data or date.min,  # asked for above
        )
    except Refused as refused:
        form.show(refused)
        return render_template("launch/item.html", form=form, event=event), 422
    flash_done(_("Added to the checklist."))
    return redirect(url_for(".show", chapter=chapter))


@launch.post("/items/<uuid:subject_id>/completion")
@requires(Permission.EDIT_LAUNCH)
def finish_item(chapter: str, subject_id: UUID) -> Answer:
    """Mark an item as done; what waits for another is refused."""
    item = _item(subject_id)
    try:
        is_new = services.finish_item(
            db.session(), actor_id=signed_in_person().user_id, at=clock.now(), item_id=item.id
        )
    except Refused as refused:
        return _show_page(refused), 422
    words = services.item_text(item)
    flash_done(_("Done: %(item)s", item=words) if is_new else _("This was already marked as done."))
    return _back(chapter, item)


@launch.post("/items/<uuid:subject_id>/reopening")
@requires(Permission.EDIT_LAUNCH)
def reopen_item(chapter: str, subject_id: UUID) -> Answer:
    """Undo that an item is done."""
    item = _item(subject_id)
    try:
        services.reopen_item(db.session(), actor_id=signed_in_person().user_id, at=clock.now(), item_id=item.id)
    except Refused as refused:
        return _show_page(refused), 422
    flash_done(_("Not done yet: %(item)s", item=services.item_text(item)))
    return _back(chapter, item)


@launch.route("/event/<uuid:event_id>/count/<kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_LAUNCH)
def count(chapter: str, event_id: UUID, kind: str) -> Answer:
    """Count who came, or who signed up; a count given again is a new revision, the earlier one is kept."""
    if kind not in set(TallyKind):
        abort(404)
    event, tally_kind, moment = _event(event_id), TallyKind(kind), clock.now()
    saved = tallies_of(db.session(), event.id).get(tally_kind)
    if request.method == "GET":
        form = TallyForm(data=count_data(saved.counts, saved.number) if saved else {})
        return _count_page(form, event, tally_kind)
    form = TallyForm()
    seen, counts = form.seen_number(), form.counts()
    if counts is None:
        return _count_page(form, event, tally_kind), 422
    try:
        services.record_tally(
            db.session(),
            actor_id=signed_in_person().user_id,
            at=moment,
            event_id=event_id,
            kind=tally_kind,
            counts=counts,
            seen=seen,
        )
    except Refused as refused:
        form.show(refused)
        return _count_page(form, event, tally_kind), 422
    except VersionConflict as first:
        form.seen.data = str(first.current)
        latest = tallies_of(db.session(), event.id)[tally_kind]
        now = TallyForm(formdata=None, data=count_data(latest.counts, latest.number))
        found = conflict(form, now, subject_id=event_id, actions=("launch.counted",))
        return _count_page(form, event, tally_kind, conflict=found), 409
    flash_done(_("Saved. The earlier count is kept.") if saved else _("Saved."))
    return redirect(url_for(".show", chapter=chapter, _anchor=f"s-{event_id}"))


def _show_page(refused: Refused | None = None) -> str:
    session, moment = db.session(), clock.now()
    event = launch_of(session)
    problems = list(refused.errors.values()) if refused else []
    may_edit = may(Permission.EDIT_LAUNCH)
    if event is None:
        return render_template("launch/show.html", event=None, may_edit=may_edit, problems=problems)
    today = local_day(moment, event.zone)
    items, tallies = items_of(session, event.id), tallies_of(session, event.id)
    return render_template(
        "launch/show.html",
        event=event,
        finding=_finding(event, tallies, today),
        today=today,
        is_over=today >= event.held_on,
        windows=_windows(event, items),
        done=sum(item.done_at is not None for item in items),
        of=len(items),
        attendance=_tally_to_read(tallies.get(TallyKind.ATTENDANCE)),
        signups=_tally_to_read(tallies.get(TallyKind.SIGNUPS)),
        columns=list(SEX_WORDS.values()),
        may_edit=may_edit,
        problems=problems,
    )


def _finding(event: LaunchEvent, tallies: dict[TallyKind, Tally], today: date) -> str:
    counted, days = tallies.get(TallyKind.ATTENDANCE), (event.held_on - today).days
    if counted is not None:
        sentence = ngettext(
            "%(people)s person came: %(title)s",
            "%(people)s people came: %(title)s",
            counted.people,
            people=format_number(counted.people),
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
    """Group a checklist by the days before the event, each item with what it waits for."""
    by_id = {item.id: item for item in items}
    windows: dict[int, list[dict[str, Any]]] = {}
    for item in items:
        first = by_id.get(item.waits_for_id) if item.waits_for_id else None
        waits_for = services.item_text(first) if first is not None and first.done_at is None else None
        row = {"item": item, "words": services.item_text(item), "waits_for": waits_for}
        windows.setdefault(item.days_before, []).append(row)
    return [
        {
            "days": days,
            "by": event.held_on - timedelta(days=days),
            "rows": rows,
            "done": sum(row["item"].done_at is not None for row in rows),
        }
        for days, rows in windows.items()
    ]


def _tally_to_read(tally: Tally | None) -> dict[str, Any] | None:
    if tally is None:
        return None
    return {"tally": tally, "grid": grid_to_read(tally.counts), "column_totals": totals_to_read(tally.counts)}


def _count_page(form: TallyForm, event: LaunchEvent, kind: TallyKind, **more: Any) -> str:
    return render_template(
        "launch/count.html",
        form=form,
        event=event,
        kind=kind,
        is_signups=kind is TallyKind.SIGNUPS,
        columns=list(SEX_WORDS.values()),
        grid=grid_to_fill(form),
        column_totals=totals_to_fill(form),
        **more,
    )


def _back(chapter: str, item: ChecklistItem) -> Response:
    """Lead to the item again, or home, where it was pressed."""
    return home_where_pressed(chapter) or redirect(url_for(".show", chapter=chapter, _anchor=f"s-{item.id}"))


def _event(event_id: UUID) -> LaunchEvent:
    event = event_of(db.session(), event_id)
    return event if event is not None else abort(404)


def _item(item_id: UUID) -> ChecklistItem:
    item = item_of(db.session(), item_id)
    return item if item is not None else abort(404)
