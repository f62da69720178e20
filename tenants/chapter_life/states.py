"""Later states of a chapter: UN Women makes it dormant, reactivates it or closes it for good, and gives a reason.

Nothing is expected of a dormant chapter: its clock does not run, no reminder is sent, and no report is expected for a
period that opens meanwhile. Its members can still read and write. A closed chapter can only be read: the web refuses
everything else in one place. Its flows stay in the figures, its stocks do not.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.funding.models import Transaction, TransactionState
from tenants.action_kit.plan.models import PlanVersion, VersionState
from tenants.action_kit.plan.services import return_plan
from tenants.action_kit.reports.services import excuse_report, return_report
from tenants.approvals import refuse_own_request
from tenants.audit import record
from tenants.chapters.models import REASON_LENGTH, Chapter, ChapterEvent, ChapterState, LifeEvent
from tenants.chapters.queries import last_event
from tenants.clock import local_day
from tenants.errors import AlreadyDecided, Refused
from tenants.figures.marks import mark_changed
from tenants.membership.services import withdraw_invitation
from tenants.people.models import Invitation
from tenants.people.queries import name_of
from tenants.reminders.models import ChapterClock
from tenants.reminders.schedule import start_clock
from tenants.scope import bound_chapter
from tenants.texts import clean_text


def make_dormant(session: Session, *, actor_id: UUID, at: datetime, reason: str) -> ChapterEvent:
    """Make the bound chapter dormant. Its clock stops until it is reactivated.

    Raises Refused without a reason or if the chapter is not active, and AlreadyDecided if it is dormant or closed.
    """
    reason = clean_reason(reason)
    chapter = _lock_chapter(session)
    _refuse_states(session, chapter, ChapterState.DORMANT, ChapterState.CLOSED)
    if chapter.state != ChapterState.ACTIVE:
        raise Refused({"chapter": _l("Only an active chapter can be made dormant.")})
    chapter.state = ChapterState.DORMANT
    _stop_clock(session, chapter)
    record(session, at=at, actor_id=actor_id, action="chapter.made_dormant", subject_id=chapter.id, is_desk=True)
    return _record_event(session, chapter, LifeEvent.MADE_DORMANT, actor_id=actor_id, at=at, reason=reason)


def reactivate(session: Session, *, actor_id: UUID, at: datetime, reason: str) -> ChapterEvent:
    """Make a dormant chapter active again. Its clock starts anew, from the next working morning.

    Raises Refused without a reason or if the chapter has not started, and AlreadyDecided if it is active or closed.
    """
    reason = clean_reason(reason)
    chapter = _lock_chapter(session)
    _refuse_states(session, chapter, ChapterState.ACTIVE, ChapterState.CLOSED)
    if chapter.state != ChapterState.DORMANT:
        raise Refused({"chapter": _l("Only a dormant chapter can be reactivated.")})
    chapter.state = ChapterState.ACTIVE
    start_clock(session, chapter=chapter, at=at)
    record(session, at=at, actor_id=actor_id, action="chapter.woken_up", subject_id=chapter.id, is_desk=True)
    return _record_event(session, chapter, LifeEvent.WOKEN_UP, actor_id=actor_id, at=at, reason=reason)


def close_chapter(session: Session, *, actor_id: UUID, at: datetime, reason: str) -> ChapterEvent:
    """Close the bound chapter for good, as of today in its time zone. All that is open in it ends with the same reason.

    Raises Refused without a reason, if the chapter has not started, or if the actor made a request that still waits in
    it. Raises AlreadyDecided if it is closed.
    """
    reason = clean_reason(reason)
    _open_invitations(session)  # locked before the chapter, in the same order as when one is accepted
    chapter = _lock_chapter(session, whole=True)
    _refuse_states(session, chapter, ChapterState.CLOSED)
    if chapter.state not in (ChapterState.ACTIVE, ChapterState.DORMANT):
        raise Refused({"chapter": _l("This chapter has not started yet, so it cannot be closed.")})
    _end_what_is_open(session, actor_id=actor_id, at=at, reason=reason)
    chapter.state, chapter.closed_on = ChapterState.CLOSED, local_day(at, chapter.zone)
    _stop_clock(session, chapter)
    mark_changed(session, at=at)
    record(session, at=at, actor_id=actor_id, action="chapter.closed", subject_id=chapter.id, is_desk=True)
    return _record_event(session, chapter, LifeEvent.CLOSED, actor_id=actor_id, at=at, reason=reason)


def clean_reason(reason: str) -> str:
    """Return a reason as it is stored. Raises Refused with the field `reason` if it is empty or too long."""
    empty = _l("Enter a reason. The chapter will see it.")
    return clean_text(reason, REASON_LENGTH, field="reason", empty=empty)


def _lock_chapter(session: Session, *, whole: bool = False) -> Chapter:
    """Return the chapter, locked so that nobody else changes its state. With `whole`, nobody can write in it either.

    Requests of the web that write in a chapter hold its key meanwhile (the web's access), as does each row written.
    """
    statement = select(Chapter).where(Chapter.id == bound_chapter(session))
    locking_statement = statement.with_for_update(key_share=not whole).execution_options(populate_existing=True)
    return session.scalars(locking_statement).one()


def _refuse_states(session: Session, chapter: Chapter, *states: ChapterState) -> None:
    if chapter.state not in states:
        return
    last = last_event(session)
    if last is None:
        raise AlreadyDecided(decision=chapter.state, by=None, at=None)
    raise AlreadyDecided(decision=last.kind, by=name_of(session, last.actor_id), at=last.at)


def _stop_clock(session: Session, chapter: Chapter) -> None:
    session.execute(delete(ChapterClock).where(ChapterClock.chapter_id == chapter.id))


def _end_what_is_open(session: Session, *, actor_id: UUID, at: datetime, reason: str) -> None:
    for invitation in _open_invitations(session):
        withdraw_invitation(session, actor_id=actor_id, at=at, invitation_id=invitation)
    _end_reports(session, actor_id=actor_id, at=at, reason=reason)
    plans = select(PlanVersion.id).where(PlanVersion.state == VersionState.SUBMITTED)
    for version in session.scalars(plans).all():
        return_plan(session, actor_id=actor_id, at=at, version_id=version, reason=reason, is_desk=True)
    _refuse_expenses(session, actor_id=actor_id, at=at, reason=reason)


def _open_invitations(session: Session) -> list[UUID]:
    """Return the ids of the open invitations, including expired ones, locked until this transaction ends."""
    still = (Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    return list(session.scalars(select(Invitation.id).where(*still).order_by(Invitation.id).with_for_update()))


def _end_reports(session: Session, *, actor_id: UUID, at: datetime, reason: str) -> None:
    """Send the waiting reports back, and excuse the expected ones that were not approved."""
    statement = select(Report).where(Report.state != ReportState.APPROVED).order_by(Report.period_on)
    for report in session.scalars(statement).all():
        if report.state == ReportState.SUBMITTED:
            return_report(session, report_id=report.id, number=report.sent, reason=reason, actor_id=actor_id, at=at)
        if report.is_expected:
            excuse_report(session, report_id=report.id, reason=reason, actor_id=actor_id, at=at)


def _refuse_expenses(session: Session, *, actor_id: UUID, at: datetime, reason: str) -> None:
    """Refuse the expenses that wait, including those that the chapter itself could decide on: it no longer can."""
    statement = select(Transaction).where(Transaction.state == TransactionState.PENDING).order_by(Transaction.id)
    for expense in session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all():
        refuse_own_request(actor_id=actor_id, asked_by=expense.recorded_by)
        expense.state, expense.is_outside, expense.reason = TransactionState.REFUSED, True, reason
        expense.decided_at, expense.decided_by = at, actor_id
        record(session, at=at, actor_id=actor_id, action="expense.refused", subject_id=expense.id, is_desk=True)
    session.flush()


def _record_event(
    session: Session, chapter: Chapter, kind: LifeEvent, *, actor_id: UUID, at: datetime, reason: str
) -> ChapterEvent:
    event = ChapterEvent(
        chapter_id=chapter.id, country=chapter.country, kind=kind, reason=reason, at=at, actor_id=actor_id
    )
    session.add(event)
    session.flush()
    return event
