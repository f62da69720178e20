"""How changes of a launch are undone: the event, its checklist, and a count that replaced another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.launch import services
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import ChecklistItem, TallyKind
from tenants.action_kit.launch.queries import tallies_of
from tenants.action_kit.launch.services import EVENT, ITEM, WHOLE_ITEM, item_text
from tenants.errors import Refused
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.row_states import from_json
from tenants.undo.undoable import Undoable, Undoing

ITEM_KINDS = frozenset({"launch.item_done", "launch.item_reopened"})


def _look_at_all(session: Session, change: Change) -> dict[str, Any] | None:
    event = EVENT.locked(session, change.subject_id)
    return None if event is None else services.event_state(session, event)


def _call_off(undoing: Undoing) -> None:
    services.cancel_event(undoing.session, **undoing.actor, event_id=undoing.change.subject_id)


def _revise_event_back(undoing: Undoing) -> None:
    """Restore the former content of an event; the due dates of open items move with its day."""
    event = EVENT.locked(undoing.session, undoing.change.subject_id)
    names = ("title", "place", "host", "zone", "starts_at", "expected_people")
    values = {name: from_json(undoing.before[name], EVENT.kind_of(name)) for name in names}
    services.revise_event(
        undoing.session, **undoing.actor, event_id=event.id, seen=event.number, entry=EventEntry(**values)
    )
    event.dated_on = from_json(undoing.before["dated_on"], date)
    services.date_open_items(undoing.session, event)


def _look_at_item(session: Session, change: Change) -> dict[str, Any] | None:
    """Lock the event and then the item, as every writer of a checklist does, and return the item's state."""
    event_id = session.scalar(select(ChecklistItem.event_id).where(ChecklistItem.id == change.subject_id))
    if event_id is not None:
        EVENT.locked(session, event_id)
    return ITEM.look(session, change)


def _item_out(undoing: Undoing) -> None:
    undoing.session.delete(ITEM.locked(undoing.session, undoing.change.subject_id))
    undoing.session.flush()


def _look_at_removed_item(session: Session, change: Change) -> dict[str, Any] | None:
    EVENT.locked(session, UUID((change.before or {})["event_id"]))
    return WHOLE_ITEM.look(session, change)


def _item_in(undoing: Undoing) -> None:
    """Insert a removed item again, at the end of the list and counted back from the event's current day."""
    event = EVENT.locked(undoing.session, UUID(undoing.before["event_id"]))
    last = undoing.session.scalar(select(func.max(ChecklistItem.position)).where(ChecklistItem.event_id == event.id))
    due_on = event.held_on - timedelta(days=undoing.before["days_before"])
    WHOLE_ITEM.recreate(
        undoing.session, undoing.change.subject_id, undoing.before, position=(last or 0) + 1, due_on=due_on
    )


def _item_open(undoing: Undoing) -> None:
    """Mark an item as open; raises Refused if an item that had to wait for it is done."""
    statement = select(ChecklistItem).where(
        ChecklistItem.waits_for_id == undoing.change.subject_id, ChecklistItem.done_at.is_not(None)
    )
    after = undoing.session.scalars(statement.limit(1)).one_or_none()
    if after is not None:
        words = item_text(after)
        raise Refused({"item": _l("“%(item)s” was waiting for this and is done. Undo that first.", item=words)})
    services.reopen_item(undoing.session, **undoing.actor, item_id=undoing.change.subject_id)


def _item_done(undoing: Undoing) -> None:
    """Restore who finished an item and when; raises Refused if it must wait."""
    item = ITEM.locked(undoing.session, undoing.change.subject_id)
    services.refuse_waiting(undoing.session, item)
    ITEM.put_back(item, undoing.before)


def _look_at_count(session: Session, change: Change) -> dict[str, Any] | None:
    EVENT.locked(session, change.subject_id)
    kind = TallyKind((change.after or {})["kind"])
    tally = tallies_of(session, change.subject_id).get(kind)
    return None if tally is None else services.tally_state(kind, tally.counts)


def _count_back(undoing: Undoing) -> None:
    """Store the former count as a new revision, because revisions are never deleted."""
    kind = TallyKind(undoing.before["kind"])
    cells = ([*name.split("."), people] for name, people in undoing.before["cells"].items())
    counts = {(Sex(sex), AgeBand(age_band)): people for sex, age_band, people in cells}
    seen = tallies_of(undoing.session, undoing.change.subject_id)[kind].number
    services.record_tally(
        undoing.session, **undoing.actor, event_id=undoing.change.subject_id, kind=kind, counts=counts, seen=seen
    )


_EDITS = Permission.EDIT_LAUNCH

KINDS = (
    Undoable("launch.planned", _EDITS, _look_at_all, _call_off, frozenset({"launch.revised", "launch.counted"})),
    Undoable("launch.revised", _EDITS, EVENT.look, _revise_event_back),
    Undoable("launch.item_added", _EDITS, _look_at_item, _item_out, ITEM_KINDS),
    Undoable("launch.item_removed", _EDITS, _look_at_removed_item, _item_in),
    Undoable("launch.item_done", _EDITS, _look_at_item, _item_open, ITEM_KINDS),
    Undoable("launch.item_reopened", _EDITS, _look_at_item, _item_done, ITEM_KINDS),
    Undoable("launch.counted", _EDITS, _look_at_count, _count_back, within=("kind",)),
)
