"""Open, write, send, return, approve, reopen and excuse reports.

Sending and deciding lock the report's row. Of two concurrent requests the second sees the result of the first, and no
money is recorded in the period meanwhile (closing.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import BY_CODE, TYPED_INDICATORS
from tenants.action_kit.evaluation.models import (
    REASON_LENGTH,
    WORDS,
    WORDS_LENGTH,
    Missing,
    Report,
    ReportEntry,
    ReportEvent,
    ReportEventKind,
    ReportState,
    ReportSubmission,
    ValueSourceKind,
)
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.assembly import Assembled, assemble
from tenants.action_kit.reports.queries import changed_sources, entries_of, last_decision
from tenants.action_kit.reports.submissions import store
from tenants.approvals import refuse_own_request
from tenants.audit import record
from tenants.chapters.models import Chapter, ChapterState
from tenants.clock import local_day
from tenants.db import new_id
from tenants.errors import AlreadyDecided, Refused, VersionConflict, refuse
from tenants.figures.marks import mark_changed
from tenants.scope import bound_chapter
from tenants.texts import clean_text, plain_text, text_problem
from tenants.undo.changes import Transition, record_change
from tenants.undo.models import State
from tenants.undo.row_states import RowState

REPORT = RowState(Report, ("state", "sent"))

LARGEST_NUMBER = 10**12


@dataclass(frozen=True)
class TypedValue:
    """A value that is typed in the report because nothing is recorded for it: numbers, or why there are none."""

    numerator: int | None
    denominator: int | None = None
    missing: Missing | None = None


def open_report(session: Session, *, period: Period, at: datetime) -> bool:
    """Create the bound chapter's report for `period` if its agreement is in force; return whether it is new."""
    chapter = session.scalars(select(Chapter)).one()
    if chapter.state != ChapterState.ACTIVE:
        return False
    row = insert(Report).values(
        chapter_id=chapter.id,
        id=new_id(),
        country=chapter.country,
        period_on=period.starts_on,
        due_on=period.due_on,
        state=ReportState.NOT_STARTED,
        is_expected=True,
        sent=0,
        edited=0,
        **dict.fromkeys(WORDS, ""),
    )
    report_id = session.execute(row.on_conflict_do_nothing().returning(Report.id)).scalar_one_or_none()
    if report_id is not None:
        mark_changed(session, at=at)
    return report_id is not None


def save_draft(
    session: Session,
    *,
    report_id: UUID,
    seen: int,
    words: Mapping[str, str],
    typed_values: Mapping[str, TypedValue],
    actor_id: UUID,
    at: datetime,
) -> Report:
    """Save the texts and values of a report being written. Raises Refused, VersionConflict, AlreadyDecided."""
    report = _lock_report(session, report_id)
    _refuse_unless_open(session, report)
    if report.edited != seen:
        raise VersionConflict(seen=seen, current=report.edited)
    words = {name: plain_text(words.get(name, "")) for name in WORDS}
    _refuse_invalid(words, typed_values)
    for name, text in words.items():
        setattr(report, name, text)
    _store_typed_values(session, report, typed_values)
    report.edited += 1
    report.state = ReportState.DRAFT
    record(session, at=at, actor_id=actor_id, action="report.saved", subject_id=report.id)
    session.flush()
    return report


def submit_report(
    session: Session, *, report_id: UUID, actor_id: UUID, at: datetime, is_nil: bool = False
) -> ReportSubmission:
    """Send a report: store each current value with the rows behind it. A nil report means that nothing was done.

    Raises Refused before the period is over, or for a nil report if there are entries; AlreadyDecided if it was sent or
    approved meanwhile.
    """
    report = _lock_report(session, report_id)
    _refuse_unless_open(session, report)
    chapter = session.scalars(select(Chapter)).one()
    period = Period(report.period_on)
    _refuse_too_early(period, local_day(at, chapter.zone))
    values = assemble(session, period, entries_of(session, report.id))
    if is_nil:
        _refuse_nil(values)
    submission = store(session, report, values, actor_id=actor_id, at=at, is_nil=is_nil)
    report.state, report.sent = ReportState.SUBMITTED, submission.number
    report.submitted_by, report.submitted_at = actor_id, at
    kind, after = ReportEventKind.SUBMITTED, REPORT.of(report)
    _record_event(session, report, kind, action="report.submitted", actor_id=actor_id, at=at, after=after)
    return submission


