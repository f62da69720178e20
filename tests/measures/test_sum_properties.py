"""Properties of every sum: order, grouping, coverage, refusals, whole numbers, bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from statistics import median_low
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from measures.histories import ADDABLE, CLASSES, PERIODS, reached, sums_to_do, worlds

from tenants.figures.measures import (
    Accumulation,
    MeasureKind,
    Parts,
    Refusal,
    RefusalReason,
    Rule,
    contribution,
    median_class,
    over_chapters,
    over_periods,
    progress,
    share,
)

Sum = tuple[Rule, list[Parts | Refusal]]

PEOPLE = Rule(MeasureKind.UNIQUE_PEOPLE, Accumulation.FLOW)
RATIO = Rule(MeasureKind.RATIO, Accumulation.FLOW)
TWO_GIVE = [Parts(3, None, 1, 0, 1), Parts(4, None, 1, 0, 1)]
numbers = st.integers(-(10**9), 10**9) | st.fractions()


@given(sums_to_do(), st.randoms(use_true_random=False), st.booleans())
@example((PEOPLE, [*TWO_GIVE, Refusal(RefusalReason.PEOPLE_OVER_PERIODS, 2, 0, 3)]), None, False)
def test_the_order_of_chapters_does_not_matter(case: Sum, random: Any, disjoint: bool) -> None:
    rule, parts = case
    reordered_parts = parts[::-1]
    if random is not None:
        random.shuffle(reordered_parts)
    assert over_chapters(rule, reordered_parts, disjoint=disjoint) == over_chapters(rule, parts, disjoint=disjoint)


@given(sums_to_do(), st.booleans(), st.data())
def test_countries_then_areas_then_the_world_is_the_world_at_once(
    case: Sum, disjoint: bool, data: st.DataObject
) -> None:
    rule, parts = case
    area_of = data.draw(st.lists(st.integers(0, 2), min_size=4, max_size=4), label="area of country")
    countries: dict[int, list[Parts | Refusal]] = {country: [] for country in range(4)}
    for part in parts:
        countries[data.draw(st.integers(0, 3), label="country")].append(part)
    areas: dict[int, list[Parts | Refusal]] = {area: [] for area in range(3)}
    for country, chapters in countries.items():
        areas[area_of[country]].append(over_chapters(rule, chapters, disjoint=disjoint))
    of_areas = [over_chapters(rule, figures, disjoint=disjoint) for figures in areas.values()]
    assert over_chapters(rule, of_areas, disjoint=disjoint) == over_chapters(rule, parts, disjoint=disjoint)


@pytest.mark.parametrize("split", range(4))
@pytest.mark.parametrize(
    "late", [Refusal(RefusalReason.PEOPLE_OVER_PERIODS, 2, 0, 2), Parts(5, None, 0, 1, 0), Parts(expected=1)]
)
def test_unique_people_are_refused_alike_however_their_chapters_are_grouped(split, late):
    chapters: list[Parts | Refusal] = [*TWO_GIVE, late]
    halves = [over_chapters(PEOPLE, chapters[:split]), over_chapters(PEOPLE, chapters[split:])]
    assert over_chapters(PEOPLE, halves) == over_chapters(PEOPLE, chapters)
    assert isinstance(over_chapters(PEOPLE, chapters), Refusal)


@given(sums_to_do(), st.data())
def test_nothing_added_changes_nothing(case: Sum, data: st.DataObject) -> None:
    rule, parts = case
    place = data.draw(st.integers(0, len(parts)))
    assert over_chapters(rule, [*parts[:place], Parts(), *parts[place:]]) == over_chapters(rule, parts)
    if rule.kind is not MeasureKind.QUALITATIVE:
        assert over_chapters(rule, []) == over_periods(rule, []) == Parts()


@given(sums_to_do(ADDABLE, refusals=False))
def test_one_chapter_alone_is_the_whole_place(case: Sum) -> None:
    rule, parts = case
    assert [over_chapters(rule, [part]) for part in parts] == parts
    assert [over_periods(rule, [part]) for part in parts] == parts


@given(sums_to_do(), st.sampled_from(RefusalReason), st.data())
def test_a_refusal_absorbs_whatever_is_added_and_still_counts_it(
    case: Sum, reason: RefusalReason, data: st.DataObject
) -> None:
    rule, parts = case
    refusal = Refusal(reason, 2, 1, 3)
    place = data.draw(st.integers(0, len(parts)))
    total = over_chapters(rule, [*parts[:place], refusal, *parts[place:]])
    assert isinstance(total, Refusal)
    assert list(RefusalReason).index(total.reason) <= list(RefusalReason).index(reason)
    assert _coverage(total) == _added(parts, (2, 1, 3))
    if rule.accumulation is Accumulation.FLOW and not rule.classes:
        over_time = over_periods(rule, [*parts[:place], refusal, *parts[place:]])
        assert isinstance(over_time, Refusal)
        assert _coverage(over_time) == _added(parts, (2, 1, 3))


@given(sums_to_do(), st.booleans())
def test_the_coverage_of_a_sum_is_the_sum_of_coverage_refused_or_not(case: Sum, disjoint: bool) -> None:
    rule, parts = case
    total = over_chapters(rule, parts, disjoint=disjoint)
    assert _coverage(total) == _added(parts, (0, 0, 0))
    assert 0 <= total.reported <= total.expected


@given(sums_to_do(ADDABLE, refusals=False))
def test_a_sum_is_what_was_given_and_none_where_nobody_gave(case: Sum) -> None:
    rule, parts = case
    total = over_chapters(rule, parts)
    assert isinstance(total, Parts)
    given_values = [part.numerator for part in parts if isinstance(part, Parts) and part.numerator is not None]
    assert total.numerator == (sum(given_values) if given_values else None)
    assert (total.numerator is None) == (total.reported + total.carried == 0)


@given(sums_to_do(), st.booleans())
def test_whole_numbers_stay_whole(case: Sum, disjoint: bool) -> None:
    rule, parts = case
    for figure in (over_chapters(rule, parts, disjoint=disjoint), over_periods(rule, parts)):
        values = list(_coverage(figure))
        if isinstance(figure, Parts):
            values += [*figure.classes.values(), figure.numerator or 0, figure.denominator or 0]
            assert type(share(figure)) in {Fraction, type(None)}
        assert {type(number) for number in values} == {int}


@given(sums_to_do([MeasureKind.RATIO], refusals=False))
def test_a_pooled_share_lies_between_the_least_and_the_greatest_of_its_chapters(case: Sum) -> None:
    rule, parts = case
    total = over_chapters(rule, parts)
    assert isinstance(total, Parts)
    shares = [chapter_share for part in parts if isinstance(part, Parts) and (chapter_share := share(part)) is not None]
    pooled_share = share(total)
    assert (pooled_share is None) == (not shares)
    if pooled_share is not None:
        assert 0 <= min(shares) <= pooled_share <= max(shares) <= 1


@given(st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 9)))
def test_the_median_is_the_lower_middle_of_all_answers_in_a_row(classes):
    rule = Rule(MeasureKind.ORDINAL, Accumulation.STOCK, CLASSES)
    answers = [CLASSES.index(code) for code, count in classes.items() for _ in range(count)]
    expected = CLASSES[median_low(answers)] if answers else None
    assert median_class(rule, Parts(len(answers), None, 1, 0, 1, classes)) == expected


@given(worlds(ADDABLE))
def test_a_table_of_chapters_and_periods_comes_to_the_same_by_rows_and_by_columns(world):
    rule, chapters = world
    table = [[contribution(rule, claims, period_on) for period_on in PERIODS] for claims in chapters]
    by_chapter = over_chapters(rule, [over_periods(rule, row) for row in table])
    by_period = over_periods(rule, [over_chapters(rule, [row[at] for row in table]) for at in range(len(PERIODS))])
    assert by_chapter == by_period


@given(numbers, numbers, numbers, numbers, st.integers(1, 1000))
def test_progress_is_nothing_at_the_baseline_all_at_the_target_and_the_same_downward(
    baseline, target, actual, offset, scale
):
    ascending = target >= baseline

    def gone(at: int | Fraction) -> Fraction | None:
        return progress(baseline=baseline, target=target, actual=at, ascending=ascending)

    if baseline == target:
        assert gone(actual) is None
        return
    assert gone(baseline) == 0
    assert gone(target) == 1
    assert type(gone(actual)) is Fraction
    mirror_progress = progress(baseline=-baseline, target=-target, actual=-actual, ascending=not ascending)
    further = progress(
        baseline=baseline * scale + offset,
        target=target * scale + offset,
        actual=actual * scale + offset,
        ascending=ascending,
    )
    assert mirror_progress == further == gone(actual)
    with pytest.raises(ValueError, match="wrong way"):
        progress(baseline=baseline, target=target, actual=actual, ascending=not ascending)


INTERESTING: dict[str, Callable[[Parts | Refusal], bool]] = {
    "refused": lambda part: isinstance(part, Refusal),
    "reported": lambda part: part.reported > 0,
    "carried though not expected": lambda part: part.carried > 0 and part.expected == 0,
    "zero": lambda part: isinstance(part, Parts) and part.numerator == 0,
    "below zero": lambda part: isinstance(part, Parts) and (part.numerator or 0) < 0,
    "missing": lambda part: isinstance(part, Parts) and part.numerator is None and part.expected > 0,
    "of nobody": lambda part: isinstance(part, Parts) and part.denominator == 0,
    "nobody in a class": lambda part: isinstance(part, Parts) and 0 in part.classes.values(),
}


@pytest.mark.parametrize("name", INTERESTING)
def test_the_invented_sums_reach_what_is(name):
    reached(sums_to_do(), lambda case: len(case[1]) > 2 and any(INTERESTING[name](part) for part in case[1]))


def test_the_invented_sums_reach_a_pooled_share_that_is_no_mean_of_shares():
    def is_no_mean(case: Sum) -> bool:
        rule, parts = case
        shares = [
            chapter_share for part in parts if isinstance(part, Parts) and (chapter_share := share(part)) is not None
        ]
        total = over_chapters(rule, parts)
        return isinstance(total, Parts) and len(shares) > 1 and share(total) != sum(shares) / len(shares)

    reached(sums_to_do([MeasureKind.RATIO], refusals=False), is_no_mean)


def _coverage(figure: Parts | Refusal) -> tuple[int, int, int]:
    return figure.reported, figure.carried, figure.expected


def _added(parts: list[Parts | Refusal], begin: tuple[int, int, int]) -> tuple[int, ...]:
    columns: dict[int, int] = defaultdict(int, enumerate(begin))
    for part in parts:
        for at, number in enumerate(_coverage(part)):
            columns[at] += number
    return tuple(columns[at] for at in range(len(begin)))
