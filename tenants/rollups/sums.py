"""What the figures should be, as selects over the activity log: what counts, what is expected, how places add up.

Participations are a flow: over chapters they add. Only the current revision of an activity counts, and only if somebody
counted. A closed or dormant chapter keeps its flow; expected to report is an active chapter alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
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
    counted = _counted_activities(only)
    cells = _cells(only)
    together = select(cells.c.chapter_id, _added(cells.c.value).label("value")).group_by(cells.c.chapter_id).cte()
    active = cast(Chapter.state == ChapterState.ACTIVE, Integer)
    all_cells = (
        select(
            Chapter.id.label("chapter_id"),
            Chapter.country,
            Chapter.area,
            literal(ALL, Text).label("sex"),
            literal(ALL, Text).label("age_band"),
            func.coalesce(together.c.value, 0).label("value"),
            func.coalesce(counted.c.entries, 0).label("entries"),
            case((counted.c.entries.is_not(None), active), else_=0).label("reported"),
            active.label("expected"),
        )
        .outerjoin(together, together.c.chapter_id == Chapter.id)
        .outerjoin(counted, counted.c.chapter_id == Chapter.id)
    )
    each_cell = select(
        Chapter.id,
        Chapter.country,
        Chapter.area,
        cells.c.sex,
        cells.c.age_band,
        cells.c.value,
        cells.c.entries,
        literal(0),
        literal(0),
    ).join(cells, cells.c.chapter_id == Chapter.id)
    if only is not None:
        all_cells = all_cells.where(Chapter.id.in_(only))
    return union_all(all_cells, each_cell).cte("chapter_sums")


def place_sums() -> Select[tuple[str, str, str, str, int, int, int, int]]:
    """Return what `figures` should hold, recomputed from the log: level, place, sex, age_band and the four sums."""
    sums = chapter_sums()
    places = levels_of(sums.c.chapter_id, sums.c.country, sums.c.area)
    return (
        select(
            places.c.level,
            places.c.place,
            sums.c.sex,
            sums.c.age_band,
            _added(sums.c.value).label("value"),
            _added(sums.c.entries).label("entries"),
            _of_the_place(sums.c.reported, sums, places).label("reported"),
            _of_the_place(sums.c.expected, sums, places).label("expected"),
        )
        .select_from(sums.join(places, true()))
        .group_by(places.c.level, places.c.place, sums.c.sex, sums.c.age_band)
    )


def levels_of(
    chapter_id: SQLColumnExpression[UUID], country: SQLColumnExpression[str], area: SQLColumnExpression[str]
) -> FromClause:
    """Return the four places a chapter counts at, for a lateral join: level and place."""
    reached = [
        (literal(Level.CHAPTER, Text), cast(chapter_id, Text)),
        (literal(Level.COUNTRY, Text), cast(country, Text)),
        (literal(Level.AREA, Text), area),
        (literal(Level.WORLD, Text), literal(Level.WORLD, Text)),
    ]
    return values(column("level", Text), column("place", Text), name="places").data(reached).lateral()


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


def _of_the_place(counts: ColumnElement[int], sums: CTE, places: FromClause) -> ColumnElement[int]:
    """Give every cell of a place the count of its row of all cells."""
    own = case((sums.c.sex == ALL, func.sum(counts)))
    return cast(func.max(own).over(partition_by=[places.c.level, places.c.place]), Integer)
