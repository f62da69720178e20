"""Step 5: the chapter's activity log. Every state of the list and every revision has an address."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.activities.forms import ActivityForm, LogForm, ReviseForm, form_data, read_entry
from solidarity.chapter.context import chapter_day
from solidarity.forms.head_count_grid import grid_to_fill, grid_to_read, totals_to_fill, totals_to_read
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from solidarity.http.pagination import page_of
from solidarity.i18n.locale import format_number
from solidarity.labels.cells import KIND_WORDS, SEX_WORDS
from tenants import clock
from tenants.action_kit.activities import services
from tenants.action_kit.activities.entries import ActivityEntry, tidy_activity
from tenants.action_kit.activities.models import Activity, ActivityRevision
from tenants.action_kit.activities.queries import (
    AuthoredRevision,
    find_by_form_key,
    head_counts,
    list_current,
    own_totals,
    revisions_of,
)
from tenants.db import db
from tenants.errors import Refused, VersionConflict
from tenants.people.permissions import Permission

Answer = str | Response | tuple[str, int]

activities = Blueprint("activities", __name__, url_prefix="/c/<chapter>/activities")


@dataclass(frozen=True)
class Saved:
    """A revision and what it says."""

    told: AuthoredRevision
    entry: ActivityEntry


@activities.get("")
@requires(Permission.READ_CHAPTER)
def list_activities(chapter: str) -> Answer:
    """List what the chapter did, the latest first, with what it comes to."""
    page = page_of(partial(list_current, db.session()), key=_place_in_list)
    if page.is_beyond:
        return redirect(url_for(".list_activities", chapter=chapter))
    return render_template(
        "activities/list.html",
        totals=own_totals(db.session()),
        shown=page.rows,
        kind_words=KIND_WORDS,
        newer=page.newer,
        older=page.older,
    )


@activities.route("/new", methods=["GET", "POST"])
@requires(Permission.LOG_ACTIVITY)
def log_activity(chapter: str) -> Answer:
    """Log an activity; the same form sent again leads to the activity it has already made."""
    form, moment = LogForm(), clock.now()
    today = chapter_day(moment)
    if request.method == "GET":
        return _form_page("activities/log.html", form, today=today)
    form_key, entry = form.key(), read_entry(form, today=today)
    if entry is None:
        return _form_page("activities/log.html", form, today=today), 422
    earlier = find_by_form_key(db.session(), form_key)
    if earlier is not None:
        return _sent_again(chapter, earlier, tidy_activity(entry), today=today)
    activity = services.log_activity(
        db.session(), actor_id=signed_in_person().user_id, at=moment, form_key=form_key, entry=entry
    )
    flash_done(_what_counts_now(entry))
    return _to(chapter, activity.id)


@activities.get("/<uuid:activity_id>")
@requires(Permission.READ_CHAPTER)
def show_activity(chapter: str, activity_id: UUID) -> Answer:
    """Show what the chapter says of an activity, today or in an earlier revision."""
    revisions = revisions_of(db.session(), activity_id)
    saved = _saved(_chosen(revisions, request.args.get("revision")))
    return render_template(
        "activities/show.html",
        told=saved.told,
        latest=revisions[0],
        revisions=revisions,
        **_facts(saved.entry),
    )


@activities.route("/<uuid:activity_id>/revision", methods=["GET", "POST"])
@requires(Permission.LOG_ACTIVITY)
def revise_activity(chapter: str, activity_id: UUID) -> Answer:
    """Correct an activity by a new revision; of two people at once the second gets both texts side by side."""
    saved, moment = _latest(activity_id), clock.now()
    today, number = chapter_day(moment), saved.told.revision.number
    if request.method == "GET":
        form = ReviseForm(data={**form_data(saved.entry), "seen": str(number)})
        return _revise_page(form, saved, today=today)
    form = ReviseForm()
    seen, entry = form.seen_number(), read_entry(form, today=today)
    if entry is None:
        return _revise_page(form, saved, today=today), 422
    try:
        revision = services.revise_activity(
            db.session(),
            actor_id=signed_in_person().user_id,
            at=moment,
            activity_id=activity_id,
            seen=seen,
            entry=entry,
        )
    except Refused as refused:
        warn_of(refused)
        return _to(chapter, activity_id)
    except VersionConflict:
        return _conflict(form, tidy_activity(entry), _latest(activity_id), today=today)
    flash_done(_what_counts_now(entry) if revision.number > number else _("There were no changes to save."))
    return _to(chapter, activity_id)


def _sent_again(chapter: str, activity: Activity, entry: ActivityEntry, *, today: date) -> Answer:
    """Answer a form that was sent before: with its activity, or, where it says something new, with both texts."""
    revisions = [_saved(told) for told in revisions_of(db.session(), activity.id)]
    if any(saved.entry == entry for saved in revisions):
        flash(_("This was already saved. It counts only once."))
        return _to(chapter, activity.id)
    return _conflict(ReviseForm(), entry, revisions[0], today=today)


def _conflict(form: ReviseForm, typed: ActivityEntry, saved: Saved, *, today: date) -> Answer:
    """Show hers, still typed, beside the saved one; sent from here on, hers goes over it knowingly."""
    form.seen.data = str(saved.told.revision.number)
    differing = [each.name for each in fields(typed) if getattr(typed, each.name) != getattr(saved.entry, each.name)]
    facts = _facts(saved.entry)
    return _revise_page(form, saved, today=today, conflict=True, differing=differing, facts=facts), 409


def _revise_page(form: ReviseForm, saved: Saved, *, today: date, conflict: bool = False, **more: Any) -> str:
    return _form_page("activities/revise.html", form, today=today, told=saved.told, conflict=conflict, **more)


def _form_page(template: str, form: ActivityForm, *, today: date, **more: Any) -> str:
    return render_template(
        template,
        form=form,
        today=today,
        columns=list(SEX_WORDS.values()),
        grid=grid_to_fill(form),
        column_totals=totals_to_fill(form),
        people=form.people_typed(),
        **more,
    )


def _facts(entry: ActivityEntry) -> dict[str, Any]:
    """Return what a page shows of an entry beside its texts."""
    counts = entry.counts or {}
    return {
        "entry": entry,
        "kind": KIND_WORDS[entry.kind],
        "columns": list(SEX_WORDS.values()),
        "grid": grid_to_read(counts),
        "column_totals": totals_to_read(counts),
    }


def _what_counts_now(entry: ActivityEntry) -> str:
    if entry.people is None:
        return str(_("Saved without a head count. Add one when you have it."))
    sentence = ngettext(
        "Saved. %(people)s participation now counts in your figures.",
        "Saved. %(people)s participations now count in your figures.",
        entry.people,
        people=format_number(entry.people),
    )
    return str(sentence)


def _latest(activity_id: UUID) -> Saved:
    return _saved(_chosen(revisions_of(db.session(), activity_id), None))


def _saved(told: AuthoredRevision) -> Saved:
    return Saved(told, services.activity_entry(told.revision, head_counts(db.session(), told.revision.id)))


def _chosen(revisions: list[AuthoredRevision], number: str | None) -> AuthoredRevision:
    """Return the revision an address names, else the latest; there is none in another chapter's activity."""
    told = next((told for told in revisions if number in (None, str(told.revision.number))), None)
    if told is None:
        abort(404)
    return told


def _place_in_list(told: AuthoredRevision) -> tuple[date, UUID]:
    revision: ActivityRevision = told.revision
    return revision.held_on, revision.activity_id


def _to(chapter: str, activity_id: UUID) -> Response:
    return redirect(url_for(".show_activity", chapter=chapter, activity_id=activity_id))
