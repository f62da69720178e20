"""Step 6: the chapter's reports. The chapter writes and sends them, and UN Women decides on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from flask import Blueprint, abort, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from solidarity.access.declarations import requires
from solidarity.chapter.context import as_of, chapter_day, chapter_today, may
from solidarity.chapter.reports.comparison import since_returned
from solidarity.chapter.reports.forms import MISSING_WORDS, ReasonForm, ReportForm, form_data
from solidarity.chapter.reports.table import notes_on, report_table, state_bar
from solidarity.chapter.requests import finish_decision
from solidarity.enqueue import enqueue_after_commit
from solidarity.forms.base import text_of
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.i18n.locale import format_quarter
from solidarity.lookup import or_404
from tenants import clock
from tenants.action_kit.evaluation.indicators import TYPED_INDICATORS
from tenants.action_kit.evaluation.models import Report, ReportEntry, ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import queries, services
from tenants.action_kit.reports.assembly import assemble
from tenants.action_kit.reports.differences import differences, numbers_now, numbers_sent
from tenants.action_kit.reports.sending import send_written
from tenants.action_kit.targets.services import targets_for
from tenants.db import db
from tenants.people.permissions import Permission

MOST_SHOWN = 40  # ten years of quarters
SENT_MESSAGE = _l("Sent to UN Women. Later corrections do not change what you sent.")

blueprint = Blueprint("evaluation", __name__, url_prefix="/c/<chapter>/reports")


@blueprint.get("")
@requires(Permission.READ_CHAPTER)
def list_reports(chapter: str) -> str:
    """List the chapter's reports, the latest period first, and offer to begin one for a period that has none."""
    reports = queries.reports(db.session(), limit=MOST_SHOWN)
    today = chapter_today()
    return render_template(
        "reports/list.html",
        reports=[(report, Period(report.period_on)) for report in reports],
        to_begin=_without_report(reports, today) if may(Permission.EDIT_REPORT) else [],
        period_name=period_name,
        today=today,
    )


@blueprint.post("")
@requires(Permission.EDIT_REPORT)
def start(chapter: str) -> Response:
    """Start a report for a period in which none was expected, for example if the chapter joined later."""
    period = Period.from_code(request.form.get("period", ""))
    reports = queries.reports(db.session(), limit=MOST_SHOWN)
    if period is None or period not in _without_report(reports, chapter_today()):
        abort(404)
    services.open_report(db.session(), period=period, at=clock.now())
    _figures_follow()
    return finish(_("The report was started. Most of it is already filled in."), _url_of(chapter, period))


@blueprint.get("/<period>")
@requires(Permission.READ_CHAPTER)
def show_report(chapter: str, period: str) -> str:
    """Show a report: the current values, the sent values, and the differences."""
    report = report_at(period)
    entries = queries.entries_of(db.session(), report.id)
    return _page(report, ReportForm(data=form_data(report, entries)), entries)


@blueprint.post("/<period>/draft")
@requires(Permission.EDIT_REPORT)
def save(chapter: str, period: str) -> Answer:
    """Save the draft. If another person saved first, show both texts."""
    return _with_words(chapter, period, services.save_draft, _("Saved. Nothing is sent yet."))


@blueprint.post("/<period>/submissions")
@requires(Permission.SUBMIT_REPORT)
def submit(chapter: str, period: str) -> Answer:
    """Save what is in the form and send the report to UN Women."""
    return _with_words(chapter, period, send_written, SENT_MESSAGE)


@blueprint.post("/<period>/nil")
@requires(Permission.SUBMIT_REPORT)
def submit_nil(chapter: str, period: str) -> Answer:
    """Send a nil report with one click: nothing was done in the period. This is not the same as no report."""
    return _with_words(chapter, period, partial(send_written, is_nil=True), SENT_MESSAGE)


@blueprint.post("/<period>/approval")
@requires(Permission.APPROVE_REPORT)
def approve(chapter: str, period: str) -> Answer:
    """Approve and lock a report that was sent."""
    report = report_at(period)
    with one_click(_url_of(chapter, Period(report.period_on))):
        services.approve_report(
            db.session(), **actor_now(), report_id=report.id, number=_number(request.form.get("number"))
        )
    _figures_follow()
    return finish_decision(_("Approved and locked."), _url_of(chapter, Period(report.period_on)), subject_id=report.id)


