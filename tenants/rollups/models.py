"""Figures, and the marks that say which chapter's sums have moved.

Both are platform tables: ids, codes, times and figures, no text and no personal data.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.action_kit.cells import AgeBand, Sex
from tenants.db import Base, new_id, one_of

ALL = "all"


class Measure(StrEnum):
    """What is summed. Participations: head counts, so one person can count more than once."""

    PARTICIPATIONS = "participations"


class Level(StrEnum):
    """How far a figure reaches."""

    CHAPTER = "chapter"
    COUNTRY = "country"
    AREA = "area"
    WORLD = "world"


class CompileMark(Base):
    """A chapter whose sums have moved. The web writes it with the change; the compiler takes it away."""

    __tablename__ = "compile_marks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    chapter_id: Mapped[UUID]
    marked_at: Mapped[datetime]


class Figure(Base):
    """One value at one place: a cell, or the row of all cells (`sex` and `age_band` both 'all').

    `place` is a chapter's id, a country's code, an area's code or 'world'. `entries` counts the activities at which
    somebody counted people; in a cell, those where people of this cell came. `expected` counts the active chapters of
    the place, `reported` those among them that have logged an activity with a head count; a cell carries its place's.
    `as_of` is when it was compiled. A cell where nobody came has no row; the row of all cells is always there.
    """

    __tablename__ = "figures"

    measure: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    sex: Mapped[str] = mapped_column(primary_key=True)
    age_band: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    reported: Mapped[int]
    expected: Mapped[int]
    as_of: Mapped[datetime]

    __table_args__ = (
        one_of("measure", Measure),
        one_of("level", Level),
        CheckConstraint(
            f"sex in ({', '.join(repr(str(s)) for s in Sex)}, '{ALL}') "
            f"and age_band in ({', '.join(repr(str(a)) for a in AgeBand)}, '{ALL}') "
            f"and (sex = '{ALL}') = (age_band = '{ALL}')",
            name="cell_known",
        ),
        CheckConstraint("value >= 0 and entries >= 0", name="value_not_negative"),
        CheckConstraint("reported between 0 and expected", name="reported_within_expected"),
    )
