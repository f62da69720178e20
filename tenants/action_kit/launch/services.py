"""Plan, change and cancel a launch, complete its checklist, and count the people. Each count is a new revision."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.launch.checklist import DAYS_TO_BEGIN, TEMPLATE, item_due_on, item_words
from tenants.action_kit.launch.entries import (
    EventEntry,
    clean_title,
    refuse_invalid_counts,
    refuse_invalid_event,
    tidy_event,
)
from tenants.action_kit.launch.models import (
    MOST_DAYS_BEFORE,
    ChecklistItem,
    LaunchEvent,
    TallyCount,
    TallyKind,
    TallyRevision,
)
from tenants.action_kit.launch.queries import items_of, tallies_of
from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.clock import local_day
from tenants.db import new_id
from tenants.errors import Refused, VersionConflict
from tenants.scope import bound_chapter
from tenants.undo.changes import Transition, record_change, recording
from tenants.undo.row_states import RowState

EVENT = RowState(
    LaunchEvent,
    ("title", "place", "host", "zone", "starts_at", "held_on", "dated_on", "expected_people", "cancelled_at"),
    "title",
)
ITEM = RowState(ChecklistItem, ("code", "done_at", "done_by"), "title")
WHOLE_ITEM = RowState(ChecklistItem, ("event_id", "country", "position", "title", "days_before", "due_on"), "title")


def plan_event(session: Session, *, actor_id: UUID, at: datetime, entry: EventEntry) -> LaunchEvent:
    """Plan the launch of the bound chapter, with our checklist counted back from its day, and return it.

    A past event gets no checklist. If two people plan concurrently, the second waits here and is refused. Raises
    Refused if the entry is invalid or a launch is planned already.
    """
    chapter, today = _chapter_and_today(session, at)
    entry = tidy_event(entry)
    refuse_invalid_event(entry, today=today)
    event_id = session.execute(
        insert(LaunchEvent)
        .values(
            chapter_id=chapter.id,
            id=new_id(),
            country=chapter.country,
            number=1,
            **_columns_of(entry),
            dated_on=today,
            is_launch=True,
            made_at=at,
            made_by=actor_id,
        )
        .on_conflict_do_nothing(
            index_elements=["chapter_id"], index_where=LaunchEvent.is_launch & LaunchEvent.cancelled_at.is_(None)
        )
        .returning(LaunchEvent.id)
    ).scalar_one_or_none()
    if event_id is None:
        raise Refused({"event": _l("A launch is already planned. Change it, or cancel it first.")})
    if entry.event_day >= today:
        _add_template(session, chapter, event_id, held_on=entry.event_day, today=today)
    event = session.scalars(select(LaunchEvent).where(LaunchEvent.id == event_id)).one()
    change = Transition(event_id, None, event_state(session, event), event.title)
    record_change(session, change, action="launch.planned", actor_id=actor_id, at=at)
    return event


def revise_event(
    session: Session, *, actor_id: UUID, at: datetime, event_id: UUID, seen: int, entry: EventEntry
) -> LaunchEvent:
    """Change an event from revision `seen`; the due dates of open items move with its day.

    An entry with the same content changes nothing. Raises Refused, VersionConflict if there is a newer revision than
    `seen`, NoResultFound for an unknown event.
    """
    _, today = _chapter_and_today(session, at)
    event, entry = _lock_event(session, event_id), tidy_event(entry)
    refuse_invalid_event(entry, today=today)
    _refuse_cancelled(event)
    if event_entry(event) == entry:
        return event
    if event.number != seen:
        raise VersionConflict(seen=seen, current=event.number)
    if entry.event_day > today and tallies_of(session, event_id):
        raise Refused(
            {"held_on": _l("People were already counted at this event, so its date cannot be in the future.")}
        )
    with recording(session, event, EVENT, action="launch.revised", actor_id=actor_id, at=at, number=seen + 1):
        if event.held_on != entry.event_day:
            event.dated_on = today
        for name, value in _columns_of(entry).items():
            setattr(event, name, value)
        event.number += 1
        date_open_items(session, event)
    return event


def date_open_items(session: Session, event: LaunchEvent) -> None:
    """Compute the due dates of the unfinished items anew, from the day of the event."""
    for item in items_of(session, event.id):
        if item.done_at is None:
            item.due_on = due_day(event, item)


def cancel_event(session: Session, *, actor_id: UUID, at: datetime, event_id: UUID) -> bool:
    """Cancel an event: nothing is due for it any more, and another launch may be planned.

    Returns False if it was cancelled before. Raises Refused if people were counted there.
    """
    event = _lock_event(session, event_id)
    if event.cancelled_at is not None:
        return False
    if tallies_of(session, event_id):
        raise Refused({"event": _l("People were already counted at this event, so it cannot be cancelled.")})
    event.cancelled_at = at
    record(session, at=at, actor_id=actor_id, action="launch.cancelled", subject_id=event_id)
    session.flush()
    return True


def add_item(
    session: Session, *, actor_id: UUID, at: datetime, event_id: UUID, title: str, due_on: date
) -> ChecklistItem:
    """Add the chapter's own item to the checklist of an event, due from today to the day of the event.

    Raises Refused (`title`, `due_on`).
    """
    _, today = _chapter_and_today(session, at)
    event, title = _lock_event(session, event_id), clean_title(title)
    _refuse_cancelled(event)
    if due_on < today:
        raise Refused({"due_on": _l("Enter today or a later date, so that there is time to do it.")})
    days_before = (event.held_on - due_on).days
    if not 0 <= days_before <= MOST_DAYS_BEFORE:
        raise Refused({"due_on": _l("Enter a date up to the day of the event, and no more than a year before it.")})
    highest = session.scalar(select(func.max(ChecklistItem.position)).where(ChecklistItem.event_id == event_id))
    item = ChecklistItem(
        chapter_id=event.chapter_id,
        id=new_id(),
        event_id=event_id,
        country=event.country,
        position=(highest or 0) + 1,
        title=title,
        days_before=days_before,
        due_on=due_on,
    )
    with recording(session, item, ITEM, action="launch.item_added", actor_id=actor_id, at=at, trail_subject=event_id):
        session.add(item)
    return item


def remove_item(session: Session, *, actor_id: UUID, at: datetime, item_id: UUID) -> None:
    """Delete an item that the chapter added by mistake. Raises Refused (`item`) if it is ours, or done."""
    item = _lock_item(session, item_id)
    if item.title is None or item.done_at is not None:
        raise Refused({"item": _l("Only items that the chapter added and that are not done can be removed.")})
    change = Transition(item_id, WHOLE_ITEM.of(item), None, item.title)
    session.delete(item)
    record_change(session, change, action="launch.item_removed", actor_id=actor_id, at=at, trail_subject=item.event_id)


def finish_item(session: Session, *, actor_id: UUID, at: datetime, item_id: UUID) -> bool:
    """Mark an item as done; returns False if it was done before. Raises Refused (`item`) while it must wait.

    An item that waited for it becomes due DAYS_TO_BEGIN days from now at the earliest, or on the day of the event.
    """
    item = _lock_item(session, item_id)
    if item.done_at is not None:
        return False
    refuse_waiting(session, item)
    with recording(
        session, item, ITEM, action="launch.item_done", actor_id=actor_id, at=at, trail_subject=item.event_id
    ):
        item.done_at, item.done_by = at, actor_id
    _give_time_to_begin(session, item, at)
    return True


def refuse_waiting(session: Session, item: ChecklistItem) -> None:
    """Raise Refused (`item`) while the item that this one waits for is not done."""
    first = session.scalars(select(ChecklistItem).where(ChecklistItem.id == item.waits_for_id)).one_or_none()
    if first is not None and first.done_at is None:
        raise Refused({"item": _l("This is waiting for “%(first)s”. Complete that first.", first=item_text(first))})


def reopen_item(session: Session, *, actor_id: UUID, at: datetime, item_id: UUID) -> bool:
    """Mark an item as open; its due date follows the event's current day. Returns False if it was open before."""
    item = _lock_item(session, item_id)
    if item.done_at is None:
        return False
    event = session.scalars(select(LaunchEvent).where(LaunchEvent.id == item.event_id)).one()
    with recording(
        session, item, ITEM, action="launch.item_reopened", actor_id=actor_id, at=at, trail_subject=item.event_id
    ):
        item.done_at = item.done_by = None
        item.due_on = due_day(event, item)
    return True


