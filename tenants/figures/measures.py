"""The rules for summing values, in whole numbers. A test holds the compiler's SQL equal to this module.

A value is missing or it is a number. Missing is not zero, and nothing here converts one into the other. A sum that
would be wrong is refused, and a refusal still counts who reported. A percentage or an average is two whole numbers
until it is read with `share`, so that chapters can be pooled: 8 of 10 and 30 of 100 are 38 of 110. Values may fall: a
later value counts, however small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Accumulation(StrEnum):
    """How a value relates to periods: new in each, cumulative since the beginning, or the state at the end of one."""

    FLOW = "flow"
    CUMULATIVE = "cumulative"
    STOCK = "stock"


class MeasureKind(StrEnum):
    """The type of a value."""

    COUNT = "count"
    UNIQUE_PEOPLE = "unique_people"
    RATIO = "ratio"
    AVERAGE = "average"
    ORDINAL = "ordinal"
    NOMINAL = "nominal"
    YES_NO = "yes_no"
    QUALITATIVE = "qualitative"


POOLED_KINDS = frozenset({MeasureKind.RATIO, MeasureKind.AVERAGE})
CLASS_KINDS = frozenset({MeasureKind.ORDINAL, MeasureKind.NOMINAL, MeasureKind.YES_NO})


@dataclass(frozen=True)
class Rule:
    """The type of an indicator's values.

    `classes` are the codes of a classed kind, for an ordinal one from the lowest to the highest. `ascending` means that
    more is better. Raises ValueError if kind and classes do not match.
    """

    kind: MeasureKind
    accumulation: Accumulation
    classes: tuple[str, ...] = ()
    ascending: bool = True

    def __post_init__(self) -> None:
        """Refuse a classed kind without classes, classes of another kind, and duplicate classes."""
        if (self.kind in CLASS_KINDS) != bool(self.classes) or len(set(self.classes)) != len(self.classes):
            raise ValueError(f"classes do not fit {self.kind}: {self.classes}")


@dataclass(frozen=True)
class Given:
    """The value in an approved report.

    A ratio is `numerator` of `denominator`. An average is the sum and the number of measurements. A classed kind has a
    count for each class, and `numerator` is their sum. Raises ValueError for a negative denominator or class.
    """

    numerator: int
    denominator: int | None = None
    classes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a negative denominator or class, because shares would leave their bounds."""
        if min((self.denominator or 0, *self.classes.values())) < 0:
            raise ValueError(f"below zero: {self}")


@dataclass(frozen=True)
class Claim:
    """What counts of one chapter in one period.

    `given` is None if nothing is approved or the report gives a reason for the missing value. `is_open` is False if the
    chapter was closed by the end of the period.
    """

    period_on: date
    given: Given | None
    is_expected: bool
    is_open: bool


@dataclass(frozen=True)
class Parts:
    """A sum with its coverage. `numerator` is None if no chapter gave a value.

    `reported` chapters gave a value for the period, `carried` have an earlier one carried forward, `expected` were to
    report. Reported never exceeds expected. Carried may, because a closed chapter keeps its cumulative values.
    """

    numerator: int | None = None
    denominator: int | None = None
    reported: int = 0
    carried: int = 0
    expected: int = 0
    classes: Mapping[str, int] = field(default_factory=dict)


class RefusalReason(StrEnum):
    """Why there is no sum. The first reason in this order applies. Sentences: solidarity/labels/no_total.py."""

    QUALITATIVE = "qualitative"
    NO_DENOMINATOR = "no_denominator"
    PEOPLE_OVER_PERIODS = "people_over_periods"
    PEOPLE_OVER_CHAPTERS = "people_over_chapters"


@dataclass(frozen=True)
class Refusal:
    """There is no sum, for a reason. Adding parts to a refusal gives a refusal with the coverage of all of them."""

    reason: RefusalReason
    reported: int = 0
    carried: int = 0
    expected: int = 0


def effective_claim(rule: Rule, claims: Sequence[Claim], period_on: date) -> Claim | None:
    """Return the claim of one chapter whose value counts in a period: its own, or the one carried forward.

    A flow is never carried forward. A cumulative value always is, by a closed chapter too. A stock is the state at the
    end of the period, so a closed chapter has none, not even of its own report, and an earlier one does not return if
    the chapter opens again. Cells come from the same submission as the value, never carried forward one by one. Raises
    ValueError for two claims of one period.
    """
    if len({claim.period_on for claim in claims}) != len(claims):
        raise ValueError("two claims of one chapter for one period")
    past = sorted((claim for claim in claims if claim.period_on <= period_on), key=lambda claim: claim.period_on)
    for claim in reversed(past):
        if rule.accumulation is Accumulation.STOCK and not claim.is_open:
            return None
        is_own = claim.period_on == period_on
        if claim.given is not None and (is_own or rule.accumulation is not Accumulation.FLOW):
            return claim
    return None


