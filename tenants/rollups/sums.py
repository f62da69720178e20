"""What the figures should be, as selects over the activity log: what counts, what is expected, how places add up.

Participations are a flow: over chapters they add. Only the current revision of an activity counts, and only if somebody
counted. A closed or dormant chapter keeps its flow; expected to report is an active chapter alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    union_all,
    values,
)

from tenants.action_kit.activities.models import ActivityRevision, HeadCount
from tenants.chapters.models import Chapter, ChapterState
from tenants.rollups.models import ALL, Level


def chapter_sums(only: Sequence[UUID] | None = None) -> CTE:
    """Return the sums of each chapter, or of the chapters `only`: a row of all cells each, and a row a cell.

    Columns: chapter_id, country, area, sex, age_band, value, entries, reported, expected; the last two count the
    chapter itself, in the row of all cells alone.
    """
    cells = _cells(only)
    return union_all(_all_cells(cells, only), _each_cell(cells)).cte("chapter_sums")


def place_sums() -> CompoundSelect[*tuple[Any, ...]]:
    """Return what `figures` should hold, recomputed from the log: level, place, sex, age_band and the four sums.

    Chapters are summed to countries first, so that areas and the world add up a few hundred rows.
    """
    sums = chapter_sums()
    return union_all(_chapters_alone(sums), _places_above(_countries(sums)))


def levels_of(*reached: tuple[Level, SQLColumnExpression[Any]]) -> FromClause:
    """Return places, each at its level, for a lateral join: columns level and place."""
    rows = [(literal(level, Text), cast(place, Text)) for level, place in reached]
    return values(column("level", Text), column("place", Text), name="places").data(rows).lateral()


def above(country: SQLColumnExpression[str], area: SQLColumnExpression[str]) -> list[tuple[Level, Any]]:
    """Return the places above a chapter."""
    return [(Level.COUNTRY, country), (Level.AREA, area), (Level.WORLD, literal(Level.WORLD, Text))]


def _chapters_alone(sums: CTE) -> Select[*tuple[Any, ...]]:
    return select(
        literal(Level.CHAPTER, Text).label("level"),
        cast(sums.c.chapter_id, Text).label("place"),
        sums.c.sex,
        sums.c.age_band,
        sums.c.value,
        sums.c.entries,
        func.max(sums.c.reported).over(partition_by=sums.c.chapter_id).label("reported"),
        func.max(sums.c.expected).over(partition_by=sums.c.chapter_id).label("expected"),
    )


def _countries(sums: CTE) -> CTE:
    key = (sums.c.country, sums.c.area, sums.c.sex, sums.c.age_band)
    added = [_added(sums.c[part]).label(part) for part in ("value", "entries", "reported", "expected")]
    return select(*key, *added).group_by(*key).cte("countries")


def _places_above(countries: CTE) -> Select[*tuple[Any, ...]]:
    places = levels_of(*above(countries.c.country, countries.c.area))
    key = (places.c.level, places.c.place, countries.c.sex, countries.c.age_band)
    return (
        select(
            *key,
            _added(countries.c.value),
            _added(countries.c.entries),
            _of_the_place(countries.c.reported, countries, places),
            _of_the_place(countries.c.expected, countries, places),
        )
        .select_from(countries.join(places, true()))
        .group_by(*key)
    )


def _all_cells(cells: CTE, only: Sequence[UUID] | None) -> Select[*tuple[Any, ...]]:
    """Select one row a chapter, whether it has logged or not."""
    counted = _counted_activities(only)
    together = select(cells.c.chapter_id, _added(cells.c.value).label("value")).group_by(cells.c.chapter_id).cte()
    active = cast(Chapter.state == ChapterState.ACTIVE, Integer)
    rows = (
        select(
            *(Chapter.id.label("chapter_id"), Chapter.country, Chapter.area),
            *(literal(ALL, Text).label("sex"), literal(ALL, Text).label("age_band")),
            func.coalesce(together.c.value, 0).label("value"),
            func.coalesce(counted.c.entries, 0).label("entries"),
            case((counted.c.entries.is_not(None), active), else_=0).label("reported"),
            active.label("expected"),
        )
        .outerjoin(together, together.c.chapter_id == Chapter.id)
        .outerjoin(counted, counted.c.chapter_id == Chapter.id)
    )
    return rows if only is None else rows.where(Chapter.id.in_(only))


def _each_cell(cells: CTE) -> Select[*tuple[Any, ...]]:
    own = (Chapter.id, Chapter.country, Chapter.area, cells.c.sex, cells.c.age_band, cells.c.value, cells.c.entries)
    return select(*own, literal(0), literal(0)).join(cells, cells.c.chapter_id == Chapter.id)


def _counted_activities(only: Sequence[UUID] | None) -> CTE:
    counted = (
        select(ActivityRevision.chapter_id, func.count().label("entries"))
        .where(ActivityRevision.is_current, ActivityRevision.people.is_not(None))
        .group_by(ActivityRevision.chapter_id)
    )
    if only is not None:
        counted = counted.where(ActivityRevision.chapter_id.in_(only))
    return counted.cte("counted")


def _cells(only: Sequence[UUID] | None) -> CTE:
    same_revision = (HeadCount.chapter_id == ActivityRevision.chapter_id) & (
        HeadCount.revision_id == ActivityRevision.id
    )
    cells = (
        select(
            HeadCount.chapter_id,
            HeadCount.sex,
            HeadCount.age_band,
            _added(HeadCount.people).label("value"),
            func.count().label("entries"),
        )
        .join(ActivityRevision, same_revision)
        .where(ActivityRevision.is_current, ActivityRevision.people.is_not(None))
        .group_by(HeadCount.chapter_id, HeadCount.sex, HeadCount.age_band)
    )
    if only is not None:
        cells = cells.where(HeadCount.chapter_id.in_(only), ActivityRevision.chapter_id.in_(only))
    return cells.cte("cells")


def _added(counts: SQLColumnExpression[int]) -> ColumnElement[int]:
    return cast(func.sum(counts), BigInteger)  # PostgreSQL adds bigint to numeric


def _of_the_place(counts: ColumnElement[int], cells: CTE, places: FromClause) -> ColumnElement[int]:
    """Give every cell of a place the count of its row of all cells."""
    own = case((cells.c.sex == ALL, func.sum(counts)))
    return cast(func.max(own).over(partition_by=[places.c.level, places.c.place]), Integer)
