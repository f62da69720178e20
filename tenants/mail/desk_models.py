"""Whom UN Women's desk writes to and when, and what was written: its own tables, of no chapter.

A name and an address stand here once a person, whatever she is appointed to, so that a worker can write to her without
reading identities; her appointments hold ids, codes and days alone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, new_id, one_of
from tenants.mail.models import DeliveryState, MailKind
from tenants.people.models import EMAIL_SHAPE

DESK_KINDS = (MailKind.DESK_SUMMARY, MailKind.DESK_APPROVALS)
KINDS_LISTED = ", ".join(f"'{kind}'" for kind in DESK_KINDS)


class DeskReader(Base):
    """Somebody at UN Women as its mails know her, with her next working morning: who is due is one range scan.

    `summary_on` is the day on which her weekly summary was last looked at, whether or not there was one to write.
    """

    __tablename__ = "desk_readers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    zone: Mapped[str | None]
    next_at: Mapped[datetime] = mapped_column(index=True)
    summary_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint(EMAIL_SHAPE, name="email_shape"),
        CheckConstraint("length(name) between 1 and 120", name="name_length"),
    )


class DeskNotification(Base):
    """A desk mail's twin, which she reads: which mail, of which day, what it told of, how it went.

    Written with the mail's delivery and moved with it; `items` are codes, ids and days.
    """

    __tablename__ = "desk_notifications"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    local_day: Mapped[date]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str]
    reason: Mapped[str | None]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    delivery_id: Mapped[UUID] = mapped_column(unique=True)

    __table_args__ = (
        UniqueConstraint("user_id", "kind", "local_day"),
        CheckConstraint(f"kind in ({KINDS_LISTED})", name="kind_known"),
        one_of("state", DeliveryState),
        CheckConstraint("reason ~ '^[a-z_]{1,40}$'", name="reason_is_a_code"),
        Index("ix_desk_notifications_made", "user_id", "made_at"),
    )
