"""Properties over periods: later periods change nothing, and a late value changes figures up to the next value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from measures.histories import ADDABLE, KINDS, PERIODS, Claims, chapters, givens, histories, reached, rules

from tenants.figures.measures import (
    CLASS_KINDS,
    Accumulation,
    Claim,
    MeasureKind,
    Parts,
    Refusal,
    Rule,
    contribution,
    effective_claim,
    over_periods,
)

Chapter = tuple[Rule, Claims]
FLOW, CUMULATIVE, STOCK = Accumulation


def retold(rule: Rule, claims: Claims) -> list[Parts]:
    """Compute a chapter's contributions period by period from its first claim, as the reference for `contribution`."""
    parts, last_value = [], None
    by_period = {claim.period_on: claim for claim in claims}
    for period_on in PERIODS:
        claim = by_period.get(period_on, Claim(period_on, None, is_expected=False, is_open=True))
        fresh = claim.given
        if rule.accumulation is STOCK and not claim.is_open:
            fresh = last_value = None
        if rule.accumulation is FLOW:
            last_value = None
        value, report_count = fresh or last_value, int(fresh is not None)
        forward_count, expected_count = (
            int(last_value is not None and fresh is None),
            max(int(claim.is_expected), report_count),
        )
        if value is None:
            parts.append(Parts(None, None, report_count, forward_count, expected_count))
        else:
            parts.append(
                Parts(value.numerator, value.denominator, report_count, forward_count, expected_count, value.classes)
            )
        last_value = value
    return parts


def year_of(rule: Rule, claims: Claims) -> list[Parts]:
    return [contribution(rule, claims, period_on) for period_on in PERIODS]


@given(chapters())
def test_a_contribution_is_what_its_history_retold_comes_to(chapter: Chapter) -> None:
    rule, claims = chapter
    assert year_of(rule, claims) == retold(rule, claims)


@given(chapters(), st.sampled_from(PERIODS))
def test_a_contribution_never_depends_on_later_periods(chapter: Chapter, period_on: date) -> None:
    rule, claims = chapter
    past_claims = [claim for claim in claims if claim.period_on <= period_on]
    assert contribution(rule, claims, period_on) == contribution(rule, past_claims, period_on)


@given(chapters())
def test_a_chapter_is_never_reported_and_carried_at_once_nor_reported_unexpected(chapter: Chapter) -> None:
    rule, claims = chapter
    for figure in year_of(rule, claims):
        assert figure.reported + figure.carried == int(figure.numerator is not None)
        assert figure.reported <= figure.expected <= 1


@given(st.data(), rules(), st.sampled_from(range(len(PERIODS))))
def test_a_late_value_moves_exactly_the_periods_up_to_the_next_value_of_its_own(
    data: st.DataObject, rule: Rule, at: int
) -> None:
    claims: Claims = data.draw(histories(rule))
    late = Claim(PERIODS[at], data.draw(givens(rule)), is_expected=True, is_open=True)
    other_claims = [claim for claim in claims if claim.period_on != late.period_on]
    before = (*other_claims, replace(late, given=None))
    after = (*other_claims, late)
    changed_periods = {late.period_on}
    by_period = {claim.period_on: claim for claim in other_claims}
    for period_on in PERIODS[at + 1 :]:
        claim = by_period.get(period_on, replace(late, given=None))
        if rule.accumulation is FLOW or claim.given is not None or (rule.accumulation is STOCK and not claim.is_open):
            break
        changed_periods.add(period_on)
    for period_on in PERIODS:
        source = effective_claim(rule, after, period_on)
        assert (source is late) == (period_on in changed_periods)
        if period_on not in changed_periods:
            assert contribution(rule, after, period_on) == contribution(rule, before, period_on)


@given(chapters(ADDABLE, [FLOW]))
def test_flows_over_periods_are_the_sum_of_what_was_given(chapter: Chapter) -> None:
    rule, claims = chapter
    assume(rule.kind not in CLASS_KINDS)
    span = over_periods(rule, year_of(rule, claims))
    values = [claim.given for claim in claims if claim.given is not None]
    assert isinstance(span, Parts)
    assert span.numerator == (sum(value.numerator for value in values) if values else None)
    assert (span.reported, span.carried) == (len(values), 0)
    assert span.expected == sum(claim.is_expected or claim.given is not None for claim in claims)


@given(chapters(ADDABLE, [CUMULATIVE, STOCK]))
def test_over_periods_the_last_one_stands_with_its_coverage(chapter: Chapter) -> None:
    rule, claims = chapter
    assert over_periods(rule, year_of(rule, claims)) == contribution(rule, claims, PERIODS[-1])


@given(chapters(), st.integers(1, len(PERIODS) - 1))
def test_two_halves_of_a_span_come_to_the_span(chapter: Chapter, middle: int) -> None:
    rule, claims = chapter
    year = year_of(rule, claims)
    halves = [over_periods(rule, year[:middle]), over_periods(rule, year[middle:])]
    assert over_periods(rule, halves) == over_periods(rule, year)


@given(chapters([MeasureKind.UNIQUE_PEOPLE], [FLOW]))
def test_unique_people_of_two_periods_are_refused_and_of_one_are_not(chapter: Chapter) -> None:
    rule, claims = chapter
    year = year_of(rule, claims)
    span = over_periods(rule, year)
    assert isinstance(span, Refusal) == (sum(figure.numerator is not None for figure in year) > 1)
    assert span.expected == sum(figure.expected for figure in year)


@pytest.mark.parametrize("accumulation", Accumulation)
def test_the_invented_histories_reach_what_is_carried_corrected_and_closed(accumulation):
    is_reached = (lambda rule, claims: len(_values(rule, claims)) > 1) if accumulation is FLOW else _is_eventful
    reached(chapters(KINDS, [accumulation]), lambda chapter: is_reached(*chapter))


def _values(rule: Rule, claims: Claims) -> list[int]:
    return [figure.numerator for figure in year_of(rule, claims) if figure.numerator is not None]


def _is_eventful(rule: Rule, claims: Claims) -> bool:
    """Whether the history has a value carried forward, a correction, and a closure after them."""
    values, year = _values(rule, claims), year_of(rule, claims)
    is_closed = bool(claims) and not max(claims, key=lambda claim: claim.period_on).is_open
    return is_closed and len(set(values)) > 1 and sum(figure.carried for figure in year) > 1
