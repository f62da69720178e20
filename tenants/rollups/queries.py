"""Figures as pages read them: places, the cells of one of them, and when all was compiled, in one statement.

One statement sees one compile: the parts shown add up to the whole shown, whatever is committed meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tenants.action_kit.cells import AgeBand, Sex
from tenants.rollups.models import ALL, Figure, Level, Measure

Spot = tuple[Level, str]
"""A level and the code of a place at it."""

WORLD: Spot = (Level.WORLD, Level.WORLD.value)


@dataclass(frozen=True)
class Value:
    """All cells of a place together."""

    value: int
    entries: int
    reported: int
    expected: int


@dataclass
class Reading:
    """What was found: values by place, the cells of the place in focus, and when the figures were last compiled."""

    values: dict[Spot, Value] = field(default_factory=dict)
    cells: dict[tuple[Sex, AgeBand], int] = field(default_factory=dict)
    compiled_at: datetime | None = None


def read_figures(session: Session, *, measure: Measure, spots: Sequence[Spot], focus: Spot | None = None) -> Reading:
    """Read the places `spots`, each in one row, and `focus` with its cells. A place without chapters has no value.

    Every compile touches the world's row, so its time is that of the last compile, and holds for every place.
    """
    found, asked = Reading(), {*spots, *([focus] if focus else [])}
    wanted = [
        and_(Figure.level == level, Figure.place.in_(places), Figure.sex == ALL)
        for level, places in _by_level([*spots, WORLD]).items()
    ]
    if focus is not None:
        wanted.append(and_(Figure.level == focus[0], Figure.place == focus[1]))
    for row in session.scalars(select(Figure).where(Figure.measure == measure, or_(*wanted))):
        _note(found, row, asked)
    return found


def _by_level(spots: Sequence[Spot]) -> dict[Level, list[str]]:
    found: dict[Level, list[str]] = defaultdict(list)
    for level, place in spots:
        found[level].append(place)
    return found


def _note(found: Reading, row: Figure, asked: set[Spot]) -> None:
    spot = (Level(row.level), row.place)
    if row.sex != ALL:
        found.cells[(Sex(row.sex), AgeBand(row.age_band))] = row.value
        return
    if spot == WORLD:
        found.compiled_at = row.as_of
    if spot in asked:
        found.values[spot] = Value(row.value, row.entries, row.reported, row.expected)
