"""Targets as pages show them: a row for each indicator, with its value so far and its progress, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from solidarity.chapter.reports.table import shown_value
from solidarity.i18n.locale import format_quarter, format_share
from solidarity.labels.no_total import WHY_WORDS
from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.action_kit.targets.progress import Approved, NoProgress, SoFar, how_far, so_far
from tenants.action_kit.targets.services import Amount, baseline_of, target_of
from tenants.figures.measures import Accumulation, MeasureKind, Refusal

NO_PROGRESS_WORDS = {
    NoProgress.NOTHING_YET: _l("No approved report has a value yet."),
    NoProgress.NO_BASELINE: _l("Progress cannot be measured without a baseline."),
    NoProgress.SAME_AS_BASELINE: _l("The target is the same as the baseline, so progress cannot be measured."),
}
ON_THE_BAR = 0.8  # position of the target's mark, so that the bar can extend past it


@dataclass(frozen=True)
class TargetRow:
    """One indicator in a year. `bar` is the length of the bar in per cent of its row; None without a bar."""

    indicator: Indicator
    baseline: str
    target: str
    so_far: str
    evidence: str
    progress: str
    bar: float | None
    number: int


def target_rows(
    targets: dict[str, IndicatorTarget], approved_reports: Approved, year: int, *, country: str
) -> list[TargetRow]:
    """Return a row for each core indicator, whether it has a target or not."""
    return [
        _row(
            indicator,
            targets.get(indicator.code),
            so_far(indicator, approved_reports.claims.get(indicator.code, []), year),
            country,
        )
        for indicator in CORE
    ]


def shown_amount(indicator: Indicator, amount: Amount) -> str:
    """Return a baseline or a target as text."""
    return shown_value(indicator, amount.numerator, amount.denominator, None)


def _row(indicator: Indicator, target: IndicatorTarget | None, result: SoFar, country: str) -> TargetRow:
    baseline = baseline_of(target) if target else None
    words, bar = _progress(indicator, target, result)
    value, evidence = _so_far(indicator, result, country)
    return TargetRow(
        indicator=indicator,
        baseline=shown_amount(indicator, baseline.amount) if baseline else "",
        target=shown_amount(indicator, target_of(target)) if target else "",
        so_far=value,
        evidence=evidence,
        progress=words,
        bar=bar,
        number=target.number if target else 0,
    )


def _so_far(indicator: Indicator, result: SoFar, country: str) -> tuple[str, str]:
    parts = result.parts
    if isinstance(parts, Refusal):
        return "–", ""
    if parts.numerator is None or result.quarter is None:
        return "–", ""
    value = shown_value(indicator, parts.numerator, parts.denominator, None)
    if indicator.rule.accumulation is Accumulation.FLOW and indicator.rule.kind is not MeasureKind.UNIQUE_PEOPLE:
        return value, str(ngettext("from %(num)s approved report", "from %(num)s approved reports", parts.reported))
    return value, format_quarter(result.quarter.starts_on, country)


def _progress(indicator: Indicator, target: IndicatorTarget | None, result: SoFar) -> tuple[str, float | None]:
    if isinstance(result.parts, Refusal):
        return str(WHY_WORDS[result.parts.reason]), None
    if target is None:
        return "", None
    fraction = how_far(indicator, target, result.parts)
    if isinstance(fraction, NoProgress):
        return str(NO_PROGRESS_WORDS[fraction]), None
    if fraction < 0:
        return str(_("Behind the baseline so far.")), None
    return format_share(_whole(fraction)), min(float(fraction), 2.0) * ON_THE_BAR * 100


def _whole(fraction: Fraction) -> Decimal:
    """Return a share in whole per cent, rounded down: 99.9% is not yet 100%."""
    return Decimal(floor(fraction * 100)) / 100
