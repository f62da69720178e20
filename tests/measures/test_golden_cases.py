"""Cases that other systems got wrong, each with its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from flask_babel import lazy_gettext

from solidarity.labels.no_total import WHY_WORDS
from tenants.figures.measures import (
    Accumulation,
    Claim,
    Given,
    MeasureKind,
    Parts,
    Refusal,
    RefusalReason,
    Rule,
    contribution,
    effective_claim,
    median_class,
    over_chapters,
    over_periods,
    progress,
    share,
)

Q1, Q2, Q3, Q4 = (date(2026, month, 1) for month in (1, 4, 7, 10))
QUARTERS = (Q1, Q2, Q3, Q4)
FLOW, CUMULATIVE, STOCK = Accumulation
EVENTS = Rule(MeasureKind.COUNT, FLOW)
SIGNUPS = Rule(MeasureKind.COUNT, CUMULATIVE)
POLICIES = Rule(MeasureKind.COUNT, STOCK)
FACILITATORS = Rule(MeasureKind.UNIQUE_PEOPLE, FLOW)
SPEAK_UP = Rule(MeasureKind.RATIO, FLOW)
AGE = Rule(MeasureKind.AVERAGE, FLOW)
HOW_OFTEN = Rule(MeasureKind.ORDINAL, STOCK, ("never", "sometimes", "often", "always"))
HAS_A_TEAM = Rule(MeasureKind.YES_NO, STOCK, ("yes", "no"))


def claim(period_on: date, raw_value: Given | int | None, *, is_expected: bool = True, is_open: bool = True) -> Claim:
    value = Given(raw_value) if isinstance(raw_value, int) else raw_value
    return Claim(period_on, value, is_expected, is_open)


def value_of(figure: Parts | Refusal) -> int | None:
    assert isinstance(figure, Parts)
    return figure.numerator


def through_the_year(rule: Rule, *claims: Claim) -> list[int | None]:
    return [contribution(rule, claims, quarter).numerator for quarter in QUARTERS]


def test_8_of_10_and_30_of_100_are_38_of_110_and_not_55_percent():
    recife = contribution(SPEAK_UP, [claim(Q1, Given(8, 10))], Q1)
    huye = contribution(SPEAK_UP, [claim(Q1, Given(30, 100))], Q1)
    total = over_chapters(SPEAK_UP, [recife, huye])
    assert total == Parts(38, 110, reported=2, carried=0, expected=2)
    assert share(total) == Fraction(38, 110) != Fraction(55, 100)


def test_a_mean_age_of_20_in_30_people_and_of_50_in_10_is_27_and_a_half():
    total = over_chapters(AGE, [Parts(20 * 30, 30, 1, 0, 1), Parts(50 * 10, 10, 1, 0, 1)])
    assert isinstance(total, Parts)
    assert share(total) == Fraction(55, 2)


def test_100_to_date_and_then_250_to_date_are_250_and_not_350():
    claims = [claim(Q1, 100), claim(Q2, 250)]
    half_year = over_periods(SIGNUPS, [contribution(SIGNUPS, claims, quarter) for quarter in (Q1, Q2)])
    assert value_of(half_year) == 250


def test_the_same_numbers_of_events_held_are_350():
    claims = [claim(Q1, 100), claim(Q2, 250)]
    half_year = over_periods(EVENTS, [contribution(EVENTS, claims, quarter) for quarter in (Q1, Q2)])
    assert half_year == Parts(350, None, reported=2, carried=0, expected=2)


def test_what_is_cumulative_may_be_corrected_downward_and_the_latest_stands():
    assert through_the_year(SIGNUPS, claim(Q1, 100), claim(Q2, 250), claim(Q3, 240)) == [100, 250, 240, 240]


def test_a_target_of_20_beside_three_activities_is_20_and_not_60():
    row = claim(Q1, 20)
    with pytest.raises(ValueError, match="two claims"):
        contribution(EVENTS, [row, row, row], Q1)
    total = over_chapters(EVENTS, [Parts(5, None, 1, 0, 1) for _ in range(3)])
    assert progress(baseline=0, target=20, actual=value_of(total) or 0, ascending=True) == Fraction(15, 20)


def test_missing_is_not_zero():
    missing, zero = contribution(EVENTS, [claim(Q1, None)], Q1), contribution(EVENTS, [claim(Q1, 0)], Q1)
    assert missing == Parts(None, None, reported=0, carried=0, expected=1)
    assert zero == Parts(0, None, reported=1, carried=0, expected=1)
    assert value_of(over_chapters(EVENTS, [missing, missing])) is None
    assert over_chapters(EVENTS, [missing, zero]) == Parts(0, None, reported=1, carried=0, expected=2)


def test_no_chapter_in_a_class_is_zero_of_it_and_nobody_answering_is_none():
    none_often = contribution(HOW_OFTEN, [claim(Q1, Given(2, classes={"never": 2, "often": 0}))], Q1)
    assert (none_often.numerator, none_often.classes) == (2, {"never": 2, "often": 0})
    nobody_asked = contribution(HOW_OFTEN, [claim(Q1, Given(0))], Q1)
    silent = contribution(HOW_OFTEN, [claim(Q1, None)], Q1)
    assert (nobody_asked.numerator, silent.numerator) == (0, None)


def test_7_of_9_chapters_travels_with_the_figure():
    reporting_parts, silent_parts = (
        contribution(EVENTS, [claim(Q1, 3)], Q1),
        contribution(EVENTS, [claim(Q1, None)], Q1),
    )
    assert over_chapters(EVENTS, [reporting_parts] * 7 + [silent_parts] * 2) == Parts(
        21, None, reported=7, carried=0, expected=9
    )


def test_7_of_9_chapters_travels_with_a_refusal_too():
    reporting_parts, silent_parts = (
        contribution(FACILITATORS, [claim(Q1, 3)], Q1),
        contribution(FACILITATORS, [claim(Q1, None)], Q1),
    )
    refusal = over_chapters(FACILITATORS, [reporting_parts] * 7 + [silent_parts] * 2)
    assert refusal == Refusal(RefusalReason.PEOPLE_OVER_CHAPTERS, reported=7, carried=0, expected=9)


def test_one_person_known_to_two_chapters_is_in_no_total():
    recife, huye, silent = Parts(12, None, 1, 0, 1), Parts(9, None, 1, 0, 1), Parts(expected=1)
    assert isinstance(over_chapters(FACILITATORS, [recife, huye]), Refusal)
    assert value_of(over_chapters(FACILITATORS, [recife, silent])) == 12
    assert value_of(over_chapters(FACILITATORS, [recife, huye], disjoint=True)) == 21


def test_people_of_two_chapters_are_refused_also_as_one_place_and_when_both_are_carried():
    country = Parts(21, None, reported=2, carried=0, expected=2)
    assert over_chapters(FACILITATORS, [country]) == Refusal(RefusalReason.PEOPLE_OVER_CHAPTERS, 2, 0, 2)
    assert over_chapters(FACILITATORS, [country], disjoint=True) == country
    to_date = replace(FACILITATORS, accumulation=CUMULATIVE)
    earlier = [Parts(12, None, 0, 1, 1), Parts(9, None, 0, 1, 0)]
    assert over_chapters(to_date, earlier) == Refusal(RefusalReason.PEOPLE_OVER_CHAPTERS, 0, 2, 1)


def test_one_chapter_refused_over_its_periods_is_not_told_of_two_chapters():
    year = Refusal(RefusalReason.PEOPLE_OVER_PERIODS, 2, 0, 2)
    assert over_chapters(FACILITATORS, [year]) == year


def test_large_values_lose_nothing():
    large = 2**53 + 1
    assert value_of(over_chapters(EVENTS, [Parts(large, None, 1, 0, 1), Parts(expected=1)])) == large


def test_one_person_trained_in_two_quarters_is_in_no_total_of_the_year():
    spring, summer, silent = Parts(12, None, 1, 0, 1), Parts(9, None, 1, 0, 1), Parts(expected=1)
    assert over_periods(FACILITATORS, [spring, summer]) == Refusal(RefusalReason.PEOPLE_OVER_PERIODS, 2, 0, 2)
    assert over_periods(FACILITATORS, [spring, silent]) == Parts(12, None, 1, 0, 2)
    assert over_periods(replace(FACILITATORS, accumulation=CUMULATIVE), [spring, summer]) == summer


def test_a_ratio_that_does_not_say_of_how_many_is_in_no_total():
    parts = [Parts(8, 10, 1, 0, 1), Parts(30, None, 1, 0, 1)]
    assert over_chapters(SPEAK_UP, parts) == Refusal(RefusalReason.NO_DENOMINATOR, 2, 0, 2)
    assert over_periods(SPEAK_UP, parts) == Refusal(RefusalReason.NO_DENOMINATOR, 2, 0, 2)
    assert share(Parts(30, None, 1, 0, 1)) is None


def test_a_share_of_nobody_asked_is_undefined():
    assert share(Parts(0, 0, 1, 0, 1)) is None
    assert share(Parts()) is None


@pytest.mark.parametrize("accumulation", Accumulation)
def test_what_people_wrote_is_no_number(accumulation):
    qualitative_rule = Rule(MeasureKind.QUALITATIVE, accumulation)
    assert over_chapters(qualitative_rule, [Parts(1, None, 1, 0, 1)]) == Refusal(RefusalReason.QUALITATIVE, 1, 0, 1)
    assert over_periods(qualitative_rule, [Parts(1, None, 1, 0, 1)]) == Refusal(RefusalReason.QUALITATIVE, 1, 0, 1)


def test_a_flow_is_never_carried_forward():
    assert through_the_year(EVENTS, claim(Q1, 4), claim(Q3, 5), claim(Q4, None)) == [4, None, 5, None]


def test_a_closed_chapter_keeps_what_is_cumulative_and_leaves_the_stocks():
    claims = (claim(Q1, 40), claim(Q2, None), claim(Q3, None, is_expected=False, is_open=False))
    assert through_the_year(SIGNUPS, *claims) == [40, 40, 40, 40]
    assert through_the_year(POLICIES, *claims) == [40, 40, None, None]
    assert contribution(SIGNUPS, claims, Q3) == Parts(40, None, reported=0, carried=1, expected=0)
    assert contribution(POLICIES, claims, Q3) == Parts()


def test_the_last_report_of_a_closed_chapter_brings_flows_but_no_stock():
    last = (claim(Q1, 40), claim(Q2, 41, is_open=False))
    assert through_the_year(EVENTS, *last) == [40, 41, None, None]
    assert through_the_year(SIGNUPS, *last) == [40, 41, 41, 41]
    assert through_the_year(POLICIES, *last) == [40, None, None, None]
    assert contribution(POLICIES, last, Q2) == Parts(expected=1)


def test_carried_values_may_outnumber_the_chapters_expected():
    closed_parts = contribution(SIGNUPS, [claim(Q1, 40), claim(Q2, None, is_expected=False, is_open=False)], Q2)
    active_parts = contribution(SIGNUPS, [claim(Q2, 2)], Q2)
    assert over_chapters(SIGNUPS, [closed_parts, closed_parts, active_parts]) == Parts(
        82, None, reported=1, carried=2, expected=1
    )


def test_a_value_nobody_expected_is_counted_on_both_sides_of_the_coverage():
    assert contribution(EVENTS, [claim(Q1, 3, is_expected=False)], Q1) == Parts(3, None, 1, 0, 1)


def test_the_cells_of_a_carried_value_are_those_of_its_own_submission():
    cells = {Q1: {"all": 10, "women": 6}, Q2: {"all": 5}}
    claims = [claim(quarter, cells[quarter]["all"]) for quarter in cells]
    source = effective_claim(SIGNUPS, [*claims, claim(Q3, None)], Q3)
    assert source is not None
    assert cells[source.period_on] == {"all": 5}


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "ascending", "expected_progress"),
    [
        (50, 20, 35, False, Fraction(1, 2)),
        (50, 20, 56, False, Fraction(-1, 5)),
        (50, 20, 14, False, Fraction(6, 5)),
        (10, 30, 15, True, Fraction(1, 4)),
        (Fraction(1, 3), Fraction(2, 3), Fraction(1, 2), True, Fraction(1, 2)),
    ],
)
def test_progress_is_the_way_gone_also_downward(baseline, target, actual, ascending, expected_progress):
    assert progress(baseline=baseline, target=target, actual=actual, ascending=ascending) == expected_progress


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("actual", [0, 20, 40])
def test_a_target_that_is_its_baseline_has_no_progress_neither_0_nor_100_percent(actual, ascending):
    assert progress(baseline=20, target=20, actual=actual, ascending=ascending) is None


@pytest.mark.parametrize(("baseline", "target", "ascending"), [(20, 10, True), (10, 20, False)])
def test_a_target_on_the_wrong_side_of_its_baseline_is_an_error(baseline, target, ascending):
    with pytest.raises(ValueError, match="wrong way"):
        progress(baseline=baseline, target=target, actual=15, ascending=ascending)


def test_an_ordinal_value_has_a_median_and_never_a_mean():
    parts = [Parts(1, None, 1, 0, 1, {code: 1}) for code in ("never", "never", "always", "often", "never")]
    total = over_chapters(HOW_OFTEN, parts)
    assert isinstance(total, Parts)
    assert total.classes == {"never": 3, "always": 1, "often": 1}
    assert median_class(HOW_OFTEN, total) == "never"
    assert share(total) is None


def test_of_two_middle_classes_the_lower_is_the_median():
    assert median_class(HOW_OFTEN, Parts(2, None, 2, 0, 2, {"often": 1, "sometimes": 1})) == "sometimes"
    assert median_class(HOW_OFTEN, Parts(2, None, 2, 0, 2, {"always": 1, "never": 1})) == "never"


def test_classes_without_an_order_and_no_answers_have_no_median():
    assert median_class(HAS_A_TEAM, Parts(3, None, 3, 0, 3, {"yes": 3})) is None
    assert median_class(HOW_OFTEN, Parts()) is None
    assert median_class(HOW_OFTEN, Parts(0, None, 1, 0, 1, {"never": 0})) is None


def test_yes_and_no_are_counted_apart_and_the_latest_answer_stands():
    spring = over_chapters(HAS_A_TEAM, [Parts(1, None, 1, 0, 1, {"yes": 1}), Parts(1, None, 1, 0, 1, {"no": 1})])
    summer = Parts(2, None, 2, 0, 2, {"yes": 2})
    assert spring == Parts(2, None, 2, 0, 2, {"yes": 1, "no": 1})
    assert over_periods(replace(HAS_A_TEAM, accumulation=FLOW), [spring, summer]) == summer


@pytest.mark.parametrize("value", [Given(3, classes={"yes": 1, "no": 1}), Given(1, classes={"perhaps": 1}), Given(1)])
def test_classes_that_do_not_add_up_to_the_value_are_an_error(value):
    with pytest.raises(ValueError, match="do not add up"):
        contribution(HAS_A_TEAM, [claim(Q1, value)], Q1)


@pytest.mark.parametrize(("denominator", "classes"), [(-1, {}), (None, {"yes": -1})])
def test_fewer_than_nobody_is_an_error(denominator, classes):
    with pytest.raises(ValueError, match="below zero"):
        Given(0, denominator, classes)


@pytest.mark.parametrize(
    ("kind", "classes"),
    [(MeasureKind.ORDINAL, ()), (MeasureKind.COUNT, ("yes", "no")), (MeasureKind.YES_NO, ("yes", "yes"))],
)
def test_a_rule_has_classes_where_its_kind_has(kind, classes):
    with pytest.raises(ValueError, match="do not fit"):
        Rule(kind, STOCK, classes)


def test_every_refusal_has_a_sentence_of_its_own():
    assert set(WHY_WORDS) == set(RefusalReason)
    assert len({str(words) for words in WHY_WORDS.values()}) == len(RefusalReason)
    assert {type(words) for words in WHY_WORDS.values()} == {type(lazy_gettext("any"))}
