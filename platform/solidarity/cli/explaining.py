"""`solidarity explain figure`: a figure and its source rows as plain text, to print or to store in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from solidarity.app import create_app
from solidarity.database.engines import opened_application
from solidarity.desk.place_names import place_name
from solidarity.labels.no_total import WHY_WORDS
from solidarity.settings import Settings
from tenants.action_kit.evaluation.indicators import Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import opened, see_one_moment
from tenants.figures.measures import Parts, Refusal
from tenants.figures.models import ALL_CELLS
from tenants.rollups.addresses import FigureId, address_of
from tenants.rollups.evidence import EvidenceRow
from tenants.rollups.explanation import ChapterRow, Explanation, PlaceRow, explain
from tenants.scope import DeskScope

DESK = DeskScope(ALL_COUNTRIES)
COVERAGE = ("reported", "carried", "expected")
Table = list[tuple[str, ...]]


def explained(settings: Settings, figure: FigureId) -> tuple[list[str], bool]:
    """Return the lines that explain a figure, and whether its rows add up to it. Raises UnknownFigure."""
    with opened_application(create_app(settings)), opened(DESK) as session:
        see_one_moment(session)
        explanation = explain(session, figure)
        return [*_head(explanation), "", *_body(explanation)], explanation.added == explanation.total


def _head(explanation: Explanation) -> Iterator[str]:
    figure, total = explanation.figure, explanation.total
    indicator = figure.indicator
    yield f"{indicator.title}: {_name(explanation)}, {figure.period.code}"
    yield str(indicator.definition)
    yield ""
    yield from _aligned(
        [
            ("Figure", _address(figure)),
            ("Unit", str(indicator.unit)),
            ("Cell", "all" if figure.cell == ALL_CELLS else figure.cell),
            ("Value", _value(indicator, total) if isinstance(total, Parts) else f"no total: {WHY_WORDS[total.reason]}"),
            ("Coverage", _coverage(explanation)),
            ("Compiled", _moment(explanation.as_of) if explanation.as_of else "never"),
        ],
        numbers=0,
    )


def _body(explanation: Explanation) -> Iterator[str]:
    indicator, period = explanation.figure.indicator, explanation.figure.period
    if explanation.is_written and explanation.chapter is not None:
        report_day = explanation.chapter.value.said_on
        yield (
            "The chapter has said no number."
            if report_day is None
            else (
                f"The chapter wrote the number in its report of {Period(report_day).code}; no other rows are behind it."
            )
        )
    elif explanation.chapter is not None:
        yield from _sum_of(
            explanation, ("row", "day", "revision", "since", "title"), _source_cells(indicator), explanation.sources
        )
    elif explanation.places:
        yield from _sum_of(explanation, ("place", *COVERAGE, "name"), _place_cells, explanation.places)
    else:
        yield from _sum_of(
            explanation, ("chapter", "country", "counts", "name"), _chapter_cells(period), explanation.chapters
        )


def _sum_of(
    explanation: Explanation, heads: tuple[str, ...], cells: Callable[..., tuple[str, ...]], rows: Sequence[object]
) -> Iterator[str]:
    """Yield a table of the rows with their values and the sum, and a warning if the sum differs from the figure."""
    indicator, added = explanation.figure.indicator, explanation.added
    table: Table = [("gives", *heads)]
    for row in rows:
        table.append((_given(indicator, row), *cells(row)))
    blank = ("",) * (len(heads) - 1)
    if isinstance(added, Parts):
        table.append((_value(indicator, added), f"sum of {len(rows)}", *blank))
    yield from _aligned(table, numbers=1)
    if added != explanation.total:
        yield ""
        yield (
            f"WRONG: the rows come to {_all_parts(indicator, added)}, the figure says "
            f"{_all_parts(indicator, explanation.total)}. `solidarity compile --check` tells more."
        )


def _given(indicator: Indicator, row: object) -> str:
    if isinstance(row, EvidenceRow):
        return _number(indicator, row.numerator)
    assert isinstance(row, PlaceRow | ChapterRow)  # noqa: S101 - there are no others
    return _value(indicator, row.parts)


def _place_cells(row: PlaceRow) -> tuple[str, ...]:
    level, place = row.place_key
    return f"{level}/{place}", *(str(getattr(row.parts, part)) for part in COVERAGE), place_name(row.place_key)


def _chapter_cells(period: Period) -> Callable[[ChapterRow], tuple[str, ...]]:
    def cells(row: ChapterRow) -> tuple[str, ...]:
        return f"chapter/{row.slug}", row.country, _value_source(row, period), _plain(row.name)

    return cells


def _value_source(row: ChapterRow, period: Period) -> str:
    report_day = row.value.said_on
    if report_day is not None:
        return "own" if report_day == period.starts_on else f"carried from {Period(report_day).code}"
    if row.value.missing is not None:
        return f"no number: {row.value.missing.replace('_', ' ')}"
    return "not reported" if row.value.is_expected else "not expected"


def _source_cells(indicator: Indicator) -> Callable[[EvidenceRow], tuple[str, ...]]:
    def cells(row: EvidenceRow) -> tuple[str, ...]:
        since = "corrected" if row.is_corrected else ""
        return f"{row.kind}/{row.source_id}", f"{row.held_on or ''}", f"{row.revision}", since, _plain(row.title or "")

    return cells


def _name(explanation: Explanation) -> str:
    if explanation.chapter is not None:
        return _plain(explanation.chapter.name)
    return place_name((explanation.figure.level, explanation.figure.place))


def _address(figure: FigureId) -> str:
    return address_of(
        indicator=figure.indicator.code, period=figure.period, level=figure.level, place=figure.place, cell=figure.cell
    )


def _coverage(explanation: Explanation) -> str:
    total = explanation.total
    counts = f"{total.reported} reported, {total.carried} carried forward"
    return counts if explanation.figure.cell != ALL_CELLS else f"{counts}, {total.expected} expected"


def _value(indicator: Indicator, parts: Parts) -> str:
    if parts.numerator is None:
        return "no value"
    number = _number(indicator, parts.numerator)
    return number if parts.denominator is None else f"{number} of {parts.denominator}"


def _all_parts(indicator: Indicator, total: Parts | Refusal) -> str:
    value = f"{_value(indicator, total)}, " if isinstance(total, Parts) else ""
    return value + ", ".join(f"{getattr(total, part)} {part}" for part in COVERAGE)


def _number(indicator: Indicator, number: int) -> str:
    if not indicator.cents:
        return str(number)
    dollars, cents = divmod(abs(number), 100)
    return f"{'-' if number < 0 else ''}{dollars}.{cents:02}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _plain(text: str) -> str:
    """Replace control characters by spaces: chapters write names and titles, and this text goes to a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _aligned(table: Table, *, numbers: int) -> Iterator[str]:
    """Yield the rows with aligned columns. The first `numbers` columns are aligned to the right."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = [
            cell.rjust(width) if column < numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
