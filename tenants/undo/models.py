"""Changes with their states before and after, until when each can be undone, and who undid it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, ChapterOwned

ABOUT_LENGTH = 200

State = dict[str, Any] | None
"""The state of a change's subject as JSON, or None if it does not exist."""


class Change(ChapterOwned, Base):
    """One action that can be undone. Its id is that of its audit entry, and its kind is the action there.

    `before` and `after` hold only what the action concerns, or None if there was nothing. `about` is its title, if it
    has one. Only the last two columns are ever updated.
    """

    __tablename__ = "changes"

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    about: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    is_desk: Mapped[bool]
    undoable_until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z_]{1,30}[.][a-z_]{1,29}$'", name="kind_is_a_code"),
        CheckConstraint(f"length(about) <= {ABOUT_LENGTH}", name="about_length"),
        CheckConstraint("undoable_until > made_at", name="undoable_for_a_while"),
        CheckConstraint("num_nonnulls(undone_at, undone_by) in (0, 2)", name="undone_by_somebody"),
        Index("ix_changes_made", "chapter_id", "made_at"),
        Index("ix_changes_subject", "chapter_id", "subject_id"),
    )