def withdraw_report(session: Session, *, report_id: UUID) -> None:
    """Set a report back to draft while UN Women has not decided. What was sent stays readable."""
    _back_to_draft(_lock_report(session, report_id))
    session.flush()


def approve_report(session: Session, *, report_id: UUID, number: int, actor_id: UUID, at: datetime) -> Report:
    """Approve the `number`th submission, for UN Women. This locks the report and closes its period.

    Raises Refused, also if transactions of the period have changed since it was sent; AlreadyDecided.
    """
    report = _lock_submitted_report(session, report_id, number)
    assert report.submitted_by is not None, "what waits was sent by somebody"  # noqa: S101
    refuse_own_request(actor_id=actor_id, asked_by=report.submitted_by)
    if any(change.kind is ValueSourceKind.TRANSACTION for change in changed_sources(session, report)):
        raise Refused(
            {
                "report": _l(
                    "Transactions in this period have changed since the report was sent. Return "
                    "the report so that it can be sent again."
                )
            }
        )
    report.state, report.decided_at = ReportState.APPROVED, at
    mark_changed(session, at=at)
    _record_event(
        session, report, ReportEventKind.APPROVED, action="report.approved", actor_id=actor_id, at=at, is_desk=True
    )
    return report


def return_report(
    session: Session, *, report_id: UUID, number: int, reason: str, actor_id: UUID, at: datetime
) -> Report:
    """Return the `number`th submission to the chapter with a reason. Raises Refused, AlreadyDecided."""
    report = _lock_submitted_report(session, report_id, number)
    reason = _clean_reason(reason)
    report.returned_at = at
    _back_to_draft(report)
    _record_event(
        session,
        report,
        ReportEventKind.RETURNED,
        action="report.returned",
        actor_id=actor_id,
        at=at,
        is_desk=True,
        reason=reason,
    )
    return report


def reopen_report(session: Session, *, report_id: UUID, reason: str, actor_id: UUID, at: datetime) -> Report:
    """Reopen an approved report with a reason; its values do not count until it is approved again."""
    report = _lock_report(session, report_id)
    if report.state != ReportState.APPROVED:
        raise _already_decided(session, report)
    reason = _clean_reason(reason)
    report.returned_at = at
    _back_to_draft(report)
    mark_changed(session, at=at)
    _record_event(
        session,
        report,
        ReportEventKind.REOPENED,
        action="report.reopened",
        actor_id=actor_id,
        at=at,
        is_desk=True,
        reason=reason,
    )
    return report


def excuse_report(session: Session, *, report_id: UUID, reason: str, actor_id: UUID, at: datetime) -> Report:
    """Expect this report no longer, with a reason. Raises Refused, AlreadyDecided if it was sent."""
    report = _lock_report(session, report_id)
    _refuse_unless_open(session, report)
    reason = _clean_reason(reason)
    report.is_expected, report.excused_reason = False, reason
    mark_changed(session, at=at)
    _record_event(
        session,
        report,
        ReportEventKind.EXCUSED,
        action="report.excused",
        actor_id=actor_id,
        at=at,
        is_desk=True,
        reason=reason,
    )
    return report


def ask_reopening(
    session: Session, *, report_id: UUID, number: int, reason: str, actor_id: UUID, at: datetime
) -> Report:
    """Ask UN Women to reopen the approved `number`th submission, with a reason. Raises Refused, AlreadyDecided."""
    report = _lock_report(session, report_id)
    if report.state != ReportState.APPROVED or report.sent != number:
        raise _already_decided(session, report)
    if report.reopening_asked_at is not None:
        raise Refused({"reason": _l("UN Women was already asked to reopen this report.")})
    reason = _clean_reason(reason, without=_l("Enter what has changed."))
    report.reopening_asked_at = at
    _record_event(
        session, report, ReportEventKind.ASKED, action="report.asked", actor_id=actor_id, at=at, reason=reason
    )
    return report


