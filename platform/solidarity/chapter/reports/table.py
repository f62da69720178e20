"""A report as its page shows it: a row for each indicator, the head count by cell, and the state bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.chapter.reports.forms import MISSING_WORDS
from solidarity.forms.head_count_grid import shown
from solidarity.i18n.locale import format_moment, list_comma
from solidarity.labels.cells import AGE_WORDS, SEX_WORDS
from solidarity.labels.numbers import number_text
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.models import Missing, Report, ReportState, ReportValue
from tenants.action_kit.reports.assembly import Assembled, cell_code
from tenants.action_kit.reports.differences import Number, ValueDifference
from tenants.action_kit.reports.queries import Event
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.figures.measures import Accumulation
from tenants.figures.models import ALL_CELLS

STAGE_INDEX = {ReportState.SUBMITTED: 1, ReportState.APPROVED: 3}  # how many stages are past


@dataclass(frozen=True)
class ReportRow:
    """One indicator as text: its value, evidence, and what is left out. `has_entries`: rows are behind it.

    `target` is a sentence about the target of the year, which is not to be compared with the value of a quarter.
    """

    indicator: Indicator
    value: str
    target: str
    evidence: str
    has_entries: bool
    left_out: str


@dataclass(frozen=True)
class Table:
    """All rows, and the participations by cell."""

    rows: list[ReportRow]
    columns: list[Any]
    grid: list[dict[str, Any]]
    column_sums: list[int]
    has_cells: bool

    @property
    def all(self) -> int:
        """The number of people in all cells."""
        return sum(self.column_sums)


def report_table(
    now: list[Assembled], sent_values: list[ReportValue] | None, targets: dict[str, IndicatorTarget]
) -> Table:
    """Return the rows of a page: the sent values if there are any, else the current ones, with the year's targets."""
    before = {row.indicator: row for row in sent_values or () if row.cell == ALL_CELLS}
    cells: dict[str, int] = next((dict(v.cells) for v in now if v.indicator.code == "participations"), {})
    if sent_values is not None:
        cells = {row.cell: row.numerator or 0 for row in sent_values if row.cell != ALL_CELLS}
    return Table(
        rows=[_row(value, before.get(value.indicator.code), targets.get(value.indicator.code)) for value in now],
        columns=list(SEX_WORDS.values()),
        grid=[_ages(age, cells) for age in AgeBand],
        column_sums=[sum(cells.get(cell_code(sex, age), 0) for age in AgeBand) for sex in Sex],
        has_cells=bool(cells),
    )


def notes_on(table: Table, drift: list[ValueDifference], *, is_open: bool) -> list[str]:
    """Return notes for the reader: what is left out of an open report, or what changed since a report was sent."""
    if is_open:
        left_out = [(row.indicator.title, row.left_out) for row in table.rows if row.left_out]
        return [str(_("%(field)s: %(problem)s", field=title, problem=words)) for title, words in left_out]
    return [
        str(
            _(
                "%(indicator)s: now %(now)s in the log, %(sent)s in the report. The report stays as it was sent.",
                indicator=title_of(difference),
                now=number_of(difference, difference.after),
                sent=number_of(difference, difference.before),
            )
        )
        for difference in drift
    ]


def title_of(difference: ValueDifference) -> str:
    """Return what a difference is about: the indicator, or one box of its head count."""
    indicator = BY_CODE[difference.code]
    if difference.cell == ALL_CELLS:
        return str(indicator.title)
    sex, age = difference.cell.split(".")
    parts = indicator.title, SEX_WORDS[Sex(sex)], AGE_WORDS[AgeBand(age)]
    return f"{list_comma()} ".join(map(str, parts))


def number_of(difference: ValueDifference, number: Number) -> str:
    """Return one of the two values of a difference as text."""
    return shown_value(BY_CODE[difference.code], number.numerator, number.denominator, number.missing)


def state_bar(report: Report, events: list[Event], *, chapter_country: str, zone: str) -> list[dict[str, Any]]:
    """Return the stages of the state bar: draft, sent and approved, each with person and time."""

    def state_note(kind: str) -> str:
        event = next((event for event in events if event.kind == kind), None)
        if event is None:
            return ""
        moment_text = format_moment(event.at, zone, chapter_country)
        return str(_("%(moment)s, %(name)s", moment=moment_text, name=event.by)) if event.by else moment_text

    state = ReportState(report.state)
    is_back = state is ReportState.DRAFT and report.returned_at is not None
    stage = STAGE_INDEX.get(state, 0)
    whens = ["past" if place < stage else "now" if place == stage else "next" for place in range(3)]
    if is_back:
        whens[0] = "now-att"
    words = [_("Returned") if is_back else _("Draft"), _("Sent"), _("Approved")]
    notes = [
        state_note("reopened" if events and events[0].kind == "reopened" else "returned") if is_back else "",
        state_note("submitted") if stage >= 1 else "",
        state_note("approved") if stage == 3 else _("Then it is locked."),
    ]
    return [{"when": phase, "word": word, "note": note} for phase, word, note in zip(whens, words, notes, strict=True)]


def shown_value(indicator: Indicator, numerator: int | None, denominator: int | None, missing: str | None) -> str:
    """Return a value as text. A missing value is shown as its reason, never as zero."""
    if numerator is None:
        return str(MISSING_WORDS[Missing(missing or Missing.NOT_REPORTED)])
    return number_text(indicator, numerator, denominator)


def _row(now: Assembled, before: ReportValue | None, target: IndicatorTarget | None) -> ReportRow:
    value = before or now
    return ReportRow(
        now.indicator,
        shown_value(now.indicator, value.numerator, value.denominator, value.missing),
        _target_sentence(now.indicator, target) if target else "",
        _evidence(now),
        bool(now.sources) if before is None else bool(before.numerator) and now.indicator.filled != "chapter",
        _left_out(now),
    )


def _target_sentence(indicator: Indicator, target: IndicatorTarget) -> str:
    number = shown_value(indicator, target.target_numerator, target.target_denominator, None)
    if indicator.rule.accumulation is Accumulation.FLOW:
        return str(_("Target for %(year)s: %(target)s (whole year)", year=target.year, target=number))
    return str(_("Target for %(year)s: %(target)s (by the end of the year)", year=target.year, target=number))


def _evidence(now: Assembled) -> str:
    count = len(now.sources)
    if now.indicator.filled == "chapter":
        return str(_("entered by the chapter"))
    if now.indicator.filled == "log":
        return str(ngettext("%(num)s entry", "%(num)s entries", count))
    if now.indicator.filled == "tallies":
        return str(ngettext("%(num)s count at an event", "%(num)s counts at events", count))
    return str(ngettext("%(num)s expense", "%(num)s expenses", count))


def _left_out(now: Assembled) -> str:
    if not now.left_out:
        return ""
    if now.indicator.filled == "funding":
        return str(ngettext("%(num)s unconverted expense", "%(num)s unconverted expenses", now.left_out))
    if now.indicator.code == "first_time":
        return str(
            ngettext(
                "%(num)s activity where people were not asked",
                "%(num)s activities where people were not asked",
                now.left_out,
            )
        )
    return str(ngettext("%(num)s has no head count", "%(num)s have no head count", now.left_out))


def _ages(age: AgeBand, cells: dict[str, int]) -> dict[str, Any]:
    people = [cells.get(cell_code(sex, age), 0) for sex in Sex]
    codes = [cell_code(sex, age) if number else None for sex, number in zip(Sex, people, strict=True)]
    return {"label": AGE_WORDS[age], "cells": list(zip(map(shown, people), codes, strict=True)), "sum": sum(people)}
