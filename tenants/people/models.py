"""People: one identity for each person, one membership in each chapter.

The identity tables have no row-level security and are granted to the web's login alone. Workers and the desk never read
them: a membership holds the name, address and language that its chapter writes to.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.codes import LANGUAGES, ZONES
from tenants.db import Base, ChapterOwned, chapter_key, country_key, days_in_bounds, known, new_id, one_of
from tenants.people.permissions import DeskRole, Role

DAYS_AWAY = 90
EMAIL_SHAPE = "email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1"


class User(Base):
    """One person. A new `fs_uniquifier` ends all their sessions and links.

    `telephone` has the notation of E.164. Others see it only after `telephone_shown_since`, when the person consented.
    """

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    zone: Mapped[str | None]
    telephone: Mapped[str | None]
    telephone_shown_since: Mapped[datetime | None]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(EMAIL_SHAPE, name="email_shape"),
        CheckConstraint("length(name) between 1 and 120", name="name_length"),
        CheckConstraint("telephone ~ '^\\+[1-9][0-9]{6,14}$'", name="telephone_shape"),
        CheckConstraint("telephone_shown_since is null or telephone is not null", name="consent_to_a_number"),
        known("zone", ZONES),
        known("language", LANGUAGES),
    )


class UserSession(Base):
    """A signed-in browser. The cookie holds a random token, the row its SHA-256."""

    __tablename__ = "user_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    agent: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("length(agent) <= 120", name="agent_length"),)


class AddressChange(Base):
    """A new address for an account, which a link in a mail to that address confirms. It is deleted when it is used."""

    __tablename__ = "address_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(EMAIL_SHAPE, name="email_shape"),
        CheckConstraint("expires_at > requested_at", name="expires_later"),
    )


class SignInThrottle(Base):
    """Failed sign-ins of one key, a keyed hash of an address or a network. A cache flush does not remove them."""

    __tablename__ = "sign_in_throttles"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("failures >= 1", name="failures_some"),)


class DeskAppointment(Base):
    """A role at UN Women, for some countries and days. `stand_in_for` is the person whom a stand-in replaces."""

    __tablename__ = "desk_appointments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str]
    countries: Mapped[list[str]] = mapped_column(ARRAY(String(2)))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    stand_in_for: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        one_of("role", DeskRole),
        CheckConstraint("cardinality(countries) >= 1", name="countries_some"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="ends_after_start"),
        days_in_bounds("starts_on", "ends_on"),
        known("countries", AREA_OF_COUNTRY, is_array=True),
    )


class DigestFrequency(StrEnum):
    """How often a member gets a digest at most."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Membership(ChapterOwned, Base):
    """A person in a chapter, with the name, address and language that it writes to. It ends, and is never deleted.

    The member gets no digest from the day `away_since`, when they said so, up to and including the day `away_until`.
    """

    __tablename__ = "memberships"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    zone: Mapped[str | None]
    digest_frequency: Mapped[str] = mapped_column(default=DigestFrequency.DAILY, server_default=DigestFrequency.DAILY)
    away_since: Mapped[date | None]
    away_until: Mapped[date | None]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("role", Role),
        one_of("digest_frequency", DigestFrequency),
        CheckConstraint(EMAIL_SHAPE, name="email_shape"),
        CheckConstraint("length(name) between 1 and 120", name="name_length"),
        CheckConstraint(
            "num_nonnulls(away_since, away_until) in (0, 2) "
            f"and (away_until is null or away_until - away_since between 0 and {DAYS_AWAY})",
            name="away_for_a_while",
        ),
        CheckConstraint("left_at is null or left_at >= joined_at", name="left_after_joined"),
        Index("uq_memberships_present", "chapter_id", "user_id", unique=True, postgresql_where=text("left_at is null")),
        Index("ix_memberships_user", "user_id"),
        days_in_bounds("away_since", "away_until"),
        known("zone", ZONES),
        known("language", LANGUAGES),
    )

    def is_away(self, day: date) -> bool:
        """Whether the member gets no digest on a day, because they are away."""
        return self.away_until is not None and day <= self.away_until


class FormerName(ChapterOwned, Base):
    """The names of a member before and after a change. Its id is that of the change's entry on the audit trail."""

    __tablename__ = "former_names"

    membership_id: Mapped[UUID]
    old_name: Mapped[str]
    new_name: Mapped[str]

    __table_args__ = (
        chapter_key("membership_id", "memberships"),
        CheckConstraint("length(old_name) between 1 and 120", name="old_name_length"),
        CheckConstraint("length(new_name) between 1 and 120", name="new_name_length"),
        CheckConstraint("old_name <> new_name", name="names_differ"),
    )


class Invitation(ChapterOwned, Base):
    """An invitation to join a chapter in a role, by a signed link that expires and works once.

    `invited_by` is None if the chapter was set up from the command line.
    """

    __tablename__ = "invitations"

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    invited_by: Mapped[UUID | None]
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("role", Role),
        CheckConstraint(EMAIL_SHAPE, name="email_shape"),
        CheckConstraint("length(name) between 1 and 120", name="name_length"),
        CheckConstraint("expires_at > invited_at", name="expires_later"),
        CheckConstraint("accepted_at is null or withdrawn_at is null", name="one_end"),
        Index(
            "uq_invitations_open",
            "chapter_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at is null and withdrawn_at is null"),
        ),
        known("language", LANGUAGES),
    )


class UnreachedAddress(ChapterOwned, Base):
    """A mark that no mail reaches the address that a chapter has of a member, until it is corrected or tried again.

    It is a table of its own, so that UN Women sees the mark without the right to read memberships.
    """

    __tablename__ = "unreached_addresses"

    country: Mapped[str] = mapped_column(String(2))
    membership_id: Mapped[UUID]
    since: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[UUID | None]

    __table_args__ = (
        country_key("unreached_addresses"),
        chapter_key("membership_id", "memberships"),
        CheckConstraint("num_nonnulls(cleared_at, cleared_by) in (0, 2)", name="cleared_by_somebody"),
        Index(
            "uq_unreached_addresses_open",
            "chapter_id",
            "membership_id",
            unique=True,
            postgresql_where=text("cleared_at is null"),
        ),
    )
