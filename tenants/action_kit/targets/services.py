"""Set and change targets. A change never overwrites: it is a new row with its author, time and reason.

The latest row counts. A target belongs to one version of its indicator and to a calendar year, our own choice. It may
also be set after the end of the year. A reason is required then, and for every row after the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.action_kit.evaluation.models import REASON_LENGTH
from tenants.action_kit.targets.models import FIRST_YEAR, LARGEST_NUMBER, IndicatorTarget
from tenants.chapters.models import Chapter
from tenants.clock import day_problem, last_day, local_day
from tenants.db import new_id
from tenants.errors import Refused, VersionConflict
from tenants.people.queries import known_as
from tenants.scope import bound_chapter
from tenants.texts import plain_text, text_problem
from tenants.undo.changes import Transition, record_change
from tenants.undo.row_states import RowState

MOST_SHOWN = 100  # revisions of one target
TARGET = RowState(
    IndicatorTarget,
    (
        "indicator",
        "version",
        "year",
        "baseline_numerator",
        "baseline_denominator",
        "baseline_on",
        "target_numerator",
        "target_denominator",
    ),
)


@dataclass(frozen=True)
class Amount:
    """A value of a target: whole cents for money. A ratio has a denominator."""

    numerator: int
    denominator: int | None = None


@dataclass(frozen=True)
class Baseline:
    """The value of the indicator before, and the day on which it was measured."""

    amount: Amount
    measured_on: date


@dataclass(frozen=True)
class TargetRevision:
    """One revision of a target. `by` is the author's name in the chapter, or else in their account."""

    row: IndicatorTarget
    by: str | None


def set_target(
    session: Session,
    *,
    indicator: Indicator,
    year: int,
    baseline: Baseline | None,
    target: Amount | None,
    reason: str,
    seen: int,
    actor_id: UUID,
    at: datetime,
) -> IndicatorTarget:
    """Set the target of an indicator for a year, or change it. `seen` is the row that the form shows (0: none).

    Raises Refused, or VersionConflict if the target has changed since.
    """
    chapter = session.get_one(Chapter, bound_chapter(session))
    before = current_target(session, indicator, year)
    number = before.number if before else 0
    if number != seen:
        raise VersionConflict(seen=seen, current=number)
    today, reason = local_day(at, chapter.zone), plain_text(reason)
    problems = _target_problems(indicator, year, baseline, target, today=today)
    without = _l("Give a reason for changing the target.") if before is not None or is_year_over(year, today) else None
    if problem := text_problem(reason, REASON_LENGTH, empty=without):
        problems["reason"] = problem
    if before is not None and (target, baseline) == (target_of(before), baseline_of(before)):
        problems["target"] = _l("This is already the target.")
    if problems or target is None:
        raise Refused(problems)
    row_id = new_id()
    row = insert(IndicatorTarget).values(
        chapter_id=chapter.id,
        id=row_id,
        country=chapter.country,
        indicator=indicator.code,
        version=indicator.version,
        year=year,
        number=number + 1,
        baseline_numerator=baseline.amount.numerator if baseline else None,
        baseline_denominator=baseline.amount.denominator if baseline else None,
        baseline_on=baseline.measured_on if baseline else None,
        target_numerator=target.numerator,
        target_denominator=target.denominator,
        reason=reason,
        set_by=actor_id,
        set_at=at,
    )
    # Of two concurrent inserts, the second waits here for the first and then inserts nothing.
    if session.execute(row.on_conflict_do_nothing().returning(IndicatorTarget.id)).scalar_one_or_none() is None:
        raise VersionConflict(seen=seen, current=number + 1)
    now = session.get_one(IndicatorTarget, (chapter.id, row_id))
    # A first target cannot be undone. It can be changed, with a reason.
    record_change(
        session,
        Transition(row_id, TARGET.of(before or now), TARGET.of(now)),
        action="target.moved" if before else "target.set",
        actor_id=actor_id,
        at=at,
        indicator=indicator.code,
        year=year,
        number=number + 1,
    )
    return now


