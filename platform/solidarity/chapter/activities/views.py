"""Step 5: the chapter's activity log. Every state of the list and every revision has its own URL."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.activities import prefill
from solidarity.chapter.activities.chosen_entries import chosen_entries
from solidarity.chapter.activities.forms import ActivityForm, LogForm, ReviseForm, WithdrawalForm, form_data
from solidarity.chapter.context import chapter_today, may
from solidarity.chapter.reports.sent_reports import sent_report_of
from solidarity.chapter.way_back import value_left
from solidarity.forms.base import text_of
from solidarity.forms.head_count_grid import grid_to_fill, grid_to_read, totals_to_fill, totals_to_read
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.http.pagination import by_day, page_of
from solidarity.i18n.locale import format_number
from solidarity.labels.cells import KIND_WORDS, SEX_WORDS
from solidarity.lookup import or_404
from tenants.action_kit.activities import services
from tenants.action_kit.activities.entries import ActivityEntry, tidy_activity
from tenants.action_kit.activities.queries import (
    AuthoredRevision,
    find_by_form_key,
    find_withdrawal,
    head_counts,
    list_current,
    own_totals,
    recent_places,
    revisions_of,
    similar_activities,
)
from tenants.action_kit.plan import queries as plan_queries
from tenants.action_kit.plan.lines import find_line
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.db import db
from tenants.people.permissions import Permission

blueprint = Blueprint("activities", __name__, url_prefix="/c/<chapter>/activities")


@dataclass(frozen=True)
class Saved:
    """A revision with its author, and its entry."""

    authored: AuthoredRevision
    entry: ActivityEntry


@blueprint.get("")
@requires(Permission.READ_CHAPTER)
def list_activities(chapter: str) -> str:
    """List the chapter's activities, latest first, with their totals: all, or those behind a number elsewhere."""
    entries = chosen_entries()
    page = page_of(
        partial(list_current, db.session(), choice=entries.choice),
        by_day(lambda row: (row.revision.held_on, row.revision.activity_id)),
        **entries.url_args,
    )
    totals = own_totals(db.session(), entries.choice)
    return render_template("activities/list.html", totals=totals, page=page, entries=entries, kind_words=KIND_WORDS)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.LOG_ACTIVITY)
def log_activity(chapter: str) -> Answer:
    """Log an activity, or begin with what was so the last time (`?like=`)."""
    return _log(chapter, None)


@blueprint.route("/new/<uuid:subject_id>", methods=["GET", "POST"])
@requires(Permission.READ_CHAPTER)
def log_planned(chapter: str, subject_id: UUID) -> Answer:
    """Log that a planned activity took place. Those who log, and the person responsible for it, may do this."""
    session, line = db.session(), or_404(find_line(db.session(), subject_id))
    is_responsible = plan_queries.is_responsible(session, line, user_id=signed_in_person().user_id)
    if line.kind != LineKind.ACTIVITY or not (may(Permission.LOG_ACTIVITY) or is_responsible):
        abort(404)
    return _log(chapter, line)


def _log(chapter: str, line: PlanLine | None) -> Answer:
    """Show the form, filled in as far as known, or save it. If it is sent again, no second activity is created."""
    form = LogForm(today=chapter_today())
    if line is not None and not may(Permission.LOG_ACTIVITY):
        prefill.offer_only(form, line)
    else:
        prefill.offer_planned(form, line.id if line else None)
    page = partial(_log_page, form, line)
    if not form.is_submitted():
        prefill.fill_in(form, line)
        return page()
    with submission(form, page, changed=partial(_changed_page, form.key())):
        entry = form.entry()
        activity = services.log_activity(db.session(), **actor_now(), form_key=form.key(), entry=entry)
    return finish(_saved_words(entry, entry.held_on), _url_of(chapter, activity.id))


@blueprint.get("/<uuid:activity_id>")
@requires(Permission.READ_CHAPTER)
def show_activity(chapter: str, activity_id: UUID) -> Answer:
    """Show the latest revision of an activity, or the one that `?revision=` names."""
    revisions = revisions_of(db.session(), activity_id)
    saved_revision = _saved(_chosen(revisions, request.args.get("revision")))
    report = sent_report_of([saved_revision.entry.held_on])
    entries, value = chosen_entries(), value_left()
    return render_template(
        "activities/show.html",
        sent_report=report if report is not None and report.lacks(activity_id) else None,
        may_submit=may(Permission.SUBMIT_REPORT),
        entries=entries,
        back_args=entries.url_args if value is None else value.url_args,
        authored=saved_revision.authored,
        latest=revisions[0],
        revisions=revisions,
        withdrawal=find_withdrawal(db.session(), activity_id),
        similar=similar_activities(db.session(), saved_revision.authored.revision),
        **_facts(saved_revision.entry),
    )


