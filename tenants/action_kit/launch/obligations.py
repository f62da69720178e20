"""What step 4 expects: that the checklist is worked off, and that whoever came is counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, join, select
from sqlalchemy.orm import aliased

from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyKind, TallyRevision
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import Here, Leg, joined, leads, leg

DAYS_TO_COUNT = 7


def legs(here: Here) -> list[Leg]:
    """Return what is due before an event and after it.

    An item is due while nothing unfinished stands before it, and no longer once the event is counted. The count is due
    a week after the day; it is listed before, since nothing here knows today, and can be given from the day on.
    """
    first = aliased(ChecklistItem)
    waits = exists(first.id).where(
        here.own(first),
        first.id == ChecklistItem.waits_for_id,
        first.done_at.is_(None),
    )
    events = joined(LaunchEvent, here, LaunchEvent.cancelled_at.is_(None))
    own_items = and_(
        here.own(ChecklistItem),
        ChecklistItem.event_id == LaunchEvent.id,
        ChecklistItem.done_at.is_(None),
    )
    return [
        leg(
            here,
            ObligationKind.CHECKLIST_ITEM,
            subject_id=ChecklistItem.id,
            due_on=ChecklistItem.due_on.expression,
            source=join(events, ChecklistItem, own_items),
            where=[~waits, ~_attended(here)],
            owner=leads(here),
            title=func.coalesce(ChecklistItem.title, ChecklistItem.code),
        ),
        leg(
            here,
            ObligationKind.EVENT_REPORT,
            subject_id=LaunchEvent.id,
            due_on=LaunchEvent.held_on + DAYS_TO_COUNT,
            source=events,
            where=[~_attended(here)],
            owner=leads(here),
            title=LaunchEvent.title,
        ),
    ]


def standing(here: Here) -> ColumnElement[Any]:
    """Return whether the launch is counted, planned, or neither."""
    planned = exists(LaunchEvent.id).where(
        here.own(LaunchEvent), LaunchEvent.is_launch, LaunchEvent.cancelled_at.is_(None)
    )
    return case((planned.where(*_attendance(here)), "done"), (planned, "prog"), else_="none")


def _attended(here: Here) -> ColumnElement[bool]:
    """Whether the attendance of the event of the statement is counted."""
    return select(TallyRevision.id).where(*_attendance(here)).correlate(Chapter, LaunchEvent).exists()


def _attendance(here: Here) -> tuple[ColumnElement[bool], ...]:
    """Tie the current count of those who came to the event of the statement."""
    return (
        here.own(TallyRevision),
        TallyRevision.event_id == LaunchEvent.id,
        TallyRevision.kind == TallyKind.ATTENDANCE,
        TallyRevision.is_current.expression,
    )
