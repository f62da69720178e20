"""Strategies for histories of chapters, for any rule: values, expected reports and closures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import accumulate, repeat
from typing import TypeVar

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from tenants.action_kit.evaluation.periods import Period
from tenants.figures.measures import (
    CLASS_KINDS,
    POOLED_KINDS,
    Accumulation,
    Claim,
    Given,
    MeasureKind,
    Parts,
    Refusal,
    RefusalReason,
    Rule,
)

Claims = tuple[Claim, ...]
Example = TypeVar("Example")

PERIODS: tuple[date, ...] = tuple(
    period.starts_on for period in accumulate(repeat(Period(date(2025, 1, 1)), 6), lambda period, _: period.following)
)
CLASSES = ("never", "sometimes", "often", "always")
KINDS = tuple(MeasureKind)
ADDABLE = tuple(kind for kind in KINDS if kind not in {MeasureKind.UNIQUE_PEOPLE, MeasureKind.QUALITATIVE})


def rules(
    kinds: Sequence[MeasureKind] = KINDS, accumulations: Sequence[Accumulation] = tuple(Accumulation)
) -> st.SearchStrategy[Rule]:
    return st.builds(
        lambda kind, accumulation: Rule(kind, accumulation, CLASSES if kind in CLASS_KINDS else ()),
        st.sampled_from(kinds),
        st.sampled_from(accumulations),
    )


def givens(rule: Rule) -> st.SearchStrategy[Given]:
    """Values that a report of this rule may hold: money may be negative, a share lies between 0 and 1."""
    if rule.kind in CLASS_KINDS:
        classes = st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 3), max_size=2)
        return classes.map(lambda counts: Given(sum(counts.values()), classes=counts))
    if rule.kind is MeasureKind.RATIO:
        return st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: Given(pair[0], sum(pair)))
    value = st.integers(-9, 9) | st.integers(0, 10**12)
    return st.builds(Given, value, st.integers(0, 9)) if rule.kind in POOLED_KINDS else st.builds(Given, value)


def histories(rule: Rule) -> st.SearchStrategy[Claims]:
    """One chapter's claims in any order, some periods without any. The chapter may close, and even open again."""
    claim_fields = st.tuples(st.none() | givens(rule), st.booleans(), st.sampled_from((True, True, False)))
    year = st.lists(st.none() | claim_fields, min_size=len(PERIODS), max_size=len(PERIODS))
    claims = year.map(lambda year: [Claim(on, *fields) for on, fields in zip(PERIODS, year, strict=True) if fields])
    return st.tuples(claims, st.integers(0, len(PERIODS))).map(lambda pair: (*pair[0][pair[1] :], *pair[0][: pair[1]]))


def chapters(
    kinds: Sequence[MeasureKind] = KINDS, accumulations: Sequence[Accumulation] = tuple(Accumulation)
) -> st.SearchStrategy[tuple[Rule, Claims]]:
    """A rule, and a chapter that reports by it."""
    return rules(kinds, accumulations).flatmap(lambda rule: st.tuples(st.just(rule), histories(rule)))


def worlds(kinds: Sequence[MeasureKind] = KINDS) -> st.SearchStrategy[tuple[Rule, list[Claims]]]:
    """A rule, and chapters that report by it."""
    return rules(kinds).flatmap(lambda rule: st.tuples(st.just(rule), st.lists(histories(rule), max_size=3)))


def sums_to_do(
    kinds: Sequence[MeasureKind] = KINDS, *, refusals: bool = True
) -> st.SearchStrategy[tuple[Rule, list[Parts | Refusal]]]:
    """A rule and the parts of chapters for one period, among them refusals and ratios without a denominator."""
    coverage = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(3, 5))
    refusal = st.builds(lambda reason, counts: Refusal(reason, *counts), st.sampled_from(RefusalReason), coverage)

    def of(rule: Rule) -> st.SearchStrategy[tuple[Rule, list[Parts | Refusal]]]:
        counts = st.sampled_from(((1, 0, 1), (0, 1, 1), (0, 1, 0)))
        parts = st.builds(_parts, givens(rule), counts)
        missing = st.builds(Parts, expected=st.integers(0, 1))
        odd: list[st.SearchStrategy[Parts | Refusal]] = [refusal, st.just(Parts(3, None, 1, 0, 1))] if refusals else []
        return st.tuples(st.just(rule), st.lists(st.one_of(parts, missing, *odd), max_size=6))

    return rules(kinds).flatmap(of)


def _parts(value: Given, counts: tuple[int, int, int]) -> Parts:
    report_count, forward_count, expected_count = counts
    return Parts(value.numerator, value.denominator, report_count, forward_count, expected_count, value.classes)


def reached(examples: st.SearchStrategy[Example], is_wanted: Callable[[Example], bool]) -> None:
    """Fail if `examples` yields nothing that `is_wanted` accepts: a property must reach the cases it is about."""
    search = settings(
        max_examples=3000, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    find(examples, is_wanted, settings=search)
