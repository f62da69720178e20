"""Cells: exclusive combinations of sex and age band. `unknown` is a value like the others, so that cells add up."""

from __future__ import annotations

from enum import StrEnum


class Sex(StrEnum):
    """On screen: girls and women, boys and men, another gender, not asked."""

    WOMEN = "women"
    MEN = "men"
    OTHER = "other"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """The age bands, our own choice. `unknown` means that people were not asked."""

    UNDER_18 = "under_18"
    FROM_18_TO_24 = "18_24"
    FROM_25_TO_59 = "25_59"
    FROM_60 = "60_plus"
    UNKNOWN = "unknown"


CELLS: tuple[tuple[Sex, AgeBand], ...] = tuple((sex, age) for age in AgeBand for sex in Sex)
