# ruff: noqa: S608 - the statements are built from our own constants; values are parameters
"""Recompute every figure and compare it with the stored one. Both must follow from the approved reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.figures.models import Figure, RunKind
from tenants.rollups.compiler import lock, note_run, planner_settings
from tenants.rollups.contributions import (
    CLAIM_COLUMNS,
    CLAIMS_OF_ALL,
    COMPILED_CLAIMS,
    PARTS,
    RECOMPUTED_FIGURES,
    contribution_deltas,
    rules_of,
)

KEY = ("indicator", "version", "period_on", "level", "place", "cell")
_KEY_MATCHES = " and ".join(f"f.{name} = m.{name}" for name in KEY)
_DIFFERS = " or ".join(f"f.{part} is distinct from m.{part}" for part in PARTS)
_COMPARE = text(
    contribution_deltas(COMPILED_CLAIMS)
    + f"""
    select {", ".join(f"coalesce(f.{name}, m.{name})" for name in KEY)},
           f.indicator is not null, {", ".join(f"f.{part}" for part in PARTS)},
           m.indicator is not null, {", ".join(f"m.{part}" for part in PARTS)}
    from figures f full join ({RECOMPUTED_FIGURES}) m on {_KEY_MATCHES}
    where f.indicator is null or m.indicator is null or {_DIFFERS}
    order by 1, 2, 3, 4, 5, 6
    """
)
_FORGOTTEN_CHAPTERS = text(
    f"""
    with now as ({CLAIMS_OF_ALL})
    select distinct coalesce(now.chapter_id, c.chapter_id)
    from now full join compiled_reports c on c.chapter_id = now.chapter_id and c.period_on = now.period_on
    where ({" or ".join(f"now.{name} is distinct from c.{name}" for name in CLAIM_COLUMNS)})
      and coalesce(now.chapter_id, c.chapter_id) not in (select chapter_id from compile_marks)
    order by 1
    """
)


@dataclass(frozen=True)
class FigureParts:
    """The parts of a figure, stored or recomputed."""

    numerator: int | None
    denominator: int | None
    reported: int
    carried: int
    expected: int | None


@dataclass(frozen=True)
class FigureDifference:
    """A stored figure that differs from the approved reports. `stored` or `recomputed` is None if there is no row."""

    indicator: str
    version: int
    period_on: date
    level: str
    place: str
    cell: str
    stored: FigureParts | None
    recomputed: FigureParts | None


@dataclass(frozen=True)
class Check:
    """The result of a check: figures that differ, and chapters that changed without a mark.

    `figures` is the number of stored figures, all of which were compared.
    """

    differences: list[FigureDifference]
    forgotten: list[UUID]
    figures: int

    def __bool__(self) -> bool:
        """Whether there is an error."""
        return bool(self.differences or self.forgotten)


def check(session: Session, *, at: datetime, indicators: Sequence[Indicator] = CORE) -> Check:
    """Recompute all figures, compare them and store the result. Changes that have a waiting mark are not errors."""
    lock(session)
    planner_settings(session)
    differences = [_difference(row) for row in session.execute(_COMPARE, rules_of(indicators))]
    figures = session.scalars(select(func.count()).select_from(Figure)).one()
    result = Check(differences, list(session.scalars(_FORGOTTEN_CHAPTERS)), figures)
    note_run(session, RunKind.CHECK, at=at, chapters=len(result.forgotten), differences=len(differences))
    return result


def _difference(row: Sequence[Any]) -> FigureDifference:
    stored_parts, recomputed_parts = row[6:12], row[12:18]
    indicator, version, period_on, level, place, cell = row[:6]
    return FigureDifference(
        indicator,
        version,
        period_on,
        level,
        place,
        cell,
        stored=FigureParts(*stored_parts[1:]) if stored_parts[0] else None,
        recomputed=FigureParts(*recomputed_parts[1:]) if recomputed_parts[0] else None,
    )
