"""The content of every page of a figure: value, coverage, rule, cells, earlier periods, and other indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from solidarity.desk.figures.sentences import (
    FILLED_WORDS,
    RULE_WORDS,
    Total,
    coverage_text,
    evidence_text,
    is_reported,
    made_from,
    no_total_reason,
    reports_text,
    share_text,
    short_coverage,
    value_text,
)
from solidarity.desk.periods import periods_around, year_until
from solidarity.desk.place_names import figure_url, place_name, short_period
from solidarity.i18n.locale import format_number, format_quarter
from solidarity.labels.cells import AGE_WORDS, SEX_WORDS
from solidarity.labels.numbers import number_text
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.assembly import cell_code
from tenants.figures.measures import Accumulation, Parts, over_periods
from tenants.rollups.readings import PlaceKey, Value

Bar = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """The indicator and period of a page, and the current day."""

    indicator: Indicator
    period: Period
    today: date

    @property
    def periods(self) -> list[Period]:
        """The periods that the page reads: those that it lists, and those of the year so far."""
        return sorted({*periods_around(self.period, self.today), *year_until(self.period)})


@dataclass(frozen=True)
class FigureRow:
    """A place or a period in a table: its name, the URL of its figure, and the figure as text.

    `size` is the length of its bar, or None. `each` is the value per included chapter, or empty.
    """

    name: str
    url: str
    value: str
    is_reported: bool
    coverage: str
    bar: Bar | None
    size: float | None = None
    each: str = ""

    def with_coverage(self, words: str) -> FigureRow:
        """Return a copy with another text for the coverage."""
        return replace(self, coverage=words)


def row_of(indicator: Indicator, name: str, url: str, total: Total) -> FigureRow:
    """Return the row of a figure."""
    return FigureRow(
        name,
        url,
        value_text(indicator, total),
        is_reported(total),
        coverage_text(total),
        bar_of(total),
        size=size_of(indicator, total),
        each=each_text(indicator, total),
    )


def size_of(indicator: Indicator, total: Total) -> float | None:
    """Return the length of a figure's bar: its value, or the share of a ratio; None without a value."""
    if not isinstance(total, Parts) or total.numerator is None or not is_reported(total):
        return None
    return total.numerator / total.denominator if indicator.is_ratio and total.denominator else total.numerator


def each_text(indicator: Indicator, total: Total) -> str:
    """Return the value per included chapter as text, which separates growth from better reporting."""
    size, chapters = size_of(indicator, total), chapters_in(total)
    if size is None or indicator.is_ratio or not chapters:
        return ""
    return number_text(indicator, round(size / chapters))


def chapters_in(total: Total) -> int:
    """Return how many chapters are included in a figure, reported or carried forward."""
    return 0 if total is None else total.reported + total.carried


def bar_of(total: Total) -> Bar | None:
    """Return how many of the expected chapters have reported and how many have not; None if none are expected."""
    return (total.reported, total.expected - total.reported) if total is not None and total.expected else None


def place_rows(query: Asked, place_keys: Sequence[PlaceKey], values: Mapping[PlaceKey, Value]) -> list[FigureRow]:
    """Return the places as rows."""
    return [
        row_of(
            query.indicator,
            place_name(place_key),
            figure_url(place_key, query.indicator.code, query.period),
            values[place_key].total if place_key in values else None,
        )
        for place_key in place_keys
    ]


def figure_facts(
    query: Asked,
    place_key: PlaceKey,
    *,
    name: str,
    total: Total,
    as_of: datetime | None,
    cells: Mapping[str, int],
    history: Mapping[Period, Total],
    standings: Mapping[Period, str] | None = None,
) -> dict[str, Any]:
    """Return the variables of a figure's template. For a chapter, `standings` are the sources of its values."""
    indicator, period = query.indicator, query.period
    return {
        "indicator": indicator,
        "period": period,
        "period_name": format_quarter(period.starts_on),
        "level": str(place_key[0]),
        "name": name,
        "total_row": row_of(indicator, name, "", total),
        "share": share_text(indicator, total),
        "made_from": made_from(indicator, total) if standings is None else "",
        "why": no_total_reason(total),
        "evidence": evidence_text(coverage_text(total) if standings is None else standings[period], as_of),
        "rule": RULE_WORDS[(indicator.rule.kind, indicator.rule.accumulation)],
        "made_of": FILLED_WORDS[indicator.filled],
        "columns": list(SEX_WORDS.values()),
        "sexes": _sexes(cells),
        "grid": _grid(cells) if cells else [],
        "history": (rows := _history(query, place_key, history, standings or {})),
        "greatest": max((row.size or 0 for row, _is_current in rows), default=0),
        "growth": _growth([row for row, _is_current in rows if row.each]),
        "so_far": _so_far(query, history),
        "others": [
            (sibling.title, figure_url(place_key, sibling.code, period))
            for sibling in CORE
            if sibling.code != indicator.code
        ],
    }


def _history(
    query: Asked, place_key: PlaceKey, history: Mapping[Period, Total], standings: Mapping[Period, str]
) -> list[tuple[FigureRow, bool]]:
    """Return the rows of the periods around, with whether each is the page's own, from the first one with a figure."""
    periods = periods_around(query.period, query.today)
    first = min([query.period, *(period for period in periods if history.get(period) is not None)])
    rows = []
    for period in (quarter for quarter in periods if quarter >= first):
        url = figure_url(place_key, query.indicator.code, period)
        total = history.get(period)
        row = row_of(query.indicator, short_period(period), url, total)
        if period in standings:
            row = replace(row, coverage=standings[period], bar=None, each="")
        elif total is not None and not total.carried and total.expected:
            row = replace(row, coverage=short_coverage(total))
        rows.append((row, period == query.period))
    return rows


def _growth(rows: Sequence[FigureRow]) -> str:
    """Return a sentence with the value per chapter in the first and in the last of some periods."""
    if len(rows) < 2:
        return ""
    first, last = rows[0], rows[-1]
    return str(
        _(
            "Per chapter included: %(first)s in %(then)s, %(last)s in %(now)s.",
            first=first.each,
            then=first.name,
            last=last.each,
            now=last.name,
        )
    )


def _so_far(query: Asked, history: Mapping[Period, Total]) -> dict[str, str]:
    """Return the total of the year up to this period, or the reason why there is none."""
    parts = [history.get(period) or Parts() for period in year_until(query.period)]
    total = over_periods(query.indicator.rule, parts)
    is_sum = query.indicator.rule.accumulation is Accumulation.FLOW
    return {
        "value": value_text(query.indicator, total) if is_reported(total) else "",
        "coverage": reports_text(total) if is_sum else coverage_text(total),
        "why": no_total_reason(total),
    }


def _sexes(cells: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the number of people of each sex, of all ages."""
    return [(str(word), sum(cells.get(cell_code(sex, age), 0) for age in AgeBand)) for sex, word in SEX_WORDS.items()]


def _grid(cells: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the rows of the table of cells: one for each age band, with its sum."""
    rows = []
    for age in AgeBand:
        people = [cells.get(cell_code(sex, age), 0) for sex in Sex]
        rows.append({"label": AGE_WORDS[age], "cells": [format_number(n) for n in people], "sum": sum(people)})
    return rows
