"""Sum the activity log into figures, as the compiler: by the marks waiting, or all of it from scratch.

One compiler at a time: the lock is taken before the first read, since two that read at once would each move the world
from the same old value. Every chapter that marks name is summed anew, and country, area and world move by the
difference, so a change costs the same whatever the size of the world. Marks are taken in the same transaction: what is
rolled back leaves them waiting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnClause,
    FromClause,
    Text,
    column,
    delete,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from tenants.chapters.models import Chapter
from tenants.rollups.models import ALL, CompileMark, Figure, Level, Measure
from tenants.rollups.sums import above, chapter_sums, levels_of, place_sums

LOCK = 0x736F6C69  # any number that nobody else locks
KEY = ("level", "place", "sex", "age_band")
PARTS = ("value", "entries", "reported", "expected")


@dataclass(frozen=True)
class Cell:
    """Where a figure stands: a cell, or all cells, of one place."""

    level: str
    place: str
    sex: str
    age_band: str


@dataclass(frozen=True)
class Parts:
    """What adds up."""

    value: int = 0
    entries: int = 0
    reported: int = 0
    expected: int = 0

    def __add__(self, other: Parts) -> Parts:
        return Parts(*(getattr(self, part) + getattr(other, part) for part in PARTS))

    def __neg__(self) -> Parts:
        return Parts(*(-getattr(self, part) for part in PARTS))


@dataclass(frozen=True)
class Difference:
    """A figure that is not what the log says; None where there is no row."""

    cell: Cell
    stored: Parts | None
    recomputed: Parts | None


def compile_marked(session: Session, *, at: datetime) -> int:
    """Bring the figures up to every mark waiting and return how many chapters were summed anew."""
    _lock(session)
    chapters = sorted(set(session.scalars(delete(CompileMark).returning(CompileMark.chapter_id))))
    if not chapters:
        return 0
    _move(session, _moved(session, chapters), at)
    return len(chapters)


def compile_full(session: Session, *, at: datetime) -> None:
    """Recompute every figure from the log and take all marks."""
    _lock(session)
    session.execute(delete(CompileMark))
    session.execute(delete(Figure).where(Figure.measure == Measure.PARTICIPATIONS))
    sums = place_sums().subquery()
    rows = select(literal(Measure.PARTICIPATIONS, Text), *sums.c, literal(at))
    session.execute(insert(Figure).from_select(["measure", *sums.c.keys(), "as_of"], rows))


def check(session: Session) -> list[Difference]:
    """Return every figure that differs from what the log says now; places with a mark waiting are left out."""
    _lock(session)
    should = place_sums().subquery("should")
    stored = select(Figure).where(Figure.measure == Measure.PARTICIPATIONS).subquery("stored")
    same = [stored.c[name] == should.c[name] for name in KEY]
    differs = [stored.c[part].is_distinct_from(should.c[part]) for part in PARTS]
    named = [func.coalesce(should.c[name], stored.c[name]).label(name) for name in KEY]
    both = stored.join(should, same[0] & same[1] & same[2] & same[3], full=True)
    found = session.execute(
        select(*named, *(stored.c[part] for part in PARTS), *(should.c[part] for part in PARTS))
        .select_from(both)
        .where(
            differs[0] | differs[1] | differs[2] | differs[3],
            tuple_(*named[:2]).not_in(_waiting()),
        )
    )
    return [Difference(Cell(*row[:4]), _parts(row[4:8]), _parts(row[8:12])) for row in found]


def _lock(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _moved(session: Session, chapters: Sequence[UUID]) -> dict[Cell, Parts]:
    """Return how far every cell of every place of these chapters has to move; a row of all cells even by nothing."""
    moved: dict[Cell, Parts] = defaultdict(Parts)
    places: dict[str, list[tuple[str, str]]] = {}
    for row in session.execute(select(chapter_sums(chapters))):
        here = places.setdefault(str(row.chapter_id), _levels(row.chapter_id, row.country, row.area))
        for level, place in here:
            moved[Cell(level, place, row.sex, row.age_band)] += Parts(*row[5:])
    for stored in session.scalars(_stored(places)):
        for level, place in places[stored.place]:
            moved[Cell(level, place, stored.sex, stored.age_band)] += -_counted(stored)
    return moved


def _levels(chapter_id: UUID, country: str, area: str) -> list[tuple[str, str]]:
    return [
        (Level.CHAPTER.value, str(chapter_id)),
        (Level.COUNTRY.value, country),
        (Level.AREA.value, area),
        (Level.WORLD.value, Level.WORLD.value),
    ]


def _stored(places: dict[str, Any]) -> Any:
    return select(Figure).where(
        Figure.measure == Measure.PARTICIPATIONS, Figure.level == Level.CHAPTER, Figure.place.in_(list(places))
    )


def _counted(figure: Figure) -> Parts:
    """Return what a stored row adds to the places above it: coverage is counted once, in the row of all cells."""
    if figure.sex == ALL:
        return Parts(figure.value, figure.entries, figure.reported, figure.expected)
    return Parts(figure.value, figure.entries)


def _move(session: Session, moved: dict[Cell, Parts], at: datetime) -> None:
    moves = _as_rows(moved)
    key = [moves.c[name] for name in KEY]
    measure = literal(Measure.PARTICIPATIONS, Text)
    nothing = [literal(0)] * len(PARTS)
    # A row that sinks cannot be inserted, not even to be replaced: the checks see it first. So zeros, then moves.
    session.execute(
        insert(Figure)
        .from_select(
            ["measure", *KEY, *PARTS, "as_of"],
            select(measure, *key, *nothing, literal(at)),
        )
        .on_conflict_do_nothing()
    )
    session.execute(
        update(Figure)
        .where(Figure.measure == measure, *(getattr(Figure, name) == moves.c[name] for name in KEY))
        .values({part: getattr(Figure, part) + moves.c[part] for part in PARTS})
        .execution_options(synchronize_session=False)
    )
    _settle(session, moves, at)


def _settle(session: Session, moves: FromClause, at: datetime) -> None:
    """Give every cell of the places moved its place's coverage and the time; drop the cells where nobody is left."""
    together = aliased(Figure)
    here = [Figure.measure == Measure.PARTICIPATIONS, moves.c.sex == ALL]
    here += [Figure.level == moves.c.level, Figure.place == moves.c.place]
    session.execute(
        update(Figure)
        .where(
            *here,
            together.measure == Figure.measure,
            together.level == Figure.level,
            together.place == Figure.place,
            together.sex == ALL,
        )
        .values(
            reported=together.reported,
            expected=together.expected,
            as_of=func.greatest(Figure.as_of, literal(at)),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Figure).where(*here, Figure.sex != ALL, Figure.entries == 0).execution_options(synchronize_session=False)
    )


def _as_rows(moved: dict[Cell, Parts]) -> FromClause:
    """Return the moves as a table of a statement: arrays side by side, one parameter a column whatever their number."""
    texts = [literal([getattr(cell, name) for cell in moved], ARRAY(Text)) for name in KEY]
    numbers = [literal([getattr(parts, name) for parts in moved.values()], ARRAY(BigInteger)) for name in PARTS]
    columns: list[ColumnClause[Any]] = [column(name, Text()) for name in KEY]
    columns += [column(name, BigInteger()) for name in PARTS]
    return func.unnest(*texts, *numbers).table_valued(*columns, name="moves").render_derived()


def _waiting() -> Any:
    chapter = aliased(Chapter)
    places = levels_of((Level.CHAPTER, chapter.id), *above(chapter.country, chapter.area))
    return (
        select(places.c.level, places.c.place)
        .select_from(CompileMark)
        .join(chapter, chapter.id == CompileMark.chapter_id)
        .join(places, literal(value=True))
    )


def _parts(row: Sequence[int | None]) -> Parts | None:
    return None if row[0] is None else Parts(*(part or 0 for part in row))
