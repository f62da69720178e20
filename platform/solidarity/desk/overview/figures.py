"""The figures on the desk's first page: every indicator at one place, and one row for each part of that place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from solidarity.desk.area_filter import AreaFilter
from solidarity.desk.figures.page import Bar, bar_of, size_of
from solidarity.desk.figures.sentences import (
    Total,
    coverage_text,
    evidence_text,
    is_reported,
    no_total_reason,
    share_text,
    value_text,
)
from solidarity.desk.place_names import figure_url, place_name
from tenants.action_kit.evaluation.indicators import BY_CODE, CORE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import COUNTRIES_BY_AREA, Area
from tenants.figures.models import Level
from tenants.overview.report_states import Coverage, covered
from tenants.rollups.readings import PlaceKey, Value

PARTICIPATIONS = BY_CODE["participations"]

Board = Mapping[tuple[str, PlaceKey, Period], Value]


@dataclass(frozen=True)
class Cell:
    """One indicator at one place, as text. `bar` is how many have reported and how many not; None if none are expected.

    `series` are its values in the periods until this one, for a chart. The table of the figure's page has them too.
    """

    indicator: Indicator
    url: str
    value: str
    share: str
    is_number: bool
    why: str
    evidence: str
    bar: Bar | None
    series: list[float]


@dataclass(frozen=True)
class PlaceOverview:
    """A place with the states of its reports and its participations. `url` is the page with its parts."""

    name: str
    url: str
    coverage: Coverage
    value: str
    value_url: str
    is_there: bool


def cells(place_key: PlaceKey, period: Period, periods: Sequence[Period], board: Board) -> list[Cell]:
    """Return a cell for each core indicator at a place."""
    return [_cell(indicator, place_key, period, periods, board) for indicator in CORE]


def place_rows(
    area_filter: AreaFilter, period: Period, board: Board, coverage: Mapping[str, Coverage]
) -> list[PlaceOverview]:
    """Return the rows of the filter's places, in its order."""
    return [
        _row(place_key, period, board.get((PARTICIPATIONS.code, place_key, period)), coverage)
        for place_key in area_filter.parts
    ]


def _row(place_key: PlaceKey, period: Period, value: Value | None, coverage: Mapping[str, Coverage]) -> PlaceOverview:
    level, place = place_key
    total = value.total if value else None
    place_coverage = covered(COUNTRIES_BY_AREA[Area(place)] if level == Level.AREA else [place], coverage)
    figure = figure_url(place_key, PARTICIPATIONS.code, period)
    return PlaceOverview(
        place_name(place_key),
        url_for("desk.overview", area=place, period=period.code) if level == Level.AREA else figure,
        place_coverage,
        value_text(PARTICIPATIONS, total) if is_reported(total) else "",
        figure,
        value is not None or bool(place_coverage.expected),
    )


def _cell(indicator: Indicator, place_key: PlaceKey, period: Period, periods: Sequence[Period], board: Board) -> Cell:
    value = board.get((indicator.code, place_key, period))
    total = value.total if value else None
    reason = no_total_reason(total)
    series = [board.get((indicator.code, place_key, quarter)) for quarter in periods]
    return Cell(
        indicator,
        figure_url(place_key, indicator.code, period),
        value=value_text(indicator, total),
        share=share_text(indicator, total),
        is_number=is_reported(total) and not reason,
        why=reason,
        evidence=evidence_text(coverage_text(total), value.as_of if value else None),
        bar=bar_of(total),
        series=_series(indicator, [point.total if point else None for point in series]),
    )


def _series(indicator: Indicator, totals: Sequence[Total]) -> list[float]:
    """Return the values after the last period without one; empty if the latest period has none."""
    sizes: list[float] = []
    for total in reversed(totals):
        size = size_of(indicator, total)
        if size is None:
            break
        sizes.append(size)
    return sizes[::-1]
