"""Invented histories of chapters, for any rule: what they gave, when they were expected, when they were closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate, repeat

from hypothesis import strategies as st

from tenants.action_kit.evaluation.periods import Period
from tenants.rollups.measures import (
    CLASSED,
    POOLED,
    Accumulation,
    Claim,
    Given,
    MeasureKind,
    Parts,
    Refusal,
    Rule,
    Why,
    contribution,
)

Claims = tuple[Claim, ...]

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
        lambda kind, accumulation: Rule(kind, accumulation, CLASSES if kind in CLASSED else ()),
        st.sampled_from(kinds),
        st.sampled_from(accumulations),
    )


@st.composite
def givens(draw: st.DrawFn, rule: Rule) -> Given:
    """A value that a report of this rule may hold: money may sink below zero, a share is between none and all."""
    if rule.kind in CLASSED:
        classes = draw(st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 5)))
        return Given(sum(classes.values()), classes=classes)
    if rule.kind is MeasureKind.RATIO:
        asked = draw(st.integers(0, 200))
        return Given(draw(st.integers(0, asked)), asked)
    denominator = draw(st.integers(0, 200)) if rule.kind in POOLED else None
    return Given(draw(st.integers(-100, 10**12)), denominator)


@st.composite
def histories(draw: st.DrawFn, rule: Rule) -> Claims:
    """One chapter's claims, a period or another without any, in any order; it may close, and even open again."""
    claims = []
    for period_on in PERIODS:
        if draw(st.integers(0, 5)):
            given = draw(st.none() | givens(rule))
            claims.append(Claim(period_on, given, draw(st.booleans()), draw(st.integers(0, 3)) > 0))
    return tuple(draw(st.permutations(claims)))


@st.composite
def worlds(
    draw: st.DrawFn, kinds: Sequence[MeasureKind] = KINDS, accumulations: Sequence[Accumulation] = tuple(Accumulation)
) -> tuple[Rule, list[Claims]]:
    """A rule, and chapters that report by it."""
    rule = draw(rules(kinds, accumulations))
    return rule, draw(st.lists(histories(rule), max_size=6))


@st.composite
def sums_to_do(
    draw: st.DrawFn, kinds: Sequence[MeasureKind] = KINDS, *, refusals: bool = True
) -> tuple[Rule, list[Parts | Refusal]]:
    """A rule, and what chapters give to one period, among it refusals and ratios that do not say of how many."""
    rule, chapters = draw(worlds(kinds))
    parts: list[Parts | Refusal] = [contribution(rule, claims, PERIODS[-1]) for claims in chapters]
    if refusals:
        coverage = st.integers(0, 3)
        refused = st.builds(Refusal, st.sampled_from(Why), coverage, coverage, st.integers(3, 5))
        parts += draw(st.lists(refused | st.just(Parts(3, None, 1, 0, 1)), max_size=2))
    return rule, draw(st.permutations(parts))
