"""The clock of each chapter, and the record of used links, which ensures that each acts once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, ChapterOwned, chapter_key, days_in_bounds, one_of
from tenants.reminders.links import LinkAction


class LinkUse(ChapterOwned, Base):
    """A used link of a mail, written in the transaction of its action."""

    __tablename__ = "link_uses"

    membership_id: Mapped[UUID]
    delivery_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    due_on: Mapped[date]
    act: Mapped[str]
    used_at: Mapped[datetime]

    __table_args__ = (
        chapter_key("membership_id", "memberships"),
        UniqueConstraint("chapter_id", "delivery_id", "kind", "subject_id", "due_on", "act", name="uq_link_uses"),
        CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind_is_a_code"),
        one_of("act", LinkAction),
        days_in_bounds("due_on"),
    )


class ChapterClock(Base):
    """A chapter's next working morning, so that one range scan finds the chapters that are due. A platform table."""

    __tablename__ = "chapter_clocks"

    chapter_id: Mapped[UUID] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(index=True)
