"""The audit trail: who did what, and when. A chapter reads its own entries. Entries never change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, and_, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tenants.db import Base, ChapterOwned, new_id
from tenants.keyset import Window, rows_in
from tenants.people.models import FormerName, Invitation, Membership
from tenants.people.queries import account_name, known_as, name_in
from tenants.scope import bound_chapter

Detail = str | int | bool | None
VIEW_ACTION = "desk.entered"
DAY = timedelta(days=1)


class AuditEntry(ChapterOwned, Base):
    """One action. `details` holds ids, codes and figures, never names or texts, so that a person can be erased."""

    __tablename__ = "audit_entries"

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    is_desk: Mapped[bool]
    action: Mapped[str]
    subject_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint("length(action) between 1 and 60", name="action_length"),
        Index("ix_audit_entries_at", "chapter_id", "at"),
    )


@dataclass(frozen=True)
class TrailEntry:
    """An entry with the names of the actor and of its subject, a member or an invited person.

    A name is None if there is no such person, or no longer. `renaming` is set for a change of a member's name. Views of
    the chapter's pages by UN Women are one entry for each day, with the names of all `viewers`.
    """

    entry: AuditEntry
    by: str | None
    about: str | None
    renaming: FormerName | None
    viewers: list[str]


def record(
    session: Session,
    *,
    at: datetime,
    actor_id: UUID | None,
    action: str,
    subject_id: UUID | None = None,
    is_desk: bool = False,
    **details: Detail,
) -> AuditEntry:
    """Add an audit entry to the bound chapter, in the transaction of the action itself, and return it.

    `action` is a code such as `activity.logged`. `is_desk` means that UN Women acted inside the chapter.
    """
    entry = AuditEntry(
        chapter_id=bound_chapter(session),
        id=new_id(),
        at=at,
        actor_id=actor_id,
        is_desk=is_desk,
        action=action,
        subject_id=subject_id,
        details=details,
    )
    session.add(entry)
    return entry


def trail(
    session: Session, window: Window, *, zone: str, is_desk: bool = False, is_shared: bool = False
) -> list[TrailEntry]:
    """Return the entries of the bound chapter, newest first. With `is_desk`, return only those of UN Women.

    With `is_shared`, leave out a member's own reminders, and the links of mails, whose actions have entries of their
    own. Days are those of `zone`. A cursor is a moment and an entry's id. Needs the web's login, because the names of
    UN Women's staff come from their accounts.
    """
    statement = _select_entries(session, zone)
    if is_desk:
        statement = statement.where(AuditEntry.is_desk)
    if is_shared:
        statement = statement.where(AuditEntry.action.not_like("reminder.%"), AuditEntry.action != "mail.link_used")
    key = (AuditEntry.at, AuditEntry.id)
    return [_name_actor(*row) for row in rows_in(session, statement, window, key, descending=True)]


def last_act(session: Session, subject_id: UUID, actions: Collection[str]) -> tuple[str | None, datetime] | None:
    """Return who last did one of these actions to a subject, and when. A form that is submitted too late shows it.

    Needs the web's login, as `trail` does.
    """
    chapter_id, actor = bound_chapter(session), AuditEntry.actor_id
    statement = (
        select(known_as(chapter_id, actor), AuditEntry.at)
        .where(
            AuditEntry.chapter_id == chapter_id,
            AuditEntry.subject_id == subject_id,
            AuditEntry.action.in_({*actions, "change.undone"}),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def _select_entries(
    session: Session, zone: str
) -> Select[AuditEntry, str | None, str | None, str | None, FormerName | None, list[str | None] | None]:
    """Select entries with the actor's latest member name and account name, the subject's name, and a change of name.

    Of the views of UN Women on one day, only the last is selected, with the names of all viewers.
    """
    chapter_id, subject, view = bound_chapter(session), aliased(Membership), aliased(AuditEntry)
    is_same_day = and_(
        AuditEntry.action == VIEW_ACTION,
        view.chapter_id == chapter_id,
        view.action == VIEW_ACTION,
        view.at.between(AuditEntry.at - DAY, AuditEntry.at + DAY),
        func.date(func.timezone(zone, view.at)) == func.date(func.timezone(zone, AuditEntry.at)),
    )
    is_later = tuple_(view.at, view.id) > tuple_(AuditEntry.at, AuditEntry.id)
    viewers = select(func.array_agg(account_name(view.actor_id).distinct())).where(is_same_day)
    return (
        select(
            AuditEntry,
            name_in(chapter_id, AuditEntry.actor_id),
            account_name(AuditEntry.actor_id),
            func.coalesce(subject.name, Invitation.name),
            FormerName,
            viewers.correlate(AuditEntry).scalar_subquery(),
        )
        .outerjoin(FormerName, and_(FormerName.chapter_id == chapter_id, FormerName.id == AuditEntry.id))
        .outerjoin(subject, and_(subject.chapter_id == chapter_id, subject.id == AuditEntry.subject_id))
        .outerjoin(Invitation, and_(Invitation.chapter_id == chapter_id, Invitation.id == AuditEntry.subject_id))
        .where(~exists(view.id).where(is_same_day, is_later).correlate(AuditEntry))
    )


def _name_actor(
    entry: AuditEntry,
    as_member: str | None,
    as_person: str | None,
    subject_name: str | None,
    renaming: FormerName | None,
    viewers: list[str | None] | None,
) -> TrailEntry:
    """Name UN Women's staff as their accounts do, and everyone else as the chapter does."""
    by = as_person or as_member if entry.is_desk else as_member or as_person
    return TrailEntry(entry, by, subject_name, renaming, [name for name in viewers or [] if name])
