"""Queries about recent changes: who made them, and whether they can still be undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from tenants.audit import AuditEntry
from tenants.overview.act_subjects import ActSubject, select_subjects
from tenants.people.queries import known_as
from tenants.scope import bound_chapter
from tenants.undo.models import Change
from tenants.undoing.kinds import undoables


@dataclass(frozen=True)
class ChangeStatus:
    """A change, who undid it, and whether a later one builds on it."""

    change: Change
    undone_by: str | None
    is_built_on: bool

    def is_open(self, at: datetime) -> bool:
        """Whether the change can still be undone, as far as the list knows. The service checks again."""
        return self.change.undone_at is None and not self.is_built_on and at <= self.change.undoable_until


@dataclass(frozen=True)
class ActFacts:
    """What an audit entry concerned, and its change. Each is None if there is none."""

    subject: ActSubject | None
    status: ChangeStatus | None


def find_change(session: Session, change_id: UUID) -> Change | None:
    """Return a change of the bound chapter, or None."""
    return session.scalars(select(Change).where(Change.id == change_id)).one_or_none()


def act_facts(session: Session, entries: Collection[AuditEntry]) -> dict[UUID, ActFacts]:
    """Return the changes and the subjects of these audit entries, by the entry's id, in one statement.

    Needs the web's login for names.
    """
    chapter_id = bound_chapter(session)
    subject = select_subjects(chapter_id, {entry.subject_id for entry in entries})
    fields = [subject.c[field.name] for field in dataclasses.fields(ActSubject)]
    rows = session.execute(
        select(
            AuditEntry.id, Change, known_as(chapter_id, Change.undone_by), _is_built_on(session), subject.c.id, *fields
        )
        .outerjoin(Change, and_(Change.chapter_id == chapter_id, Change.id == AuditEntry.id))
        .outerjoin(subject, subject.c.id == AuditEntry.subject_id)
        .where(AuditEntry.chapter_id == chapter_id, AuditEntry.id.in_([entry.id for entry in entries]))
    )
    return {
        entry_id: ActFacts(
            ActSubject(*values) if subject_id else None, ChangeStatus(change, undone_name, built_on) if change else None
        )
        for entry_id, change, undone_name, built_on, subject_id, *values in rows
    }


def _is_built_on(session: Session) -> ColumnElement[bool]:
    """Select whether a later change that is not undone builds on the change of the outer row."""
    later = aliased(Change)
    builds = or_(
        *(
            and_(
                Change.kind == undoable.kind,
                later.kind.in_({undoable.kind, *undoable.after_it}),
                *(later.after[name].astext == Change.after[name].astext for name in undoable.within),
            )
            for undoable in undoables().values()
        )
    )
    return exists(later.id).where(
        later.chapter_id == bound_chapter(session),
        later.subject_id == Change.subject_id,
        later.id > Change.id,
        later.undone_at.is_(None),
        builds,
    )
