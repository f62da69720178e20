"""Named selects over the bound chapter's events; no writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyCount, TallyKind, TallyRevision


@dataclass(frozen=True)
class Tally:
    """A count that stands: of which event and kind, in which revision, how many people, and in which cells."""

    event_id: UUID
    kind: TallyKind
    number: int
    people: int
    made_at: datetime
    counts: dict[Cell, int]


def launch_of(session: Session) -> LaunchEvent | None:
    """Return the bound chapter's launch; None while none is planned, or after it was cancelled."""
    return session.scalars(
        select(LaunchEvent).where(LaunchEvent.is_launch, LaunchEvent.cancelled_at.is_(None))
    ).one_or_none()


def event_of(session: Session, event_id: UUID) -> LaunchEvent | None:
    """Return one event, cancelled or not; None when the bound chapter has no such event."""
    return session.scalars(select(LaunchEvent).where(LaunchEvent.id == event_id)).one_or_none()


def items_of(session: Session, event_id: UUID) -> list[ChecklistItem]:
    """Return the checklist of an event, the earliest window first."""
    return list(
        session.scalars(
            select(ChecklistItem)
            .where(ChecklistItem.event_id == event_id)
            .order_by(ChecklistItem.days_before.desc(), ChecklistItem.position)
        )
    )


def item_of(session: Session, item_id: UUID) -> ChecklistItem | None:
    """Return one item of a checklist; None when the bound chapter has no such item."""
    return session.scalars(select(ChecklistItem).where(ChecklistItem.id == item_id)).one_or_none()


def tallies_of(session: Session, event_id: UUID) -> dict[TallyKind, Tally]:
    """Return the current counts of an event, by kind."""
    current = select(TallyRevision).where(TallyRevision.event_id == event_id, TallyRevision.is_current)
    return {tally.kind: tally for tally in _with_cells(session, session.scalars(current))}


def period_tallies(session: Session, starts_on: date, ends_on: date) -> list[Tally]:
    """Return the current counts of events held from `starts_on` to `ends_on`, both included; not of cancelled ones.

    Attendance and sign-ups are two kinds and are never added up.
    """
    current = (
        select(TallyRevision)
        .join(
            LaunchEvent,
            (LaunchEvent.id == TallyRevision.event_id) & (LaunchEvent.chapter_id == TallyRevision.chapter_id),
        )
        .where(
            TallyRevision.is_current,
            LaunchEvent.cancelled_at.is_(None),
            LaunchEvent.held_on.between(starts_on, ends_on),
        )
        .order_by(LaunchEvent.held_on, TallyRevision.event_id, TallyRevision.kind)
    )
    return _with_cells(session, session.scalars(current))


def _with_cells(session: Session, found: Iterable[TallyRevision]) -> list[Tally]:
    revisions = list(found)
    cells: dict[UUID, dict[Cell, int]] = defaultdict(dict)
    if revisions:
        counted = select(TallyCount).where(TallyCount.revision_id.in_([revision.id for revision in revisions]))
        for count in session.scalars(counted):
            cells[count.revision_id][Sex(count.sex), AgeBand(count.age_band)] = count.people
    return [
        Tally(each.event_id, TallyKind(each.kind), each.number, each.people, each.made_at, cells[each.id])
        for each in revisions
    ]
