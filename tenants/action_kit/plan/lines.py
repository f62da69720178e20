"""The working copy of a plan: add, revise and remove lines, drop and reopen activities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.action_kit.plan.models import MOST_TIMES, RISK_LENGTH, TITLE_LENGTH, LineKind, PlanLine
from tenants.action_kit.plan.queries import select_entry_count
from tenants.action_kit.plan.template import suggested
from tenants.chapters.models import Chapter
from tenants.clock import day_problem, days_later, local_day
from tenants.db import new_id
from tenants.errors import Refused, VersionConflict, refuse
from tenants.numerals import lazy_number
from tenants.people.models import Membership
from tenants.scope import bound_chapter
from tenants.texts import one_line, plain_text, text_problem
from tenants.undo.changes import Transition, record_change, recording
from tenants.undo.row_states import RowState

ABOVE = {LineKind.OUTCOME: None, LineKind.OUTPUT: LineKind.OUTCOME, LineKind.ACTIVITY: LineKind.OUTPUT}
_TEXT_COLUMNS = ("title", "risk", "starts_on", "due_on", "times", "responsible_id", "removed_at")
WHOLE = RowState(PlanLine, (*_TEXT_COLUMNS, "done_on", "dropped_on"), "title")
TEXT = RowState(PlanLine, _TEXT_COLUMNS, "title")
PROGRESS = RowState(PlanLine, ("done_on", "dropped_on", "removed_at"), "title")


@dataclass(frozen=True)
class LineEntry:
    """The content of a line. Only activities have dates and a responsible person, or are planned several times."""

    title: str
    risk: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    responsible_id: UUID | None = None
    times: int = 1


def start_from_template(session: Session, *, actor_id: UUID, at: datetime) -> None:
    """Fill an empty working copy with our short template, in the language of the request.

    Raises Refused if the plan already has lines.
    """
    chapter = lock_chapter(session)
    if session.scalar(select(PlanLine.id).where(PlanLine.removed_at.is_(None)).limit(1)) is not None:
        raise Refused({"plan": _l("The plan already has lines, so the template was not added.")})
    today, last = local_day(at, chapter.zone), dict[LineKind, UUID]()
    for position, suggestion in enumerate(suggested(), 1):
        above = ABOVE[suggestion.kind]
        due_on = None if suggestion.days is None else days_later(today, suggestion.days)
        parent_id = None if above is None else last[above]
        line = _new_line(chapter, suggestion.kind, parent_id, position, LineEntry(str(suggestion.title), due_on=due_on))
        session.add(line)
        session.flush()
        last[suggestion.kind] = line.id
    change = Transition(chapter.id, None, outline(session))
    record_change(session, change, action="plan.started", actor_id=actor_id, at=at)


def add_line(
    session: Session, *, actor_id: UUID, at: datetime, kind: LineKind, parent_id: UUID | None, entry: LineEntry
) -> PlanLine:
    """Add a line under `parent_id`, after its siblings, and return it.

    Raises Refused if the entry is invalid or if a line of this kind cannot be placed there.
    """
    entry, chapter = _check_line(session, kind, entry, at), session.get_one(Chapter, bound_chapter(session))
    parent = find_line(session, parent_id, lock=True) if parent_id else None
    if (parent.kind if parent else None) != ABOVE[kind]:
        raise Refused({"plan": _l("The line that it belongs to is no longer in the plan.")})
    last = select(func.max(PlanLine.position)).where(PlanLine.chapter_id == chapter.id)
    line = _new_line(chapter, kind, parent_id, (session.scalar(last) or 0) + 1, entry)
    with recording(session, line, WHOLE, action="plan.line_added", actor_id=actor_id, at=at):
        session.add(line)
    return line


def revise_line(
    session: Session, *, actor_id: UUID, at: datetime, line_id: UUID, seen: int, entry: LineEntry
) -> PlanLine:
    """Replace the content of a line and return the line. An entry with the same content changes nothing.

    Raises Refused, or VersionConflict if the line has changed since number `seen`.
    """
    line = _lock_line(session, line_id)
    entry = _check_line(session, LineKind(line.kind), entry, at)
    if line_entry(line) == entry:
        return line
    if line.number != seen:
        raise VersionConflict(seen=seen, current=line.number)
    with recording(session, line, TEXT, action="plan.line_revised", actor_id=actor_id, at=at, number=seen + 1):
        line.title, line.risk = entry.title, entry.risk
        line.starts_on, line.due_on, line.responsible_id = entry.starts_on, entry.due_on, entry.responsible_id
        line.times = entry.times
        line.number += 1
    return line


def remove_line(session: Session, *, actor_id: UUID, at: datetime, line_id: UUID) -> None:
    """Remove a line from the working copy. Raises Refused while there are lines under it."""
    line = _lock_line(session, line_id)
    under = select(PlanLine.id).where(PlanLine.parent_id == line.id, PlanLine.removed_at.is_(None)).limit(1)
    if session.scalar(under) is not None:
        raise Refused({"plan": _l("Remove the lines under it first.")})
    with recording(session, line, WHOLE, action="plan.line_removed", actor_id=actor_id, at=at):
        line.removed_at = at


def drop_activity(session: Session, *, actor_id: UUID, at: datetime, line_id: UUID) -> None:
    """Mark that a planned activity will not take place, or no more often than it did. It stays in the plan."""
    line = _lock_activity(session, line_id)
    if line.dropped_on is not None:
        return
    with recording(session, line, PROGRESS, action="plan.activity_dropped", actor_id=actor_id, at=at):
        line.done_on, line.dropped_on = None, _local_today(session, at)


def reopen_activity(session: Session, *, actor_id: UUID, at: datetime, line_id: UUID) -> None:
    """Mark a dropped activity, or one that was marked as done, as open again."""
    line = _lock_activity(session, line_id)
    if line.done_on is None and line.dropped_on is None:
        return
    with recording(session, line, PROGRESS, action="plan.activity_reopened", actor_id=actor_id, at=at):
        line.done_on = line.dropped_on = None


def outline(session: Session) -> dict[str, Any]:
    """Return, by id, the number of each line of the working copy, and whether nobody has acted on it.

    A line is acted on if it is marked as done, dropped, or held according to the log.
    """
    rows = session.execute(
        select(PlanLine, select_entry_count()).where(PlanLine.removed_at.is_(None)).order_by(PlanLine.id)
    )
    return {
        str(line.id): [line.number, line.done_on is None and line.dropped_on is None and not entry_count]
        for line, entry_count in rows
    }


def line_entry(line: PlanLine) -> LineEntry:
    """Return the content of a stored line."""
    return LineEntry(line.title, line.risk, line.starts_on, line.due_on, line.responsible_id, line.times)


def find_line(session: Session, line_id: UUID, *, lock: bool = False) -> PlanLine | None:
    """Return a line of the working copy; None if it was removed or never existed."""
    statement = select(PlanLine).where(PlanLine.id == line_id, PlanLine.removed_at.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def lock_chapter(session: Session) -> Chapter:
    """Lock and return the bound chapter, so that no other transaction starts, sends or decides on its plans."""
    statement = select(Chapter).where(Chapter.id == bound_chapter(session)).with_for_update(key_share=True)
    return session.scalars(statement).one()


def _new_line(chapter: Chapter, kind: LineKind, parent_id: UUID | None, position: int, entry: LineEntry) -> PlanLine:
    return PlanLine(
        chapter_id=chapter.id,
        id=new_id(),
        country=chapter.country,
        kind=kind,
        parent_id=parent_id,
        position=position,
        title=entry.title,
        starts_on=entry.starts_on,
        due_on=entry.due_on,
        responsible_id=entry.responsible_id,
        times=entry.times,
        risk=entry.risk,
        number=1,
    )


def _lock_line(session: Session, line_id: UUID) -> PlanLine:
    line = find_line(session, line_id, lock=True)
    if line is None:
        raise Refused({"plan": _l("Someone removed this line from the plan.")})
    return line


def _lock_activity(session: Session, line_id: UUID) -> PlanLine:
    line = _lock_line(session, line_id)
    if line.kind != LineKind.ACTIVITY:
        raise Refused({"plan": _l("Only activities take place.")})
    return line


def _local_today(session: Session, at: datetime) -> date:
    return local_day(at, session.get_one(Chapter, bound_chapter(session)).zone)


def _check_line(session: Session, kind: LineKind, entry: LineEntry, at: datetime) -> LineEntry:
    """Return the entry as it is stored; raises Refused if it is invalid."""
    title = one_line(entry.title)
    risk = plain_text(entry.risk)
    if kind is not LineKind.ACTIVITY:
        entry = LineEntry(title, risk)
    entry = replace(entry, title=title, risk=risk)
    errors: dict[str, str | None] = {
        "title": text_problem(title, TITLE_LENGTH, empty=_l("Enter a title.")),
        "risk": text_problem(risk, RISK_LENGTH),
    }
    if kind is LineKind.ACTIVITY:
        errors |= _day_problems(entry, _local_today(session, at))
        if not 1 <= entry.times <= MOST_TIMES:
            errors["times"] = _l("Enter a number from 1 to %(most)s.", most=lazy_number(MOST_TIMES))
    if entry.responsible_id is not None and not _is_present(session, entry.responsible_id):
        errors["responsible_id"] = _l("Choose a member of the chapter.")
    refuse(errors)
    return entry


def _day_problems(entry: LineEntry, today: date) -> dict[str, str | None]:
    if entry.due_on is None:
        return {"due_on": _l("Enter the due date.")}
    days = {"starts_on": entry.starts_on, "due_on": entry.due_on}
    problems = {name: day_problem(day, today) for name, day in days.items() if day is not None}
    if entry.starts_on is not None and entry.starts_on > entry.due_on and not any(problems.values()):
        problems["due_on"] = _l("The due date cannot be before the start date.")
    return problems


def _is_present(session: Session, membership_id: UUID) -> bool:
    statement = select(Membership.id).where(Membership.id == membership_id, Membership.left_at.is_(None))
    return session.scalar(statement) is not None
