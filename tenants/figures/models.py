"""Figures, and the marks for chapters whose sums are out of date.

Both are platform tables: ids, codes, times and figures, no text and no personal data.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.db import Base, days_in_bounds, known, new_id, one_of

ALL_CELLS = "all"
QUARTER = "extract(day from period_on) = 1 and extract(month from period_on) in (1, 4, 7, 10)"


class Level(StrEnum):
    """The geographical level of a figure."""

    CHAPTER = "chapter"
    COUNTRY = "country"
    AREA = "area"
    WORLD = "world"


class CompileMark(Base):
    """A chapter whose sums are out of date. The web adds the row with the change, and the compiler deletes it."""

    __tablename__ = "compile_marks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    chapter_id: Mapped[UUID]
    marked_at: Mapped[datetime]


class RunKind(StrEnum):
    """The kinds of compiler runs."""

    MARKED = "marked"
    FULL = "full"
    CHECK = "check"


class CompiledReport(Base):
    """One compiled claim: the submission whose values the figures of a period include, and the state of the chapter.

    `submission_id` is the approved submission, or None. Submissions never change, so these rows determine the figures.
    """

    __tablename__ = "compiled_reports"

    chapter_id: Mapped[UUID] = mapped_column(primary_key=True)
    period_on: Mapped[date] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    area: Mapped[str]
    submission_id: Mapped[UUID | None]
    is_expected: Mapped[bool]
    is_open: Mapped[bool]

    __table_args__ = (
        CheckConstraint(QUARTER, name="period_is_a_quarter"),
        Index("ix_compiled_reports_country", "country", "period_on"),
        days_in_bounds("period_on"),
        known("country", AREA_OF_COUNTRY),
    )


class Figure(Base):
    """One value of an indicator at one place in one period, for one cell or for all of them ('all').

    `place` is a country's code, an area's code or 'world'. The values of a chapter are in its reports. `numerator` is
    None if no chapter gave a value, and if values must not be added; `denominator` is set only if values are pooled.
    `reported` counts the chapters whose own value is included, `carried` those whose earlier value is. `expected`, only
    in the row of all cells, counts the chapters whose report is expected. `as_of` is when the figure was compiled.
    """

    __tablename__ = "figures"

    indicator: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    period_on: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    reported: Mapped[int]
    carried: Mapped[int]
    expected: Mapped[int | None]
    as_of: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(QUARTER, name="period_is_a_quarter"),
        # No pattern: codes come from report_values, whose checks ensure their shape, and there are many rows.
        CheckConstraint("length(indicator) <= 40 and version >= 1", name="indicator_is_a_code"),
        CheckConstraint("level in ('country', 'area', 'world')", name="level_known"),
        CheckConstraint("length(place) <= 40", name="place_is_a_code"),
        CheckConstraint("length(cell) <= 60", name="cell_is_a_code"),
        CheckConstraint("(cell = 'all') = (expected is not null)", name="all_cells_say_expected"),
        CheckConstraint("reported >= 0 and carried >= 0", name="coverage_not_negative"),
        CheckConstraint("expected is null or reported <= expected", name="reported_within_expected"),
        CheckConstraint("numerator is null or reported + carried > 0", name="value_of_somebody"),
        CheckConstraint("denominator is null or (denominator >= 0 and numerator is not null)", name="part_of_a_value"),
        days_in_bounds("period_on"),
    )


class CompileRun(Base):
    """The last run of each kind of the compiler. `differences` is the result of the last check. A platform table."""

    __tablename__ = "compile_runs"

    kind: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]
    chapters: Mapped[int]
    differences: Mapped[int | None]

    __table_args__ = (
        one_of("kind", RunKind),
        CheckConstraint("chapters >= 0 and differences >= 0", name="counts_not_negative"),
        CheckConstraint("(kind = 'check') = (differences is not null)", name="check_says_differences"),
    )
