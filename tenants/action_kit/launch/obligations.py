"""Obligations of step 4: the checklist is completed, and the people who came are counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, func, join, select
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyKind, TallyRevision
from tenants.action_kit.launch.services import finish_item
from tenants.chapters.models import Chapter
from tenants.obligations.ladder import AFTER_A_DAY, BEFORE_AND_AFTER
from tenants.obligations.models import ObligationKind, Step
from tenants.obligations.selects import DueRows, StatementScope, acting_focal_point, chapters_with
from tenants.people.permissions import Permission

DAYS_TO_COUNT = 7


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 4: done if the launch is counted, prog if it is planned."""
    has_launch = exists(LaunchEvent.id).where(
        scope.is_own(LaunchEvent), LaunchEvent.is_launch, LaunchEvent.cancelled_at.is_(None)
    )
    return case((has_launch.where(*_attendance(scope)), "done"), (has_launch, "prog"), else_="none")


def _checklist_items(scope: StatementScope) -> DueRows:
    """Return the open items that wait for no other open item, until the event is counted."""
    first = aliased(ChecklistItem)
    waits = exists(first.id).where(
        scope.is_own(first),
        first.id == ChecklistItem.waits_for_id,
        first.done_at.is_(None),
    )
    own_items = and_(
        scope.is_own(ChecklistItem),
        ChecklistItem.event_id == LaunchEvent.id,
        ChecklistItem.done_at.is_(None),
    )
    return DueRows(
        subject_id=ChecklistItem.id,
        due_on=ChecklistItem.due_on.expression,
        source=join(_events(scope), ChecklistItem, own_items),
        where=[~waits, ~_attended(scope)],
        owner=acting_focal_point(scope),
        title=func.coalesce(ChecklistItem.title, ChecklistItem.code),
    )


def _event_report(scope: StatementScope) -> DueRows:
    """Return the events to count, due a week after their day, or after their date was set. They are listed before."""
    return DueRows(
        subject_id=LaunchEvent.id,
        due_on=func.greatest(LaunchEvent.held_on, LaunchEvent.dated_on) + DAYS_TO_COUNT,
        source=_events(scope),
        where=[~_attended(scope)],
        owner=acting_focal_point(scope),
        title=LaunchEvent.title,
    )


def _events(scope: StatementScope) -> FromClause:
    return chapters_with(LaunchEvent, scope, LaunchEvent.cancelled_at.is_(None))


def _attended(scope: StatementScope) -> ColumnElement[bool]:
    """Return the condition that the attendance of the statement's event is counted."""
    return select(TallyRevision.id).where(*_attendance(scope)).correlate(Chapter, LaunchEvent).exists()


def _attendance(scope: StatementScope) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that join the current attendance count to the event of the statement."""
    return (
        scope.is_own(TallyRevision),
        TallyRevision.event_id == LaunchEvent.id,
        TallyRevision.kind == TallyKind.ATTENDANCE,
        TallyRevision.is_current.expression,
    )


def _finish(session: Session, subject_id: UUID, *, actor_id: UUID, at: datetime) -> None:
    finish_item(session, item_id=subject_id, actor_id=actor_id, at=at)


CHECKLIST_ITEM = ObligationKind(
    code="checklist_item",
    step=Step.LAUNCH,
    due_rows=_checklist_items,
    permission=Permission.EDIT_LAUNCH,
    ladder=BEFORE_AND_AFTER,
    one_click=_finish,
)
EVENT_REPORT = ObligationKind(
    code="event_report",
    step=Step.LAUNCH,
    due_rows=_event_report,
    permission=Permission.EDIT_LAUNCH,
    ladder=AFTER_A_DAY,
)

KINDS = (CHECKLIST_ITEM, EVENT_REPORT)
