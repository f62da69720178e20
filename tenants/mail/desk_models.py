"""The recipients of UN Women's own mails, when they are due, and what was sent: tables of no chapter.

Each person's name and address are stored here once, so that a worker can write to them without reading identities.
Their appointments hold only ids, codes and days.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.chapters.codes import LANGUAGES, ZONES
from tenants.db import Base, days_in_bounds, known, new_id, one_of
from tenants.mail.models import DeliveryState, MailKind
from tenants.people.models import EMAIL_SHAPE

DESK_KINDS = (MailKind.DESK_SUMMARY, MailKind.DESK_APPROVALS)
KINDS_LISTED = ", ".join(f"'{kind}'" for kind in DESK_KINDS)


class DeskReader(Base):
    """A recipient of UN Women's mails, with their next working morning, so that one range scan finds who is due.

    `summary_on` is the day on which the weekly summary was last considered, whether or not there was one to write.
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
        days_in_bounds("summary_on"),
        known("zone", ZONES),
        known("language", LANGUAGES),
    )


class DeskNotification(Base):
    """The inbox copy of a desk mail for its recipient: kind, day, contents and state.

    It is written with the mail's delivery and updated with it. `items` are codes, ids and days.
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
        days_in_bounds("local_day"),
    )
