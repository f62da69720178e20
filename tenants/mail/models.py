"""The mails of chapters and accounts: what is queued, what was sent, and the outcome.

`deliveries` is a platform table without text: a mail is made when it is handed over, from what is due then. Its
contents stay with the chapter, in `notifications`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, ChapterOwned, belongs_to, chapter_key, days_in_bounds, new_id, one_of
from tenants.people.models import Invitation, Membership


class MailKind(StrEnum):
    """The kinds of mail: a chapter's digest, an invitation to a chapter, a letter about a person's own account.

    UN Women's own are a weekly summary and, on other mornings, the requests that have waited for a decision.
    """

    DIGEST = "digest"
    INVITATION = "invitation"
    LETTER = "letter"
    DESK_SUMMARY = "desk_summary"
    DESK_APPROVALS = "desk_approvals"


class DeliveryState(StrEnum):
    """The states of the ledger. `handing_over` is committed before the final dot. After it only a probe may resend."""

    PENDING = "pending"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    LAPSED = "lapsed"
    HELD = "held"
    UNCERTAIN = "uncertain"
    DEAD = "dead"
    BOUNCED = "bounced"


class Reason(StrEnum):
    """Why a mail is in its state: why it is retried, was held, lapsed, or was given up."""

    ADDRESS_BEYOND_ASCII = "address_beyond_ascii"
    ADDRESS_REFUSED = "address_refused"
    ANSWER_NOT_HEARD = "answer_not_heard"
    APPOINTMENT_ENDED = "appointment_ended"
    CHAPTER_NOT_ACTIVE = "chapter_not_active"
    COULD_NOT_BE_MADE = "could_not_be_made"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    MAILBOX_UNAVAILABLE = "mailbox_unavailable"
    NOTHING_LEFT = "nothing_left"
    OVERTAKEN = "overtaken"
    PERSON_AWAY = "person_away"
    PERSON_LEFT = "person_left"
    RELAY_BROKE_OFF = "relay_broke_off"
    RELAY_REFUSED = "relay_refused"
    SEAL_BROKEN = "seal_broken"
    TERM_ENDED = "term_ended"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    WORKER_LOST = "worker_lost"


class Delivery(Base):
    """One mail to one recipient, sent once. `subject_id` is the membership, invitation or user written to.

    `lease_until` and `fence` keep two workers apart. `sealed` holds the encrypted contents of a letter until it is
    handed over, because the worker cannot read identities. `reason` is one of Reason.
    """

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    chapter_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    local_day: Mapped[date | None]
    state: Mapped[str] = mapped_column(default=DeliveryState.PENDING)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    smtp_code: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None]
    body_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "local_day"),
        one_of("kind", MailKind),
        one_of("state", DeliveryState),
        CheckConstraint(
            "(kind in ('letter', 'desk_summary', 'desk_approvals')) = (chapter_id is null)",
            name="letter_has_no_chapter",
        ),
        CheckConstraint(
            "(kind in ('digest', 'desk_summary', 'desk_approvals')) = (local_day is not null)",
            name="digest_has_a_day",
        ),
        CheckConstraint("sealed is null or kind = 'letter'", name="only_letters_sealed"),
        CheckConstraint("state <> 'sent' or (handed_at is not null and done_at is not null)", name="sent_is_dated"),
        CheckConstraint("reason ~ '^[a-z_]{1,40}$'", name="reason_is_a_code"),
        Index("ix_deliveries_due", "chapter_id", "next_at", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_deliveries_lease",
            "lease_until",
            postgresql_where=text("state in ('claimed', 'handing_over', 'uncertain')"),
        ),
        days_in_bounds("local_day"),
    )


class ConsumedRung(ChapterOwned, Base):
    """A rung of the ladder that a digest has brought to a person. No other digest has it again.

    `delivery_id` is the digest. It is None in rows older than the ladder.
    """

    __tablename__ = "consumed_rungs"

    membership_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    due_on: Mapped[date]
    rung: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[UUID | None]
    consumed_at: Mapped[datetime]

    __table_args__ = (
        chapter_key("membership_id", "memberships"),
        UniqueConstraint(
            "chapter_id", "membership_id", "kind", "subject_id", "due_on", "rung", name="uq_consumed_rungs"
        ),
        CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind_is_a_code"),
        days_in_bounds("due_on"),
    )


class ReminderPause(ChapterOwned, Base):
    """A person's request not to be reminded of an obligation until the day `until_on`, or, if None, until it is done.

    There is one row for each person and obligation, with the latest request. `carried_by` is the digest that reminded
    the person when the pause was over.
    """

    __tablename__ = "reminder_pauses"

    membership_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    due_on: Mapped[date]
    until_on: Mapped[date | None]
    asked_at: Mapped[datetime]
    carried_by: Mapped[UUID | None]

    __table_args__ = (
        chapter_key("membership_id", "memberships"),
        UniqueConstraint("chapter_id", "membership_id", "kind", "subject_id", "due_on", name="uq_reminder_pauses"),
        CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind_is_a_code"),
        CheckConstraint("carried_by is null or until_on is not null", name="carried_has_an_end"),
        days_in_bounds("due_on", "until_on"),
    )


class Notification(ChapterOwned, Base):
    """The inbox copy of a mail, which the chapter reads: recipient, day, contents and state.

    It is written with the mail's delivery and updated with it. `reason` is why it was held, lapsed or given up.
    """

    __tablename__ = "notifications"

    membership_id: Mapped[UUID | None]
    invitation_id: Mapped[UUID | None]
    local_day: Mapped[date | None]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str]
    reason: Mapped[str | None]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    delivery_id: Mapped[UUID]

    membership: Mapped[Membership | None] = belongs_to("Membership", source="Notification", by="membership_id")
    invitation: Mapped[Invitation | None] = belongs_to("Invitation", source="Notification", by="invitation_id")

    __table_args__ = (
        chapter_key("membership_id", "memberships"),
        chapter_key("invitation_id", "invitations"),
        UniqueConstraint("chapter_id", "membership_id", "local_day"),
        UniqueConstraint("chapter_id", "delivery_id"),
        one_of("state", DeliveryState),
        CheckConstraint("num_nonnulls(membership_id, invitation_id) = 1", name="one_recipient"),
        CheckConstraint("(membership_id is null) = (local_day is null)", name="digest_has_a_day"),
        CheckConstraint("reason ~ '^[a-z_]{1,40}$'", name="reason_is_a_code"),
        Index("ix_notifications_made", "chapter_id", "made_at"),
        days_in_bounds("local_day"),
    )
