"""Terms of focal points and deputies: who is responsible for the chapter, and from which day to which."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, ChapterOwned, chapter_key, country_key, days_in_bounds, one_of

DAYS = text("daterange(starts_on, ends_on + 1)")


class Rank(StrEnum):
    """Whether the member is the focal point, or a deputy who stands in during a vacancy."""

    PRIMARY = "primary"
    DEPUTY = "deputy"


class FocalPointTerm(ChapterOwned, Base):
    """A member's term. It ends, and is never deleted. The database prevents two primary terms on one day.

    `ends_on` is its last day. A term that ended on the day it began has lasted no day and ends the day before.
    `organisation` is the one that the member represents, or empty. `confirmed_on` is when the member was last confirmed
    as the right person. `appointed_by` is None if the command line or a migration made the term.
    """

    __tablename__ = "focal_point_terms"

    membership_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    organisation: Mapped[str]
    rank: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    appointed_at: Mapped[datetime]
    appointed_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        one_of("rank", Rank),
        CheckConstraint("length(organisation) <= 120", name="organisation_length"),
        CheckConstraint("starts_on between date '2014-09-20' and date '2100-01-01'", name="starts_on_reason"),
        CheckConstraint("ends_on between starts_on - 1 and date '2110-01-01'", name="ends_on_reason"),
        CheckConstraint("ends_on >= starts_on or ended_at is not null", name="ended_before_a_day"),
        CheckConstraint("confirmed_on is null or confirmed_on >= starts_on", name="confirmed_after_start"),
        CheckConstraint("ended_by is null or ended_at is not null", name="ended_by_when"),
        chapter_key("membership_id", "memberships"),
        country_key("focal_point_terms"),
        ExcludeConstraint(
            ("chapter_id", "="), (DAYS, "&&"), where=text("rank = 'primary'"), name="ex_focal_point_terms_one_primary"
        ),
        ExcludeConstraint(
            ("chapter_id", "="), ("membership_id", "="), (DAYS, "&&"), name="ex_focal_point_terms_one_a_person"
        ),
        days_in_bounds("starts_on", "ends_on", "confirmed_on"),
    )
