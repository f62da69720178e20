"""The core indicators: a small set of our own design, the same for every chapter.

Indicators are versioned and retired, never deleted, because a stored value names code and version. The rule of an
indicator decides what may be summed (tenants/figures/measures.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from tenants.figures.measures import Accumulation, MeasureKind, Rule


class Filled(StrEnum):
    """Where a value comes from: the records of the chapter, or its own entry in the report (CHAPTER)."""

    LOG = "log"
    TALLIES = "tallies"
    FUNDING = "funding"
    CHAPTER = "chapter"


@dataclass(frozen=True)
class Indicator:
    """One version of an indicator. `title`, `unit` and `definition` are texts for people."""

    code: str
    version: int
    rule: Rule
    filled: Filled
    title: Any
    unit: Any
    definition: Any
    cents: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether a value has two numbers, a numerator and a denominator."""
        return self.rule.kind is MeasureKind.RATIO


COUNT = MeasureKind.COUNT

CORE: tuple[Indicator, ...] = (
    Indicator(
        "activities_held",
        1,
        Rule(COUNT, Accumulation.FLOW),
        Filled.LOG,
        _l("Activities held"),
        _l("activities in the period"),
        _l("Every activity in the log that was held in the period, counted or not."),
    ),
    Indicator(
        "participations",
        1,
        Rule(COUNT, Accumulation.FLOW),
        Filled.LOG,
        _l("Participations"),
        _l("head counts; one person can be counted more than once"),
        _l(
            "Everyone present at a logged activity or at the launch, counted each time. "
            "Sign-ups and media reach are not included."
        ),
    ),
    Indicator(
        "first_time",
        1,
        Rule(COUNT, Accumulation.FLOW),
        Filled.LOG,
        _l("First-time participants"),
        _l("part of the participations"),
        _l("Participations by people who said it was their first time."),
    ),
    Indicator(
        "signups_tallied",
        1,
        Rule(COUNT, Accumulation.CUMULATIVE),
        Filled.TALLIES,
        _l("Sign-ups counted at events, to date"),
        _l("unverified; never added to commitments"),
        _l(
            "Sign-ups counted on paper at the chapter’s events since the chapter began. "
            "They are not confirmed by email."
        ),
    ),
    Indicator(
        "workplaces_with_policy",
        1,
        Rule(COUNT, Accumulation.STOCK),
        Filled.CHAPTER,
        _l("Workplaces and schools with a written policy"),
        _l("at the end of the period"),
        _l(
            "Workplaces and schools the chapter works with that have a written policy "
            "against harassment on the last day of the period."
        ),
    ),
    Indicator(
        "would_speak_up",
        1,
        Rule(MeasureKind.RATIO, Accumulation.FLOW),
        Filled.CHAPTER,
        _l("Participants who say they would speak up"),
        _l("of those asked after an activity"),
        _l(
            "How many of the people asked said that they would speak up when they see "
            "harassment. Both numbers are kept."
        ),
    ),
    Indicator(
        "facilitators_trained",
        1,
        Rule(MeasureKind.UNIQUE_PEOPLE, Accumulation.FLOW),
        Filled.CHAPTER,
        _l("Facilitators trained"),
        _l("people, each counted once"),
        _l(
            "The number of different people trained in the period. Two chapters can know "
            "the same person, so there is no total."
        ),
    ),
    Indicator(
        "spent",
        1,
        Rule(COUNT, Accumulation.FLOW),
        Filled.FUNDING,
        _l("Money spent"),
        _l("US dollars, converted at the exchange rate of the day"),
        _l("Approved expenses dated in the period. Unconverted amounts are listed but not included in any total."),
        cents=True,
    ),
)
BY_CODE: dict[str, Indicator] = {indicator.code: indicator for indicator in CORE}
TYPED_INDICATORS: tuple[Indicator, ...] = tuple(indicator for indicator in CORE if indicator.filled is Filled.CHAPTER)
