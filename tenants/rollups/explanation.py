"""Explain a figure: its value, and the rows one level below of which it must be the sum.

For UN Women's desk, over all countries. The caller's session must use one snapshot (`see_one_moment`). Otherwise a
compile between two statements would make a correct figure look wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision, HeadCount
from tenants.action_kit.evaluation.indicators import Filled
from tenants.action_kit.evaluation.models import ReportValue, ValueSourceKind
from tenants.action_kit.launch.models import TallyCount, TallyRevision
from tenants.chapters.areas import Area
from tenants.chapters.models import Chapter, ChapterSlug
from tenants.chapters.queries import listed_name
from tenants.figures.measures import Parts, Refusal, added_up
from tenants.figures.models import ALL_CELLS, CompiledReport, Figure, Level
from tenants.keyset import Window
from tenants.rollups.addresses import FigureId, UnknownFigure
from tenants.rollups.evidence import ChapterValue, EvidenceRow, chapter_values, sources_of
from tenants.rollups.readings import PlaceKey, Value, value_of

AT_A_TIME = 500


@dataclass(frozen=True)
class PlaceRow:
    """An area or a country, and its contribution."""

    place_key: PlaceKey
    parts: Parts


@dataclass(frozen=True)
class ChapterRow:
    """A chapter, what the figures hold of it, and its contribution. `parts` is that of the cell, if one is given."""

    id: UUID
    slug: str
    name: str
    country: str
    value: ChapterValue
    parts: Parts


@dataclass(frozen=True)
class Explanation:
    """A figure and the rows below it: places, chapters, or the rows of a chapter's log and books.

    `total` is a refusal if there is no sum, and the rows are then chapters. `chapter` is set for the figure of a
    chapter. `is_written` means that the chapter wrote the number itself, so that no rows are behind it. `as_of` is when
    the figure was compiled, or None if nothing of its country was.
    """

    figure: FigureId
    total: Parts | Refusal
    as_of: datetime | None
    places: Sequence[PlaceRow] = ()
    chapters: Sequence[ChapterRow] = ()
    sources: Sequence[EvidenceRow] = ()
    chapter: ChapterRow | None = None
    is_written: bool = False

    @property
    def added(self) -> Parts | Refusal:
        """The sum of the rows, for comparison with `total`."""
        if self.is_written:
            return self.total
        if self.chapter is not None:
            is_missing = not self.sources and self.chapter.parts.numerator is None
            source_total = sum(source.numerator for source in self.sources)
            return replace(self.chapter.parts, numerator=None if is_missing else source_total)
        rows = [*(row.parts for row in self.places), *(row.parts for row in self.chapters)]
        return added_up(rows, {self.total.reason} if isinstance(self.total, Refusal) else set())


def explain(session: Session, figure: FigureId) -> Explanation:
    """Return a figure and the rows of which it is the sum. Raises UnknownFigure if nothing was compiled."""
    if figure.level is Level.CHAPTER:
        return _explain_chapter(session, figure)
    place_key = (figure.level, figure.place)
    value = _stored_values(session, figure, [place_key]).get(place_key)
    if value is None:
        raise UnknownFigure(f"Nothing is compiled there for {figure.period.code}{_in_cell(figure)}.")
    explanation = Explanation(figure, value.total, value.as_of)
    if isinstance(value.total, Refusal) or figure.level is Level.COUNTRY:
        return replace(explanation, chapters=_chapter_rows(session, figure))
    is_world = figure.level is Level.WORLD
    below: list[PlaceKey] = [(Level.AREA, str(area)) for area in Area]
    if not is_world:
        below = [(Level.COUNTRY, code) for code in figure.countries]
    values = _stored_values(session, figure, below)
    rows = [(place_key, values[place_key].total) for place_key in below if place_key in values]
    return replace(
        explanation, places=[PlaceRow(place_key, parts) for place_key, parts in rows if isinstance(parts, Parts)]
    )


def _explain_chapter(session: Session, figure: FigureId) -> Explanation:
    rows = _chapter_rows(session, figure, chapter_id=_chapter_id(session, figure.place))
    if not rows:
        problem = "was not asked for a report of" if figure.cell == ALL_CELLS else "has nothing of"
        raise UnknownFigure(f"The chapter “{figure.place}” {problem} {figure.period.code}{_in_cell(figure)}.")
    (row,) = rows
    country = (Level.COUNTRY, row.country)
    value = _stored_values(session, replace(figure, cell=ALL_CELLS), [country]).get(country)
    is_written = figure.indicator.filled is Filled.CHAPTER
    sources = [] if is_written else list(_source_rows(session, row.value, figure))
    as_of = value.as_of if value else None
    return Explanation(figure, row.parts, as_of, sources=sources, chapter=row, is_written=is_written)


def _in_cell(figure: FigureId) -> str:
    return "" if figure.cell == ALL_CELLS else f" in the cell “{figure.cell}”"


def _chapter_id(session: Session, place: str) -> UUID:
    try:
        return UUID(place)
    except ValueError:
        chapter_id = session.scalars(select(ChapterSlug.chapter_id).where(ChapterSlug.slug == place)).one_or_none()
    if chapter_id is None:
        raise UnknownFigure(f"There is no chapter “{place}”. Write its id, or its name in addresses, such as recife.")
    return chapter_id


def _stored_values(session: Session, figure: FigureId, place_keys: Sequence[PlaceKey]) -> dict[PlaceKey, Value]:
    rows = session.scalars(
        select(Figure).where(
            Figure.indicator == figure.indicator.code,
            Figure.version == figure.indicator.version,
            Figure.period_on == figure.period.starts_on,
            Figure.level == place_keys[0][0],
            Figure.place.in_([place for _level, place in place_keys]),
            Figure.cell == figure.cell,
        )
    )
    return {(Level(row.level), row.place): value_of(row, figure.indicator) for row in rows}


def _chapter_rows(session: Session, figure: FigureId, *, chapter_id: UUID | None = None) -> list[ChapterRow]:
    """Return the chapters of a place by name, or one of them. For a cell, only those with people in it."""
    chapters = session.execute(
        select(Chapter.id, Chapter.slug, listed_name(), Chapter.country)
        .join(CompiledReport, CompiledReport.chapter_id == Chapter.id)
        .where(
            Chapter.country.in_(figure.countries),
            CompiledReport.country.in_(figure.countries),
            CompiledReport.period_on == figure.period.starts_on,
            *([] if chapter_id is None else [Chapter.id == chapter_id]),
        )
        .order_by(Chapter.sort_key, Chapter.id)
    ).all()
    rows: list[ChapterRow] = []
    for start in range(0, len(chapters), AT_A_TIME):
        batch = chapters[start : start + AT_A_TIME]
        values = chapter_values(
            session,
            indicator=figure.indicator,
            period=figure.period,
            chapters=[chapter.id for chapter in batch],
            countries=figure.countries,
        )
        batch_rows = [
            ChapterRow(*chapter, values[chapter.id], values[chapter.id].parts(figure.period)) for chapter in batch
        ]
        rows += batch_rows if figure.cell == ALL_CELLS else _only_cell(session, figure, batch_rows)
    return rows


def _only_cell(session: Session, figure: FigureId, rows: Sequence[ChapterRow]) -> Iterator[ChapterRow]:
    values = session.execute(
        select(ReportValue.chapter_id, ReportValue.numerator).where(
            ReportValue.chapter_id.in_([row.id for row in rows]),
            ReportValue.country.in_(figure.countries),
            ReportValue.submission_id.in_([row.value.submission_id for row in rows]),
            ReportValue.indicator == figure.indicator.code,
            ReportValue.version == figure.indicator.version,
            ReportValue.cell == figure.cell,
        )
    )
    people = {chapter_id: number for chapter_id, number in values if number is not None}
    for row in rows:
        if row.id in people:
            yield replace(row, parts=replace(row.parts, numerator=people[row.id], denominator=None, expected=0))


def _source_rows(session: Session, value: ChapterValue, figure: FigureId) -> Iterator[EvidenceRow]:
    window = Window(AT_A_TIME)
    while page := sources_of(session, value, window, countries=figure.countries):
        yield from page if figure.cell == ALL_CELLS else _count_cell(session, value.chapter_id, page, figure)
        window = Window(AT_A_TIME, after=(page[-1].id,))


def _count_cell(
    session: Session, chapter_id: UUID, sources: Sequence[EvidenceRow], figure: FigureId
) -> Iterator[EvidenceRow]:
    """Replace the number of each row by the people of one cell in its revision, and leave out rows without any."""
    people: dict[tuple[UUID, int], int] = {}
    ids = [source.source_id for source in sources]
    sex, _dot, age_band = figure.cell.partition(".")
    for revision, key, count in (
        (ActivityRevision, ActivityRevision.activity_id, HeadCount),
        (TallyRevision, TallyRevision.event_id, TallyCount),
    ):
        rows = session.execute(
            select(key, revision.number, count.people)
            .join(count, (count.chapter_id == revision.chapter_id) & (count.revision_id == revision.id))
            .where(
                revision.chapter_id == chapter_id,
                revision.country.in_(figure.countries),
                count.country.in_(figure.countries),
                key.in_(ids),
                count.sex == sex,
                count.age_band == age_band,
                *([TallyRevision.kind == ValueSourceKind.ATTENDANCE] if revision is TallyRevision else []),
            )
        )
        people |= {(source_id, number): head_count for source_id, number, head_count in rows}
    for source in sources:
        head_count = people.get((source.source_id, source.revision))
        if head_count is not None:
            yield replace(source, numerator=head_count)
