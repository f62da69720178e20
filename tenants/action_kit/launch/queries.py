"""Queries over the bound chapter's events. They only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyCount, TallyKind, TallyRevision


@dataclass(frozen=True)
class Tally:
    """A current count: its event and kind, the number of its revision, the people, and the people in each cell."""

    event_id: UUID
    kind: TallyKind
    number: int
    people: int
    made_at: datetime
    held_on: date
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
    """Return the checklist of an event; items with the most days before the event come first."""
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
    return {tally.kind: tally for tally in _tallies(session, TallyRevision.event_id == event_id)}


def period_tallies(session: Session, starts_on: date, ends_on: date) -> list[Tally]:
    """Return the current counts of events held from `starts_on` to `ends_on`, both included, without cancelled ones.

    Attendance and sign-ups are two kinds and are never added up.
    """
    return _tallies(session, LaunchEvent.cancelled_at.is_(None), LaunchEvent.held_on.between(starts_on, ends_on))


def _tallies(session: Session, *conditions: ColumnElement[bool]) -> list[Tally]:
    """Return current counts with their cells, in one statement."""
    of_event = (LaunchEvent.id == TallyRevision.event_id) & (LaunchEvent.chapter_id == TallyRevision.chapter_id)
    of_revision = (TallyCount.revision_id == TallyRevision.id) & (TallyCount.chapter_id == TallyRevision.chapter_id)
    rows = session.execute(
        select(TallyRevision, LaunchEvent.held_on, TallyCount)
        .join(LaunchEvent, of_event)
        .outerjoin(TallyCount, of_revision)
        .where(TallyRevision.is_current, *conditions)
        .order_by(LaunchEvent.held_on, TallyRevision.event_id, TallyRevision.kind)
    )
    tallies: dict[UUID, Tally] = {}
    for revision, held_on, count in rows:
        kind, made_at = TallyKind(revision.kind), revision.made_at
        empty = Tally(revision.event_id, kind, revision.number, revision.people, made_at, held_on, {})
        tally = tallies.setdefault(revision.id, empty)
        if count is not None:
            tally.counts[Sex(count.sex), AgeBand(count.age_band)] = count.people
    return list(tallies.values())
