"""For any reports of a chapter, its progress is what `measures` computes from the approved values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from targets.conftest import YEAR, TargetWorld, store_report

from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.evaluation.models import ReportState
from tenants.action_kit.targets.progress import NoProgress, approved_in, how_far, so_far
from tenants.action_kit.targets.services import Amount, targets_for
from tenants.figures.measures import Accumulation, MeasureKind, Parts, Refusal, progress
from tenants.scope import ChapterScope, Scope

FIRST_MONTHS = (1, 4, 7, 10)

CODES = sorted(BY_CODE)
History = tuple[str, dict[int, tuple[ReportState, Amount | None]], Amount | None, Amount]
few_examples = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
amounts = st.integers(0, 60)


def amount_of(code: str) -> st.SearchStrategy[Amount]:
    """Any value of an indicator."""
    if not BY_CODE[code].is_ratio:
        return amounts.map(Amount)
    return st.tuples(amounts, st.integers(1, 60)).map(lambda pair: Amount(min(pair), max(pair)))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """An indicator, its reported value and state in each quarter, a baseline and a target."""
    code = draw(st.sampled_from(CODES))
    states = st.sampled_from([ReportState.APPROVED, ReportState.APPROVED, ReportState.SUBMITTED, ReportState.DRAFT])
    quarters = st.tuples(states, st.none() | amount_of(code))
    reports = draw(st.dictionaries(st.sampled_from(FIRST_MONTHS), quarters))
    pair = draw(st.lists(amount_of(code), min_size=2, max_size=2))
    baseline, target = sorted(pair, key=number)
    return code, reports, draw(st.none() | st.just(baseline)), target


def number(amount: Amount) -> Fraction:
    """Return the number that an amount stands for."""
    return Fraction(amount.numerator, amount.denominator or 1)


def expected(code: str, amounts: list[Amount], baseline: Amount | None, target: Amount) -> Fraction | None:
    """Compute the progress by hand: None if it is undefined."""
    rule = BY_CODE[code].rule
    if not amounts or (rule.kind is MeasureKind.UNIQUE_PEOPLE and len(amounts) > 1):
        return None
    if rule.kind is MeasureKind.RATIO:
        of = sum(amount.denominator or 0 for amount in amounts)
        actual = Fraction(sum(amount.numerator for amount in amounts), of)
    elif rule.accumulation is Accumulation.FLOW:
        actual = Fraction(sum(amount.numerator for amount in amounts))
    else:
        actual = number(amounts[-1])
    if baseline is None and code in {"would_speak_up", "workplaces_with_policy"}:
        return None
    start = number(baseline) if baseline else Fraction(0)
    return progress(baseline=start, target=number(target), actual=actual, ascending=True)


@pytest.fixture
def recife(target_world: TargetWorld, rolled_back: Callable[[Scope], Session]) -> Session:
    """A session in Recife that is not committed."""
    return rolled_back(ChapterScope(target_world.world.recife.id))


@given(history=histories())
@few_examples
def test_progress_is_the_algebras_word_on_the_approved_values(
    target_world: TargetWorld, recife: Session, history: History
) -> None:
    code, reports, baseline, target = history
    with recife.begin_nested() as whole:
        for month, (state, amount) in reports.items():
            store_report(
                recife,
                target_world.world.recife,
                target_world.world.alice,
                date(YEAR, month, 1),
                {code: amount},
                state=state,
            )
        target_world.set_in(recife, code, target, baseline=baseline)
        row = targets_for(recife, YEAR)[code]
        parts = so_far(BY_CODE[code], approved_in(recife, YEAR).claims.get(code, []), YEAR).parts
        result = parts if isinstance(parts, Refusal) else how_far(BY_CODE[code], row, parts)
        whole.rollback()
    approved_reports = [reports[month] for month in sorted(reports) if reports[month][0] is ReportState.APPROVED]
    amounts = [amount for _state, amount in approved_reports if amount is not None]
    expected_progress = expected(code, amounts, baseline, target)
    if expected_progress is None:
        assert isinstance(result, NoProgress | Refusal)
        assert isinstance(result, Refusal) == (code == "facilitators_trained" and len(amounts) > 1)
    else:
        assert result == expected_progress
    if isinstance(parts, Parts):
        assert (parts.numerator is None) == (not amounts), "missing is not zero"
