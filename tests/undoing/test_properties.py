"""After any acts of two people, an undo restores exactly the earlier state, or changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from harness.people import Place, World, join, onboard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities import services as log
from tenants.action_kit.activities.entries import ActivityEntry
from tenants.action_kit.activities.models import ActivityKind, ActivityRevision
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding.models import FundingSource, SourceKind, SourceState
from tenants.action_kit.launch import services as launch
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent
from tenants.action_kit.plan import lines
from tenants.action_kit.plan.lines import LineEntry
from tenants.action_kit.plan.models import LineKind, PlanLine, PlanVersion, VersionState
from tenants.action_kit.plan.services import submit_plan
from tenants.db import new_id, opened
from tenants.errors import Refused, VersionConflict
from tenants.overview.obligations import obligations_due
from tenants.overview.steps import step_states
from tenants.people.permissions import Role
from tenants.scope import ChapterScope
from tenants.undo.changes import recorded_changes
from tenants.undoing.services import CannotUndo, undo

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
INDEX, TITLE = st.integers(0, 3), st.sampled_from(["One", "Two", "Three"])
ACTS = st.one_of(
    st.tuples(st.sampled_from(["hold", "drop", "reopen", "remove", "add", "tick", "untick", "surer"]), INDEX, TITLE),
    st.tuples(
        st.sampled_from(["say", "log", "correct", "submit", "move", "need", "source", "pledge", "cancel"]),
        INDEX,
        TITLE,
    ),
)
IGNORED_COLUMNS = {"number", "made_at", "made_by", "id", "is_current"}
Snapshot = dict[str, Any]
Act = Callable[[], object]


def _entry(title: str) -> ActivityEntry:
    return ActivityEntry(ActivityKind.DIALOGUE, title, date(2026, 2, 3), "", "", None, None, None, None)


def _event(days: int) -> EventEntry:
    return EventEntry("Marco zero", "", "", "America/Recife", NOW + timedelta(days=60 + days), None)


def _begin(place: Place, actor: UUID) -> None:
    with opened(ChapterScope(place.id)) as session:
        by: dict[str, Any] = {"actor_id": actor, "at": NOW - timedelta(days=20)}
        lines.start_from_template(session, **by)
        launch.plan_event(session, entry=_event(0), **by)
        log.log_activity(session, form_key=new_id(), entry=_entry("Zero"), **by)
        _source(session, by, "Zero")


def _source(session: Session, by: dict[str, Any], name: str) -> None:
    fields: dict[str, Any] = {
        "kind": SourceKind.DONOR,
        "state": SourceState.PLEDGED,
        "amount_minor": 100,
        "currency": "BRL",
    }
    budgets.add_source(session, name=name, **fields, **by)


def _pick(session: Session, statement: Any, index: int) -> Any:
    rows = session.scalars(statement).all()
    return rows[index % len(rows)] if rows else None


def _do(session: Session, by: dict[str, Any], act: tuple[str, int, str]) -> None:
    """Do one act with the service of its feature. Its subject may not exist any more."""
    name, index, title = act
    acts = _on_plan(session, by, index, title) | _on_launch(session, by, index, title)
    (acts | _on_log_and_money(session, by, index, title))[name]()


def _on_plan(session: Session, by: dict[str, Any], index: int, title: str) -> dict[str, Act]:
    statement = select(PlanLine).where(PlanLine.removed_at.is_(None)).order_by(PlanLine.position)
    activity = _pick(session, statement.where(PlanLine.kind == LineKind.ACTIVITY), index)
    output = _pick(session, statement.where(PlanLine.kind == LineKind.OUTPUT), index)
    entry = LineEntry(title, due_on=date(2026, 9, 1 + index))
    on: dict[str, Any] = {"line_id": activity.id if activity else new_id()}
    under = output.id if output else None
    return {
        "hold": lambda: log.log_activity(
            session,
            form_key=new_id(),
            entry=replace(_entry(title), plan_line_id=activity.id if activity else None),
            **by,
        ),
        "drop": lambda: lines.drop_activity(session, **on, **by),
        "reopen": lambda: lines.reopen_activity(session, **on, **by),
        "remove": lambda: lines.remove_line(session, **on, **by),
        "add": lambda: lines.add_line(session, kind=LineKind.ACTIVITY, parent_id=under, entry=entry, **by),
        "say": lambda: lines.revise_line(session, seen=activity.number if activity else 0, entry=entry, **on, **by),
        "submit": lambda: submit_plan(session, **by),
    }


def _on_launch(session: Session, by: dict[str, Any], index: int, title: str) -> dict[str, Act]:
    item = _pick(session, select(ChecklistItem).order_by(ChecklistItem.position), index)
    event = session.scalars(select(LaunchEvent)).one()
    day = event.held_on - timedelta(days=index)
    on: dict[str, Any] = {"event_id": event.id}
    return {
        "tick": lambda: launch.finish_item(session, item_id=item.id, **by),
        "untick": lambda: launch.reopen_item(session, item_id=item.id, **by),
        "need": lambda: launch.add_item(session, title=title, due_on=day, **on, **by),
        "move": lambda: launch.revise_event(session, seen=event.number, entry=_event(index), **on, **by),
    }


def _on_log_and_money(session: Session, by: dict[str, Any], index: int, title: str) -> dict[str, Act]:
    revision = _pick(session, select(ActivityRevision).where(ActivityRevision.is_current), index)
    source = _pick(session, select(FundingSource).order_by(FundingSource.id), index)
    on = {"activity_id": revision.activity_id, "seen": revision.number}
    pledge_fields: dict[str, Any] = {"source_id": source.id, "reason": title}
    return {
        "log": lambda: log.log_activity(session, form_key=new_id(), entry=_entry(title), **by),
        "correct": lambda: log.revise_activity(session, entry=_entry(title), **on, **by),
        "source": lambda: _source(session, by, title),
        "surer": lambda: budgets.move_source(session, source_id=source.id, state=list(SourceState)[index % 3], **by),
        "pledge": lambda: budgets.revise_pledge(
            session, amount_minor=index + 1, seen=source.number, **pledge_fields, **by
        ),
        "cancel": lambda: budgets.cancel_source(session, **pledge_fields, **by),
    }


def _rows(session: Session, statement: Any, key: str = "id") -> list[tuple[Any, ...]]:
    """Return the values of all rows, without IGNORED_COLUMNS."""
    rows = []
    for row in session.scalars(statement):
        values = {column.key: getattr(row, column.key) for column in inspect(type(row)).columns}
        rows.append(
            (
                str(values[key]),
                *sorted((name, str(value)) for name, value in values.items() if name not in IGNORED_COLUMNS),
            )
        )
    return sorted(rows)


def _snapshot(place: Place) -> Snapshot:
    with opened(ChapterScope(place.id)) as session:
        obligations = obligations_due(session, by=NOW.date() + timedelta(days=400), today=NOW.date(), quiet_weeks=4)
        versions = select(PlanVersion).where(PlanVersion.state != VersionState.WITHDRAWN)
        revisions = select(ActivityRevision).where(ActivityRevision.is_current)
        return {
            "lines": _rows(session, select(PlanLine).where(PlanLine.removed_at.is_(None))),
            "versions": _rows(session, versions),
            "event": _rows(session, select(LaunchEvent)),
            "items": _rows(session, select(ChecklistItem)),
            "log": _rows(session, revisions, "activity_id"),
            "sources": _rows(session, select(FundingSource)),
            "owed": sorted((due.kind.code, str(due.subject_id), due.due_on) for due in obligations),
            "steps": step_states(session, today=NOW.date(), obligations=obligations),
        }


def _undo(place: Place, change_id: UUID, actor: UUID, at: datetime) -> bool:
    try:
        with opened(ChapterScope(place.id)) as session:
            undo(session, change_id=change_id, actor_id=actor, at=at, may=lambda _: True)
    except (CannotUndo, Refused):
        return False
    return True


ACT_NAMES = (
    "hold",
    "reopen",
    "drop",
    "say",
    "tick",
    "untick",
    "need",
    "move",
    "log",
    "correct",
    "surer",
    "source",
    "pledge",
    "cancel",
    "add",
)
ALL_OF_THEM = [(number % 2, (name, 1, "Two")) for number, name in enumerate((*ACT_NAMES, "submit", "remove"))]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(st.integers(0, 1), ACTS), min_size=4, max_size=10), early=st.integers(-12, 5))
@example(history=ALL_OF_THEM, early=-1)
@example(history=ALL_OF_THEM, early=0)
def test_what_is_undone_is_as_it_was(world: World, history: list[tuple[int, tuple[str, int, str]]], early: int) -> None:
    with world.app.test_request_context():
        place = onboard(f"chapter-{new_id().hex[-12:]}", "Any", "BR", "America/Recife", ["pt"])
        two = [world.alice, world.bob]
        for member, role in zip(two, (Role.FOCAL_POINT, Role.COORDINATOR), strict=True):
            join(place, member, role)
        _begin(place, two[0].user_id)
        changes: list[tuple[UUID, Snapshot]] = []
        for minute, (index, act) in enumerate(history):
            before = _snapshot(place)
            try:
                with opened(ChapterScope(place.id)) as session:
                    _do(session, {"actor_id": two[index].user_id, "at": NOW + timedelta(minutes=minute)}, act)
                    change_ids = recorded_changes(session)
            except (Refused, VersionConflict):
                change_ids = []
            if change_ids:
                changes.append((change_ids[0], before))
            else:
                assert _snapshot(place) == before, act
        later = NOW + timedelta(hours=1)
        if early >= 0 and changes:  # undo an earlier change: with any outcome, no other row changes
            _try_early(place, changes[early % len(changes)][0], two[1].user_id, later)
            return
        for change_id, before in reversed(changes):
            assert _undo(place, change_id, two[1].user_id, later)
            assert _snapshot(place) == before
            assert not _undo(place, change_id, two[0].user_id, later), "once is enough"
            assert _snapshot(place) == before


def _try_early(place: Place, change_id: UUID, actor: UUID, at: datetime) -> None:
    before = _snapshot(place)
    was_undone = _undo(place, change_id, actor, at)
    now = _snapshot(place)
    if not was_undone:
        assert now == before
        return
    changed_tables = [
        table for table in ("lines", "versions", "event", "log", "sources") if now[table] != before[table]
    ]
    assert len(changed_tables) + (now["items"] != before["items"]) <= 2, "an event and its checklist, else one table"
    for table in changed_tables:
        rows = {row[0] for row in set(now[table]) ^ set(before[table])}
        assert len(rows) == 1, table