def keep_report(
    session: Session,
    *,
    report_id: UUID,
    number: int,
    reason: str,
    actor_id: UUID,
    at: datetime,
    is_desk: bool = False,
) -> Report:
    """Record why the `number`th submission stays as it is although the log has changed.

    This also answers a request to reopen it. Raises Refused without a reason, AlreadyDecided if it was returned,
    reopened or sent again meanwhile.
    """
    report = _lock_report(session, report_id)
    if report.state not in (ReportState.SUBMITTED, ReportState.APPROVED) or report.sent != number:
        raise _already_decided(session, report)
    reason = _clean_reason(reason, without=_l("Enter why the report stays as it is."))
    report.reopening_asked_at = None
    _record_event(
        session,
        report,
        ReportEventKind.KEPT,
        action="report.kept",
        actor_id=actor_id,
        at=at,
        is_desk=is_desk,
        reason=reason,
    )
    return report


def _lock_report(session: Session, report_id: UUID) -> Report:
    return session.scalars(
        select(Report)
        .where(Report.chapter_id == bound_chapter(session), Report.id == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _lock_submitted_report(session: Session, report_id: UUID, number: int) -> Report:
    report = _lock_report(session, report_id)
    if report.state != ReportState.SUBMITTED or report.sent != number:
        raise _already_decided(session, report)
    return report


def _already_decided(session: Session, report: Report) -> AlreadyDecided:
    event = last_decision(session, report.id)
    if event is None:
        return AlreadyDecided(decision=report.state, by=None, at=None)
    if event.kind == ReportEventKind.SUBMITTED and report.state != ReportState.SUBMITTED:
        return AlreadyDecided(decision="withdrawn", by=None, at=None)
    return AlreadyDecided(decision=event.kind, by=event.by, at=event.at)


def _refuse_unless_open(session: Session, report: Report) -> None:
    if report.state in (ReportState.SUBMITTED, ReportState.APPROVED):
        raise _already_decided(session, report)


def _refuse_too_early(period: Period, today: date) -> None:
    if today <= period.ends_on:
        raise Refused(
            {"report": _l("This period is not over yet. You can send its report from the day after it ends.")}
        )


def _refuse_nil(values: list[Assembled]) -> None:
    if any(value.sources or value.left_out for value in values):
        raise Refused({"report": _l("There are entries for this period, so you cannot send a nil report.")})


def _refuse_invalid(words: Mapping[str, str], typed_values: Mapping[str, TypedValue]) -> None:
    errors = {name: problem for name, text in words.items() if (problem := text_problem(text, WORDS_LENGTH))}
    for code, value in typed_values.items():
        if value.numerator is not None and not 0 <= value.numerator <= LARGEST_NUMBER:
            errors[code] = _l("Enter a whole number, 0 or more.")
        elif value.denominator is not None and (value.numerator is None or value.numerator > value.denominator):
            errors[code] = _l("The first number cannot be larger than the second.")
        elif BY_CODE[code].is_ratio and value.numerator is not None and not value.denominator:
            errors[code] = _l("Enter how many were asked as well.")
    refuse(errors)


def _store_typed_values(session: Session, report: Report, typed_values: Mapping[str, TypedValue]) -> None:
    entries = entries_of(session, report.id)
    for indicator in TYPED_INDICATORS:
        value = typed_values.get(indicator.code, TypedValue(None))
        missing = None if value.numerator is not None else value.missing or Missing.NOT_REPORTED
        entry = entries.get(indicator.code)
        if entry is None:
            entry = ReportEntry(chapter_id=report.chapter_id, report_id=report.id, indicator=indicator.code)
            session.add(entry)
        entry.numerator, entry.denominator = value.numerator, value.denominator
        entry.missing = missing


def _back_to_draft(report: Report) -> None:
    report.state = ReportState.DRAFT
    report.submitted_by = report.submitted_at = report.decided_at = report.reopening_asked_at = None


def _clean_reason(reason: str, without: str = _l("Enter a reason, so that the chapter knows what to do.")) -> str:
    return clean_text(reason, REASON_LENGTH, field="reason", empty=without)


def _record_event(
    session: Session,
    report: Report,
    kind: ReportEventKind,
    *,
    action: str,
    actor_id: UUID,
    at: datetime,
    is_desk: bool = False,
    reason: str = "",
    after: State = None,
) -> None:
    """Add an event to a report and to the audit trail. With the report's state `after`, it can be undone."""
    session.add(
        ReportEvent(
            chapter_id=report.chapter_id,
            report_id=report.id,
            kind=kind,
            number=report.sent,
            at=at,
            actor_id=actor_id,
            is_desk=is_desk,
            reason=reason,
        )
    )
    change = Transition(report.id, None, after)
    record_change(session, change, action=action, actor_id=actor_id, at=at, is_desk=is_desk)