@blueprint.route("/<uuid:activity_id>/revision", methods=["GET", "POST"])
@requires(Permission.LOG_ACTIVITY)
def revise_activity(chapter: str, activity_id: UUID) -> Answer:
    """Correct an activity by a new revision. If another person saved first, show both texts side by side."""
    saved_revision, form = _latest(activity_id), ReviseForm(today=chapter_today())
    prefill.offer_planned(form, saved_revision.entry.plan_line_id)
    page, number = partial(_revise_page, form, saved_revision), saved_revision.authored.revision.number
    if not form.is_submitted():
        form.process(data={**form_data(saved_revision.entry), "seen": str(number)})
        return page()
    activity_url = _url_of(chapter, activity_id)
    with submission(form, page, conflict=partial(_latest, activity_id)), one_click(activity_url):
        revision = services.revise_activity(
            db.session(), **actor_now(), activity_id=activity_id, seen=form.seen_number(), entry=form.entry()
        )
    is_new = revision.number > number
    entry, earlier_day = form.entry(), saved_revision.entry.held_on
    words = _saved_words(entry, earlier_day) if is_new else _("There were no changes to save.")
    return finish(words, activity_url)


@blueprint.route("/<uuid:activity_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.LOG_ACTIVITY)
def withdraw_activity(chapter: str, activity_id: UUID) -> Answer:
    """Ask for the reason, then remove an activity from the log. It stays in the history."""
    saved_revision, form = _latest(activity_id), WithdrawalForm()
    page = partial(render_template, "activities/withdrawal.html", form=form, revision=saved_revision.authored.revision)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        is_new = services.withdraw_activity(
            db.session(), **actor_now(), activity_id=activity_id, reason=text_of(form.reason)
        )
    words = _("Removed. It is not counted anywhere.") if is_new else _("This entry had already been removed.")
    return finish(words, _url_of(chapter, activity_id))


def _changed_page(form_key: UUID) -> str:
    """Show both texts of a form that was saved before with other values."""
    activity = or_404(find_by_form_key(db.session(), form_key))
    saved_revision, form = _latest(activity.id), ReviseForm(today=chapter_today())
    prefill.offer_planned(form, saved_revision.entry.plan_line_id)
    form.seen.data = str(saved_revision.authored.revision.number)
    return _revise_page(form, saved_revision, conflict=saved_revision)


def _revise_page(form: ReviseForm, saved_revision: Saved, *, conflict: Saved | None = None) -> str:
    """Show the form. A `conflict` is the revision that another person saved first, shown beside it."""
    if conflict is None:
        return _form_page("activities/revise.html", form, authored=saved_revision.authored, conflict=False)
    typed_entry, saved_entry = tidy_activity(form.entry()), conflict.entry
    return _form_page(
        "activities/revise.html",
        form,
        authored=conflict.authored,
        conflict=True,
        differing=[
            field.name
            for field in fields(typed_entry)
            if getattr(typed_entry, field.name) != getattr(saved_entry, field.name)
        ],
        facts=_facts(saved_entry),
    )


def _log_page(form: LogForm, line: PlanLine | None) -> str:
    """Show the form of a new activity, with what can fill it in as long as nothing was chosen."""
    is_blank = line is None and not form.is_submitted() and "like" not in request.args
    return _form_page("activities/log.html", form, offers=prefill.offers() if is_blank else None)


def _form_page(template: str, form: ActivityForm, **context: Any) -> str:
    return render_template(
        template,
        form=form,
        today=form.today,
        columns=list(SEX_WORDS.values()),
        grid=grid_to_fill(form),
        column_totals=totals_to_fill(form),
        people=form.people_typed(),
        places=recent_places(db.session()),
        **context,
    )


def _facts(entry: ActivityEntry) -> dict[str, Any]:
    """Return the template variables for an entry."""
    counts = entry.counts or {}
    return {
        "entry": entry,
        "planned": plan_queries.find_planned(db.session(), entry.plan_line_id) if entry.plan_line_id else None,
        "kind": KIND_WORDS[entry.kind],
        "columns": list(SEX_WORDS.values()),
        "grid": grid_to_read(counts),
        "column_totals": totals_to_read(counts),
    }


def _saved_words(entry: ActivityEntry, earlier_day: date) -> str:
    """Return what saving an entry means: what stands in a report that was sent, or else what counts now."""
    report = sent_report_of([entry.held_on, earlier_day])
    return _what_counts_now(entry) if report is None else f"{_('Saved in the log.')} {report.sentence}"


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


def _saved(row: AuthoredRevision) -> Saved:
    return Saved(row, services.activity_entry(row.revision, head_counts(db.session(), row.revision.id)))


def _chosen(revisions: list[AuthoredRevision], number: str | None) -> AuthoredRevision:
    """Return the revision `number`, or the latest for None. Another chapter's activity has none: 404."""
    return or_404(next((row for row in revisions if number in (None, str(row.revision.number))), None))


def _url_of(chapter: str, activity_id: UUID) -> str:
    return url_for(".show_activity", chapter=chapter, activity_id=activity_id)
