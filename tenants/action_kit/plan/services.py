"""Send a plan for approval, approve it or return it. What is sent is a copy that cannot be changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.action_kit.plan.lines import lock_chapter
from tenants.action_kit.plan.models import (
    REASON_LENGTH,
    LineKind,
    PlanLine,
    PlanVersion,
    PlanVersionLine,
    VersionState,
)
from tenants.action_kit.plan.queries import has_changed, living_lines
from tenants.approvals import refuse_own_request, someone_else_may
from tenants.audit import record
from tenants.db import new_id
from tenants.errors import AlreadyDecided, Refused
from tenants.people.permissions import Permission
from tenants.people.queries import name_of
from tenants.texts import clean_text
from tenants.undo.changes import recording
from tenants.undo.row_states import RowState

VERSION = RowState(PlanVersion, ("state",))


def submit_plan(session: Session, *, actor_id: UUID, at: datetime) -> PlanVersion:
    """Copy the working copy into a version that waits for approval, and return it.

    Raises Refused while a version waits, if the plan has no outcome, no output or no activity, and if it has not
    changed since the version in force.
    """
    chapter = lock_chapter(session)
    if session.scalar(select(PlanVersion.id).where(PlanVersion.state == VersionState.SUBMITTED)) is not None:
        raise Refused({"plan": _l("A version is already waiting for approval.")})
    lines = living_lines(session)
    if {line.kind for line in lines} != set(LineKind):
        raise Refused({"plan": _l("A plan needs at least one outcome, one output and one activity.")})
    if not has_changed(session, lines):
        raise Refused({"plan": _l("The plan has not changed since it was approved.")})
    last = select(func.max(PlanVersion.number)).where(PlanVersion.chapter_id == chapter.id)
    version = PlanVersion(
        chapter_id=chapter.id,
        id=new_id(),
        country=chapter.country,
        number=(session.scalar(last) or 0) + 1,
        state=VersionState.SUBMITTED,
        submitted_by=actor_id,
        submitted_at=at,
        awaits_desk=not someone_else_may(session, Permission.APPROVE_PLAN, but=actor_id),
        is_outside=False,
        reason="",
    )
    with recording(session, version, VERSION, action="plan.submitted", actor_id=actor_id, at=at, number=version.number):
        session.add(version)
        session.flush()
        session.add_all([_copy_line(version, line, position) for position, line in enumerate(lines, 1)])
    return version


def withdraw_plan(session: Session, *, version_id: UUID) -> None:
    """Withdraw a version that is not decided on: the plan is a draft again, and the number stays used."""
    version = session.scalars(select(PlanVersion).where(PlanVersion.id == version_id)).one()
    version.state, version.awaits_desk = VersionState.WITHDRAWN, False
    session.flush()


def approve_plan(
    session: Session, *, actor_id: UUID, at: datetime, version_id: UUID, is_desk: bool = False
) -> PlanVersion:
    """Approve a version and return it; the version approved before becomes superseded.

    Raises Refused for the person who sent it, AlreadyDecided if it was decided on before.
    """
    version = _lock_submitted_version(session, version_id, actor_id=actor_id)
    earlier = session.scalars(select(PlanVersion).where(PlanVersion.state == VersionState.APPROVED)).one_or_none()
    if earlier is not None:
        earlier.state = VersionState.SUPERSEDED
        session.flush()  # an index allows one approved version, so the old one is written first
    version.state, version.decided_by, version.decided_at = VersionState.APPROVED, actor_id, at
    version.is_outside = is_desk
    record(session, at=at, actor_id=actor_id, action="plan.approved", subject_id=version.id, is_desk=is_desk)
    session.flush()
    return version


def return_plan(
    session: Session, *, actor_id: UUID, at: datetime, version_id: UUID, reason: str, is_desk: bool = False
) -> PlanVersion:
    """Return a version with a reason, for the chapter to change and send again.

    Raises Refused without a reason or for the person who sent it, AlreadyDecided if it was decided on before.
    """
    version = _lock_submitted_version(session, version_id, actor_id=actor_id)
    reason = clean_text(reason, REASON_LENGTH, field="reason", empty=_l("Enter what should change."))
    version.state, version.decided_by, version.decided_at = VersionState.RETURNED, actor_id, at
    version.is_outside, version.reason = is_desk, reason
    record(session, at=at, actor_id=actor_id, action="plan.returned", subject_id=version.id, is_desk=is_desk)
    session.flush()
    return version


def _lock_submitted_version(session: Session, version_id: UUID, *, actor_id: UUID) -> PlanVersion:
    """Lock a version through its chapter and return it; raises AlreadyDecided if it does not wait."""
    lock_chapter(session)
    statement = select(PlanVersion).where(PlanVersion.id == version_id).execution_options(populate_existing=True)
    version = session.scalars(statement.with_for_update()).one()
    if version.state != VersionState.SUBMITTED:
        decision = VersionState.APPROVED if version.state == VersionState.SUPERSEDED else version.state
        by = name_of(session, version.decided_by) if version.decided_by else None
        raise AlreadyDecided(decision=str(decision), by=by, at=version.decided_at)
    refuse_own_request(actor_id=actor_id, asked_by=version.submitted_by)
    return version


def _copy_line(version: PlanVersion, line: PlanLine, position: int) -> PlanVersionLine:
    return PlanVersionLine(
        chapter_id=version.chapter_id,
        country=version.country,
        version_id=version.id,
        line_id=line.id,
        kind=line.kind,
        parent_line_id=line.parent_id,
        position=position,
        title=line.title,
        starts_on=line.starts_on,
        due_on=line.due_on,
        times=line.times,
        risk=line.risk,
    )
