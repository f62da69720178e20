"""Progress towards the targets of a year, from the chapter's approved reports and by the algebra of measures alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.models import Report, ReportState, ReportSubmission, ReportValue
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.action_kit.targets.services import Amount, baseline_of, target_of
from tenants.figures.measures import (
    Accumulation,
    Claim,
    Given,
    MeasureKind,
    Parts,
    Refusal,
    contribution,
    effective_claim,
    over_periods,
    progress,
)
from tenants.figures.models import ALL_CELLS


class NoProgress(StrEnum):
    """Why progress towards a target cannot be computed."""

    NOTHING_YET = "nothing_yet"
    NO_BASELINE = "no_baseline"
    SAME_AS_BASELINE = "same_as_baseline"


@dataclass(frozen=True)
class Approved:
    """The content of the approved reports of a year: their quarters, and the claims of each core indicator."""

    quarters: frozenset[date] = frozenset()
    claims: dict[str, list[Claim]] = field(default_factory=dict)


@dataclass(frozen=True)
class SoFar:
    """The value of an indicator in a year until now, and the last quarter that has a value."""

    parts: Parts | Refusal
    quarter: Period | None


def approved_in(session: Session, year: int) -> Approved:
    """Return the bound chapter's approved reports of a year. A reopened report is left out until approved again."""
    rows = session.execute(
        select(ReportValue, Report.is_expected)
        .join(ReportSubmission, ReportSubmission.id == ReportValue.submission_id)
        .join(Report, (Report.id == ReportSubmission.report_id) & (Report.sent == ReportSubmission.number))
        .where(
            Report.state == ReportState.APPROVED,
            Report.period_on.between(date(year, 1, 1), date(year, 12, 31)),
            ReportValue.cell == ALL_CELLS,
        )
    ).all()
    claims: dict[str, list[Claim]] = defaultdict(list)
    for value, is_expected in rows:
        indicator = BY_CODE.get(value.indicator)
        if indicator is not None and indicator.version == value.version:
            claim_value = None if value.numerator is None else Given(value.numerator, value.denominator)
            claims[value.indicator].append(Claim(value.period_on, claim_value, is_expected=is_expected, is_open=True))
    return Approved(frozenset(value.period_on for value, _expected in rows), dict(claims))


def so_far(indicator: Indicator, claims: Sequence[Claim], year: int) -> SoFar:
    """Return the value of an indicator in a year: the sum of the quarters for a flow, else the latest value."""
    quarters = [period.starts_on for period in Period.all_of(year)]
    parts = over_periods(indicator.rule, [contribution(indicator.rule, claims, quarter) for quarter in quarters])
    quarter_claims = [effective_claim(indicator.rule, claims, quarter) for quarter in quarters]
    last = max((claim.period_on for claim in quarter_claims if claim is not None), default=None)
    return SoFar(parts, Period(last) if last else None)


def how_far(indicator: Indicator, row: IndicatorTarget, parts: Parts) -> Fraction | NoProgress:
    """Return the share of the way from the baseline to the target that is done, or why it cannot be computed.

    Without a baseline a count begins at zero, because nothing was counted before. A stock or a ratio needs a baseline.
    """
    if parts.numerator is None or (indicator.is_ratio and not parts.denominator):
        return NoProgress.NOTHING_YET
    baseline, rule = baseline_of(row), indicator.rule
    if baseline is None and (rule.kind is MeasureKind.RATIO or rule.accumulation is Accumulation.STOCK):
        return NoProgress.NO_BASELINE
    share = progress(
        baseline=_fraction_of(baseline.amount) if baseline else 0,
        target=_fraction_of(target_of(row)),
        actual=_fraction_of(Amount(parts.numerator, parts.denominator)),
        ascending=rule.ascending,
    )
    return NoProgress.SAME_AS_BASELINE if share is None else share


def _fraction_of(amount: Amount) -> Fraction:
    return Fraction(amount.numerator, amount.denominator or 1)