def is_year_over(year: int, today: date) -> bool:
    """Whether `year` is over. A target may still be set then, with a reason, and the page shows that."""
    return today.year > year


def targets_for(session: Session, year: int) -> dict[str, IndicatorTarget]:
    """Return the bound chapter's current targets for a year, by indicator."""
    latest = (
        select(IndicatorTarget)
        .where(IndicatorTarget.year == year)
        .ext(distinct_on(IndicatorTarget.indicator, IndicatorTarget.version))
        .order_by(IndicatorTarget.indicator, IndicatorTarget.version, IndicatorTarget.number.desc())
    )
    now = {(indicator.code, indicator.version) for indicator in CORE}
    return {row.indicator: row for row in session.scalars(latest) if (row.indicator, row.version) in now}


def current_target(session: Session, indicator: Indicator, year: int) -> IndicatorTarget | None:
    """Return the current target; None if none is set."""
    return next((revision.row for revision in history(session, indicator, year)), None)


def history(session: Session, indicator: Indicator, year: int) -> list[TargetRevision]:
    """Return the revisions of a target, the latest first. Needs the web's login, because it reads account names."""
    person = IndicatorTarget.set_by
    rows = session.execute(
        select(IndicatorTarget, known_as(bound_chapter(session), person))
        .where(
            IndicatorTarget.indicator == indicator.code,
            IndicatorTarget.version == indicator.version,
            IndicatorTarget.year == year,
        )
        .order_by(IndicatorTarget.number.desc())
        .limit(MOST_SHOWN)
    )
    return [TargetRevision(row, by) for row, by in rows]


def target_of(row: IndicatorTarget) -> Amount:
    """Return the target of a row."""
    return Amount(row.target_numerator, row.target_denominator)


def baseline_of(row: IndicatorTarget) -> Baseline | None:
    """Return the baseline of a row, if it has one."""
    if row.baseline_numerator is None or row.baseline_on is None:
        return None
    return Baseline(Amount(row.baseline_numerator, row.baseline_denominator), row.baseline_on)


def _target_problems(
    indicator: Indicator, year: int, baseline: Baseline | None, target: Amount | None, *, today: date
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not FIRST_YEAR <= year <= last_day(today).year:
        problems["year"] = _l("Choose another year.")
    if target is None:
        problems["target"] = _l("Enter a target.")
    else:
        problems |= _amount_problem("target", indicator, target)
    if baseline is not None:
        problems |= _amount_problem("baseline", indicator, baseline.amount)
        if baseline.measured_on > today:
            problems["baseline_on"] = _l("This date is in the future. Enter today’s date or an earlier one.")
        elif problem := day_problem(baseline.measured_on, today):
            problems["baseline_on"] = problem
    if not problems and target is not None and baseline is not None:
        low, high = (baseline.amount, target) if indicator.rule.ascending else (target, baseline.amount)
        if _is_below(high, low):
            problems["target"] = _l("The target is on the wrong side of the baseline. Check both values.")
    return problems


def _amount_problem(field: str, indicator: Indicator, amount: Amount) -> dict[str, str]:
    if not 0 <= amount.numerator <= LARGEST_NUMBER:
        return {field: _l("Enter a whole number, 0 or more.")}
    if indicator.is_ratio != (amount.denominator is not None):
        return {field: _l("Enter both numbers, or leave both empty.")}
    if amount.denominator is not None and not 0 < amount.denominator <= LARGEST_NUMBER:
        return {f"{field}_of": _l("Enter a whole number above 0.")}
    if amount.denominator is not None and amount.numerator > amount.denominator:
        return {field: _l("The first number cannot be larger than the second.")}
    return {}


def _is_below(amount: Amount, threshold: Amount) -> bool:
    return amount.numerator * (threshold.denominator or 1) < threshold.numerator * (amount.denominator or 1)
