"""Targets: the value that an indicator should reach in a year. A changed target is a new row with its reason."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.action_kit.evaluation.models import REASON_LENGTH
from tenants.db import Base, ChapterOwned, country_key, days_in_bounds

LARGEST_NUMBER = 10**12
FIRST_YEAR, LAST_YEAR = 2014, 2100  # the movement began in September 2014


class IndicatorTarget(ChapterOwned, Base):
    """The `number`th target of one version of an indicator for a year. The latest counts; a row never changes.

    Values are stored as in a report: two numbers for a ratio, whole cents for money. Without a baseline the starting
    value is unknown, which is not the same as zero.
    """

    __tablename__ = "indicator_targets"

    country: Mapped[str] = mapped_column(String(2))
    indicator: Mapped[str]
    version: Mapped[int] = mapped_column(SmallInteger)
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(SmallInteger)
    baseline_numerator: Mapped[int | None] = mapped_column(BigInteger)
    baseline_denominator: Mapped[int | None] = mapped_column(BigInteger)
    baseline_on: Mapped[date | None]
    target_numerator: Mapped[int] = mapped_column(BigInteger)
    target_denominator: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]

    __table_args__ = (
        country_key("indicator_targets"),
        UniqueConstraint("chapter_id", "year", "indicator", "version", "number", name="uq_indicator_targets_number"),
        CheckConstraint("indicator ~ '^[a-z_]{1,40}$' and version >= 1", name="indicator_is_a_code"),
        CheckConstraint(f"year between {FIRST_YEAR} and {LAST_YEAR}", name="year_sane"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(f"target_numerator between 0 and {LARGEST_NUMBER}", name="target_sane"),
        CheckConstraint(
            f"target_denominator > 0 and target_denominator between target_numerator and {LARGEST_NUMBER}",
            name="target_part_of_the_whole",
        ),
        CheckConstraint(f"baseline_numerator between 0 and {LARGEST_NUMBER}", name="baseline_sane"),
        CheckConstraint("num_nonnulls(baseline_numerator, baseline_on) in (0, 2)", name="baseline_dated"),
        CheckConstraint(
            "baseline_denominator is null or (baseline_numerator is not null and baseline_denominator > 0 "
            f"and baseline_denominator between baseline_numerator and {LARGEST_NUMBER})",
            name="baseline_part_of_the_whole",
        ),
        CheckConstraint(
            "baseline_numerator is null or (baseline_denominator is null) = (target_denominator is null)",
            name="both_ratios_or_none",
        ),
        CheckConstraint(f"length(reason) <= {REASON_LENGTH} and (number = 1 or reason <> '')", name="reason_to_move"),
        days_in_bounds("baseline_on"),
    )