@blueprint.route("/<period>/return", methods=["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def give_back(chapter: str, period: str) -> Answer:
    """Return a report to the chapter, with a reason."""
    act = partial(services.return_report, number=_number(request.form.get("number")))
    return _with_reason(chapter, period, act, _("Report returned. The chapter can see your reason."), is_decision=True)


@blueprint.route("/<period>/reopening", methods=["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def reopen(chapter: str, period: str) -> Answer:
    """Reopen an approved report, with a reason."""
    words = _("Report reopened. The chapter can see your reason.")
    return _with_reason(chapter, period, services.reopen_report, words, is_decision=True)


@blueprint.route("/<period>/reopening-request", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REPORT)
def ask_reopening(chapter: str, period: str) -> Answer:
    """Ask UN Women to reopen an approved report, with a reason."""
    act = partial(services.ask_reopening, number=_number(request.form.get("number")))
    return _with_reason(chapter, period, act, _("UN Women was asked to reopen the report. Until then it stands."))


@blueprint.route("/<period>/reopening-refusal", methods=["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def decline_reopening(chapter: str, period: str) -> Answer:
    """Keep an approved report that the chapter asked to reopen, with a reason."""
    act = partial(services.keep_report, is_desk=True, number=_number(request.form.get("number")))
    words = _("The report stays approved. The chapter can see your reason.")
    return _with_reason(chapter, period, act, words, is_decision=True)


@blueprint.route("/<period>/keeping", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REPORT)
def keep(chapter: str, period: str) -> Answer:
    """Keep a report as it was sent although the log has changed since, with a reason."""
    act = partial(services.keep_report, number=_number(request.form.get("number")))
    return _with_reason(chapter, period, act, _("The report keeps the figures that were sent."))


@blueprint.route("/<period>/excuse", methods=["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def excuse(chapter: str, period: str) -> Answer:
    """Excuse the chapter from a report, with a reason."""
    return _with_reason(chapter, period, services.excuse_report, _("This report is no longer expected."))


def _with_reason(
    chapter: str, period: str, act: Callable[..., object], words: str, *, is_decision: bool = False
) -> Answer:
    report, form = report_at(period), ReasonForm()
    page = partial(_reason_page, report, form)
    if not form.is_submitted():
        form.number.data = str(report.sent)
        return page()
    with submission(form, page):
        act(db.session(), **actor_now(), report_id=report.id, reason=text_of(form.reason))
    _figures_follow()
    report_url = _url_of(chapter, Period(report.period_on))
    return finish_decision(words, report_url, subject_id=report.id) if is_decision else finish(words, report_url)


def _figures_follow() -> None:
    enqueue_after_commit("workers.rollups.compile_figures", queue="rollups")


def _with_words(chapter: str, period: str, act: Callable[..., object], message: str) -> Answer:
    """Run `act` with the report's form. If it is refused, the form keeps what was typed."""
    report, form = report_at(period), ReportForm()
    with submission(form, partial(_typed_page, report, form), conflict=partial(_report_conflict, report, form)):
        act(
            db.session(),
            **actor_now(),
            report_id=report.id,
            seen=form.seen_number(),
            words=form.words(),
            typed_values=form.typed_values(),
        )
    return finish(message, _url_of(chapter, Period(report.period_on)))


def _report_conflict(report: Report, form: ReportForm) -> Conflict:
    saved_form = ReportForm(formdata=None, data=form_data(report, queries.entries_of(db.session(), report.id)))
    return conflict_between(form, saved_form, subject_id=report.id, actions=("report.saved",))


def _typed_page(report: Report, form: ReportForm, *, conflict: Conflict | None = None) -> str:
    """Show the report with what was just typed still in its form."""
    return _page(report, form, queries.entries_of(db.session(), report.id), conflict=conflict)


def _page(
    report: Report, form: ReportForm, entries: dict[str, ReportEntry], *, conflict: Conflict | None = None
) -> str:
    period = Period(report.period_on)
    now = assemble(db.session(), period, entries)
    sent_report = queries.sent_values(db.session(), report) if report.sent else None
    moment = clock.now()
    today = chapter_day(moment)
    events = queries.events_of(db.session(), report.id)
    is_open = report.state in (ReportState.NOT_STARTED, ReportState.DRAFT)
    table = report_table(
        now,
        None if is_open or sent_report is None else sent_report[1],
        targets_for(db.session(), report.period_on.year),
    )
    drift = [] if is_open or sent_report is None else differences(numbers_sent(sent_report[1]), numbers_now(now))
    changed_sources = [] if is_open else queries.changed_sources(db.session(), report)
    return render_template(
        "reports/show.html",
        report=report,
        period=period,
        name=period_name(period),
        form=form,
        conflict=conflict,
        typed=TYPED_INDICATORS,
        missing_words=MISSING_WORDS,
        table=table,
        changed_sources=changed_sources,
        notes=notes_on(table, drift, is_open=is_open),
        as_of=as_of(moment),
        sent=sent_report[0] if sent_report else None,
        state_bar=state_bar(report, events, chapter_country=g.chapter.country, zone=g.chapter.zone),
        kept=next((event for event in events if event.kind == "kept" and event.number == report.sent), None),
        asked=_event_of("asked", events) if report.reopening_asked_at else None,
        since=since_returned(report, events, sent_report, now, is_open=is_open),
        is_open=is_open,
        today=today,
        is_over=today > period.ends_on,
        nothing_recorded=not any(value.sources or value.left_out for value in now),
        may_edit=may(Permission.EDIT_REPORT),
        may_submit=may(Permission.SUBMIT_REPORT),
        may_approve=g.is_desk and may(Permission.APPROVE_REPORT),
    )


def _event_of(kind: str, events: list[queries.Event]) -> queries.Event | None:
    return next((event for event in events if event.kind == kind), None)


def _reason_page(report: Report, form: ReasonForm) -> str:
    period = Period(report.period_on)
    return render_template(
        "reports/reason.html",
        form=form,
        name=period_name(period),
        period=period,
        what=request.url_rule and request.endpoint,
    )


def _without_report(reports: list[Report], today: date) -> list[Period]:
    """Return those of the last four quarters that have no report, since the chapter became active."""
    active_since = g.chapter.active_since
    if active_since is None:
        return []
    first = Period.of(chapter_day(active_since))
    period_starts = {report.period_on for report in reports}
    period, periods = Period.of(today), []
    for _step in range(4):
        if period >= first and period.starts_on not in period_starts:
            periods.append(period)
        period = period.previous
    return periods


def report_at(code: str) -> Report:
    """Return the chapter's report for a period, by the code in its URL; 404 if there is none."""
    period = Period.from_code(code)
    return or_404(queries.report_for(db.session(), period) if period else None)


def period_name(period: Period) -> str:
    """Return the name of a period in the country of the chapter."""
    return format_quarter(period.starts_on, g.chapter.country)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else -1


def _url_of(chapter: str, period: Period) -> str:
    return url_for(".show_report", chapter=chapter, period=period.code)
