"""Read figures for pages, in one statement each, so that the parts shown add up to the total shown despite commits.

For UN Women's desk. The figures of countries, areas and the world are stored. The values of a chapter are in its
reports, and `evidence.py` reads them from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, or_, select, true, union
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.action_kit.evaluation.models import OpenedPeriod
from tenants.action_kit.evaluation.periods import Period
from tenants.figures.measures import MeasureKind, Parts, Refusal, RefusalReason
from tenants.figures.models import ALL_CELLS, CompileRun, Figure, Level, RunKind

PlaceKey = tuple[Level, str]
"""A level and the code of a place at it."""

WORLD: PlaceKey = (Level.WORLD, Level.WORLD.value)


@dataclass(frozen=True)
class Value:
    """All cells of a place together: a sum with its coverage or a refusal, and when it was compiled."""

    total: Parts | Refusal
    as_of: datetime


@dataclass
class Reading:
    """The figures of one indicator: values by place, and the people by cell of the place in focus."""

    values: dict[PlaceKey, Value] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)


def read_figures(
    session: Session,
    *,
    indicator: Indicator,
    period: Period,
    place_keys: Sequence[PlaceKey],
    focus: PlaceKey | None = None,
) -> Reading:
    """Read one indicator in one period: the places `place_keys`, and `focus` with its cells."""
    conditions = [*_at(place_keys, Figure.cell == ALL_CELLS)]
    if focus is not None:
        conditions.append(and_(Figure.level == focus[0], Figure.place == focus[1]))
    reading = Reading()
    for row in session.scalars(
        select(Figure).where(
            Figure.indicator == indicator.code,
            Figure.version == indicator.version,
            Figure.period_on == period.starts_on,
            or_(*conditions),
        )
    ):
        if row.cell == ALL_CELLS:
            reading.values[(Level(row.level), row.place)] = value_of(row, indicator)
        elif row.numerator is not None:
            reading.cells[row.cell] = row.numerator
    return reading


def read_board(
    session: Session, *, period: Period, top: PlaceKey | None, periods: Sequence[Period], place_keys: Sequence[PlaceKey]
) -> dict[tuple[str, PlaceKey, Period], Value]:
    """Read every indicator at `top` over `periods`, and at `place_keys` in `period`. Keys are (code, place, period)."""
    indicators = {(indicator.code, indicator.version): indicator for indicator in CORE}
    conditions = [and_(Figure.period_on == period.starts_on, or_(*_at(place_keys, true())))] if place_keys else []
    if top is not None:
        days = [quarter.starts_on for quarter in periods]
        conditions.append(and_(Figure.period_on.in_(days), Figure.level == top[0], Figure.place == top[1]))
    if not conditions:
        return {}
    rows = session.scalars(
        select(Figure).where(
            Figure.indicator.in_([code for code, _ in indicators]), Figure.cell == ALL_CELLS, or_(*conditions)
        )
    )
    return {
        (row.indicator, (Level(row.level), row.place), Period(row.period_on)): value_of(
            row, indicators[(row.indicator, row.version)]
        )
        for row in rows
        if (row.indicator, row.version) in indicators
    }


def read_periods(
    session: Session, *, indicator: Indicator, place_key: PlaceKey, periods: Sequence[Period]
) -> dict[Period, Value]:
    """Read one indicator at one place over some periods. `measures.over_periods` returns their sum."""
    rows = session.scalars(
        select(Figure).where(
            Figure.indicator == indicator.code,
            Figure.version == indicator.version,
            Figure.period_on.in_([period.starts_on for period in periods]),
            Figure.level == place_key[0],
            Figure.place == place_key[1],
            Figure.cell == ALL_CELLS,
        )
    )
    return {Period(row.period_on): value_of(row, indicator) for row in rows}


def periods_known(session: Session) -> list[Period]:
    """Return the periods that were ever opened for reports or compiled, latest first."""
    return sorted((Period(day) for day in session.scalars(_known())), reverse=True)


def periods_and_check(session: Session) -> tuple[list[Period], CompileRun | None]:
    """Return the known periods and the result of the last check, in one statement. No check without a period."""
    periods = _known().subquery()
    rows = session.execute(
        select(periods.c.period_on, CompileRun).outerjoin_from(periods, CompileRun, CompileRun.kind == RunKind.CHECK)
    ).all()
    return sorted((Period(row[0]) for row in rows), reverse=True), rows[0][1] if rows else None


def last_check(session: Session) -> CompileRun | None:
    """Return the last run in which the figures were recomputed and compared, or None."""
    return session.get(CompileRun, RunKind.CHECK)


def compiled_at(session: Session) -> datetime | None:
    """Return when anything was last compiled, or None."""
    return session.scalar(select(func.max(CompileRun.ran_at)).where(CompileRun.kind != RunKind.CHECK))


def value_of(row: Figure, indicator: Indicator) -> Value:
    """Return the value of a stored figure. Unique people have no sum above a chapter."""
    expected = row.expected or 0
    if indicator.rule.kind is MeasureKind.UNIQUE_PEOPLE:
        return Value(Refusal(RefusalReason.PEOPLE_OVER_CHAPTERS, row.reported, row.carried, expected), row.as_of)
    return Value(Parts(row.numerator, row.denominator, row.reported, row.carried, expected), row.as_of)


def _known() -> CompoundSelect[date]:
    world = select(Figure.period_on).where(
        Figure.indicator == CORE[0].code,
        Figure.version == CORE[0].version,
        Figure.level == Level.WORLD,
        Figure.cell == ALL_CELLS,
    )
    return union(select(OpenedPeriod.period_on), world)


def _at(place_keys: Sequence[PlaceKey], cells: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    by_level: dict[Level, list[str]] = defaultdict(list)
    for level, place in place_keys:
        by_level[level].append(place)
    return [and_(Figure.level == level, Figure.place.in_(places), cells) for level, places in by_level.items()]