def record_tally(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    event_id: UUID,
    kind: TallyKind,
    counts: dict[Cell, int],
    seen: int,
) -> int:
    """Store a count of an event, following revision `seen` (0: no count yet); returns the number of the revision.

    The same count again makes no new one. Raises Refused before the day of the event and for impossible numbers,
    VersionConflict if there is a newer count of this kind than `seen`.
    """
    event = _lock_event(session, event_id)
    _refuse_cancelled(event)
    if local_day(at, event.zone) < event.held_on:
        raise Refused(
            {"count": _l("The event has not taken place yet. You can enter the count on the day or afterwards.")}
        )
    refuse_invalid_counts(counts)
    counts = {cell: people for cell, people in counts.items() if people}
    current = tallies_of(session, event_id).get(kind)
    number = 0 if current is None else current.number
    if current is not None and current.counts == counts:
        return number
    if number != seen:
        raise VersionConflict(seen=seen, current=number)
    _replace_tally(session, event, kind=kind, number=number + 1, counts=counts, actor_id=actor_id, at=at)
    after = tally_state(kind, counts)
    before = after if current is None else tally_state(kind, current.counts)  # a first count cannot be undone
    change = Transition(event_id, before, after, event.title)
    record_change(session, change, action="launch.counted", actor_id=actor_id, at=at, kind=kind.value)
    return number + 1