def contribution(rule: Rule, claims: Sequence[Claim], period_on: date) -> Parts:
    """Return what one chapter contributes to a period. A chapter with a value of its own counts as expected.

    Raises ValueError for two claims of one period, and for classes that are not in the rule or do not add up.
    """
    own_claim = next((claim for claim in claims if claim.period_on == period_on), None)
    is_expected = own_claim is not None and own_claim.is_expected
    claim = effective_claim(rule, claims, period_on)
    if claim is None or claim.given is None:
        return Parts(expected=int(is_expected))
    value, is_own = claim.given, claim is own_claim
    if rule.classes and not (
        value.classes.keys() <= set(rule.classes) and sum(value.classes.values()) == value.numerator
    ):
        raise ValueError(f"classes do not add up: {value}")
    return Parts(
        numerator=value.numerator,
        denominator=value.denominator,
        reported=int(is_own),
        carried=int(not is_own),
        expected=int(is_expected or is_own),
        classes=value.classes,
    )


def over_chapters(rule: Rule, parts: Iterable[Parts | Refusal], *, disjoint: bool = False) -> Parts | Refusal:
    """Return the sum of chapters, or of whole places, in one period.

    Counts and classes are summed, ratios and averages pooled. Unique people are refused unless the chapters are
    `disjoint` or only one of them gave a value.
    """
    added = list(parts)
    reasons = _refusal_reasons(rule, added)
    givers = sum(part.reported + part.carried for part in added if not _is_empty(part))
    if rule.kind is MeasureKind.UNIQUE_PEOPLE and givers > 1 and not disjoint:
        reasons.add(RefusalReason.PEOPLE_OVER_CHAPTERS)
    return added_up(added, reasons)


def over_periods(rule: Rule, parts: Iterable[Parts | Refusal]) -> Parts | Refusal:
    """Return the sum of consecutive periods of one place, given in their order.

    For stocks, cumulative values and classes it is the last period with its coverage. Flows are summed or pooled, and
    so is their coverage. Unique people are refused if more than one period has some.
    """
    added = list(parts)
    if rule.kind is not MeasureKind.QUALITATIVE and (
        rule.accumulation is not Accumulation.FLOW or rule.kind in CLASS_KINDS
    ):
        return added[-1] if added else Parts()
    reasons = _refusal_reasons(rule, added)
    givers = sum(not _is_empty(part) for part in added)
    if rule.kind is MeasureKind.UNIQUE_PEOPLE and givers > 1:
        reasons.add(RefusalReason.PEOPLE_OVER_PERIODS)
    return added_up(added, reasons)


def added_up(added: Sequence[Parts | Refusal], reasons: set[RefusalReason]) -> Parts | Refusal:
    """Return the plain sum of all parts and their coverage, or a refusal if there are `reasons`."""
    reported_count = sum(part.reported for part in added)
    forwarded_count = sum(part.carried for part in added)
    expected_count = sum(part.expected for part in added)
    if reasons:
        return Refusal(
            next(reason for reason in RefusalReason if reason in reasons),
            reported_count,
            forwarded_count,
            expected_count,
        )
    parts = [part for part in added if isinstance(part, Parts)]
    classes: dict[str, int] = {}
    for part in parts:
        for code, count in part.classes.items():
            classes[code] = classes.get(code, 0) + count
    return Parts(
        numerator=_total(part.numerator for part in parts),
        denominator=_total(part.denominator for part in parts),
        reported=reported_count,
        carried=forwarded_count,
        expected=expected_count,
        classes=classes,
    )


def share(parts: Parts) -> Fraction | None:
    """Return the pooled ratio or the weighted average, or None without a numerator or with no or a zero denominator."""
    if parts.numerator is None or not parts.denominator:
        return None
    return Fraction(parts.numerator, parts.denominator)


def median_class(rule: Rule, parts: Parts) -> str | None:
    """Return the median class of an ordinal value, the lower of two middle classes, or None if there is none.

    There is no mean, because the distance between classes is not known.
    """
    middle = (sum(parts.classes.values()) + 1) // 2
    if rule.kind is not MeasureKind.ORDINAL or middle == 0:
        return None
    running_count = 0
    for code in rule.classes:
        running_count += parts.classes.get(code, 0)
        if running_count >= middle:
            return code
    return None


def progress(
    *, baseline: int | Fraction, target: int | Fraction, actual: int | Fraction, ascending: bool
) -> Fraction | None:
    """Return the share of the way from the baseline to the target, or None if the two are equal.

    Below zero is a move away from the target, above one is more than the target. Raises ValueError if the target is on
    the wrong side of the baseline.
    """
    if (target < baseline) if ascending else (target > baseline):
        raise ValueError(f"from {baseline} to {target} is the wrong way")
    return None if target == baseline else Fraction(actual - baseline) / (target - baseline)


def _is_empty(part: Parts | Refusal) -> bool:
    return isinstance(part, Parts) and part.numerator is None


def _refusal_reasons(rule: Rule, parts: Sequence[Parts | Refusal]) -> set[RefusalReason]:
    """Return the reasons for refusing a sum that apply to chapters and periods alike."""
    reasons = {part.reason for part in parts if isinstance(part, Refusal)}
    if rule.kind is MeasureKind.QUALITATIVE:
        reasons.add(RefusalReason.QUALITATIVE)
    numbered_parts = [part for part in parts if isinstance(part, Parts) and part.numerator is not None]
    if rule.kind in POOLED_KINDS and any(part.denominator is None for part in numbered_parts):
        reasons.add(RefusalReason.NO_DENOMINATOR)
    return reasons


def _total(numbers: Iterable[int | None]) -> int | None:
    """Return the sum of the numbers that are not None, or None if there are none."""
    known_numbers = [number for number in numbers if number is not None]
    return sum(known_numbers) if known_numbers else None
