"""What every page of a figure shows: value, coverage, rule, cells, the periods before, and the other indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from solidarity.cell_words import AGE_WORDS, SEX_WORDS
from solidarity.desk.figure_words import (
    FILLED_WORDS,
    RULE_WORDS,
    Total,
    coverage_text,
    evidence_text,
    is_told,
    reports_text,
    share_text,
    value_text,
    why_text,
)
from solidarity.desk.periods import periods_around, year_until
from solidarity.desk.words import figure_url, place_name
from solidarity.language import format_number, format_quarter
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.assembly import cell_code
from tenants.action_kit.evaluation.core import CORE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.rollups.measures import Accumulation, Parts, over_periods
from tenants.rollups.readings import Spot, Value

Bar = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """Which figure a page is about, and the day it is asked for."""

    indicator: Indicator
    period: Period
    today: date

    @property
    def periods(self) -> list[Period]:
        """Return the periods its page reads: those it lists, and those of the year so far."""
        return sorted({*periods_around(self.period, self.today), *year_until(self.period)})


@dataclass(frozen=True)
class Row:
    """A place or a period in a table: its name, where its figure is, and its figure in words."""

    name: str
    url: str
    value: str
    is_told: bool
    coverage: str
    bar: Bar | None


def row_of(indicator: Indicator, name: str, url: str, total: Total) -> Row:
    """Return a figure as a row shows it."""
    return Row(name, url, value_text(indicator, total), is_told(total), coverage_text(total), bar_of(total))


def bar_of(total: Total) -> Bar | None:
    """Return how many of those expected have reported and how many have not; None where nobody is expected."""
    return (total.reported, total.expected - total.reported) if total is not None and total.expected else None


def place_rows(asked: Asked, spots: Sequence[Spot], values: Mapping[Spot, Value]) -> list[Row]:
    """Return places as rows."""
    return [
        row_of(
            asked.indicator,
            place_name(spot),
            figure_url(spot, asked.indicator.code, asked.period),
            values[spot].total if spot in values else None,
        )
        for spot in spots
    ]


def figure_facts(
    asked: Asked,
    spot: Spot,
    *,
    name: str,
    total: Total,
    as_of: datetime | None,
    cells: Mapping[str, int],
    history: Mapping[Period, Total],
    standings: Mapping[Period, str] | None = None,
) -> dict[str, Any]:
    """Return what the template of every figure needs; of a chapter, `standings` say what each period's value is."""
    indicator, period = asked.indicator, asked.period
    return {
        "indicator": indicator,
        "period": period,
        "period_name": format_quarter(period.starts_on),
        "level": str(spot[0]),
        "name": name,
        "told": row_of(indicator, name, "", total),
        "share": share_text(indicator, total),
        "why": why_text(total),
        "evidence": evidence_text(coverage_text(total) if standings is None else standings[period], as_of),
        "rule": RULE_WORDS[(indicator.rule.kind, indicator.rule.accumulation)],
        "made_of": FILLED_WORDS[indicator.filled],
        "columns": list(SEX_WORDS.values()),
        "sexes": _sexes(cells),
        "grid": _grid(cells) if cells else [],
        "history": _history(asked, spot, history, standings or {}),
        "so_far": _so_far(asked, history),
        "others": [
            (other.title, figure_url(spot, other.code, period)) for other in CORE if other.code != indicator.code
        ],
    }


def _history(
    asked: Asked, spot: Spot, history: Mapping[Period, Total], standings: Mapping[Period, str]
) -> list[tuple[Row, bool]]:
    """Return the periods around, each with whether it is this page's; those before anybody was asked are left out."""
    shown = periods_around(asked.period, asked.today)
    first = min([asked.period, *(period for period in shown if history.get(period) is not None)])
    rows = []
    for period in (each for each in shown if each >= first):
        url = figure_url(spot, asked.indicator.code, period)
        row = row_of(asked.indicator, format_quarter(period.starts_on), url, history.get(period))
        if period in standings:
            row = replace(row, coverage=standings[period], bar=None)
        rows.append((row, period == asked.period))
    return rows


def _so_far(asked: Asked, history: Mapping[Period, Total]) -> dict[str, str]:
    """Return what the year comes to up to this period, or why it comes to nothing."""
    parts = [history.get(period) or Parts() for period in year_until(asked.period)]
    total = over_periods(asked.indicator.rule, parts)
    is_sum = asked.indicator.rule.accumulation is Accumulation.FLOW
    return {
        "value": value_text(asked.indicator, total) if is_told(total) else "",
        "coverage": reports_text(total) if is_sum else coverage_text(total),
        "why": why_text(total),
    }


def _sexes(cells: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the people of each sex, all ages together."""
    return [(str(word), sum(cells.get(cell_code(sex, age), 0) for age in AgeBand)) for sex, word in SEX_WORDS.items()]


def _grid(cells: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the rows of the table of cells: one an age, each with its sum."""
    rows = []
    for age in AgeBand:
        people = [cells.get(cell_code(sex, age), 0) for sex in Sex]
        rows.append({"label": AGE_WORDS[age], "cells": [format_number(n) for n in people], "sum": sum(people)})
    return rows