def tally_state(kind: TallyKind, counts: dict[Cell, int]) -> dict[str, Any]:
    """Return a count as a change stores it."""
    cells = {f"{sex}.{age_band}": people for (sex, age_band), people in counts.items() if people}
    return {"kind": str(kind), "cells": cells}


def event_state(session: Session, event: LaunchEvent) -> dict[str, Any]:
    """Return the state of an event, and how many items of its checklist there are and are done."""
    items = items_of(session, event.id)
    return {**EVENT.of(event), "items": len(items), "done": sum(item.done_at is not None for item in items)}


def due_day(event: LaunchEvent, item: ChecklistItem) -> date:
    """Return the due date of an item that follows from the current date of its event."""
    return item_due_on(item.days_before, held_on=event.held_on, dated_on=event.dated_on, is_own=item.code is None)


def item_text(item: ChecklistItem) -> str:
    """Return the text of an item: ours, or the chapter's."""
    return item.title if item.title is not None else str(item_words(item.code or ""))


def event_entry(event: LaunchEvent) -> EventEntry:
    """Return a stored event as the entry that it came from."""
    return EventEntry(event.title, event.place, event.host, event.zone, event.starts_at, event.expected_people)


def _columns_of(entry: EventEntry) -> dict[str, object]:
    return {
        "title": entry.title,
        "place": entry.place,
        "host": entry.host,
        "zone": entry.zone,
        "starts_at": entry.starts_at,
        "held_on": entry.event_day,
        "expected_people": entry.expected_people,
    }


def _chapter_and_today(session: Session, at: datetime) -> tuple[Chapter, date]:
    chapter = session.get_one(Chapter, bound_chapter(session))
    return chapter, local_day(at, chapter.zone)


def _lock_event(session: Session, event_id: UUID) -> LaunchEvent:
    """Lock an event. A concurrent writer waits here and then reads what the first has written."""
    return session.scalars(
        select(LaunchEvent)
        .where(LaunchEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _lock_item(session: Session, item_id: UUID) -> ChecklistItem:
    """Lock an item's event, then read the item; raises Refused when the event was cancelled."""
    statement = select(ChecklistItem).where(ChecklistItem.id == item_id).execution_options(populate_existing=True)
    event = _lock_event(session, session.scalars(statement).one().event_id)
    _refuse_cancelled(event)
    return session.scalars(statement).one()


def _refuse_cancelled(event: LaunchEvent) -> None:
    if event.cancelled_at is not None:
        raise Refused({"event": _l("This event was cancelled and can no longer be changed.")})


def _give_time_to_begin(session: Session, item: ChecklistItem, at: datetime) -> None:
    """Move the due dates of the open items that waited for `item`, because work on them can begin only now."""
    _, today = _chapter_and_today(session, at)
    event = session.scalars(select(LaunchEvent).where(LaunchEvent.id == item.event_id)).one()
    earliest = min(today + timedelta(days=DAYS_TO_BEGIN), event.held_on)
    waiting_items = select(ChecklistItem).where(ChecklistItem.waits_for_id == item.id, ChecklistItem.done_at.is_(None))
    for waiting_item in session.scalars(waiting_items):
        waiting_item.due_on = max(waiting_item.due_on, earliest)
    session.flush()


def _add_template(session: Session, chapter: Chapter, event_id: UUID, *, held_on: date, today: date) -> None:
    ids = {item.code: new_id() for item in TEMPLATE}
    session.add_all(
        ChecklistItem(
            chapter_id=chapter.id,
            id=ids[item.code],
            event_id=event_id,
            country=chapter.country,
            position=position,
            code=item.code,
            days_before=item.days_before,
            due_on=item_due_on(item.days_before, held_on=held_on, dated_on=today, is_own=False),
            waits_for_id=ids[item.waits_for] if item.waits_for else None,
        )
        for position, item in enumerate(TEMPLATE, 1)
    )


def _replace_tally(
    session: Session,
    event: LaunchEvent,
    *,
    kind: TallyKind,
    number: int,
    counts: dict[Cell, int],
    actor_id: UUID,
    at: datetime,
) -> None:
    """Mark the current count of a kind as no longer current, and add a new one."""
    former = select(TallyRevision).where(
        TallyRevision.event_id == event.id, TallyRevision.kind == kind, TallyRevision.is_current
    )
    for revision in session.scalars(former):
        revision.is_current = False
    session.flush()
    chapter_columns = {"chapter_id": event.chapter_id, "country": event.country}
    revision_id = new_id()
    session.add(
        TallyRevision(
            **chapter_columns,
            id=revision_id,
            event_id=event.id,
            kind=kind,
            number=number,
            is_current=True,
            people=sum(counts.values()),
            made_at=at,
            made_by=actor_id,
        )
    )
    session.flush()  # no relationship tells the session that the counts come after their revision
    session.add_all(
        TallyCount(**chapter_columns, id=new_id(), revision_id=revision_id, sex=sex, age_band=age_band, people=people)
        for (sex, age_band), people in counts.items()
    )
