"""What may be summed: the algebra of roll-ups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Accumulation(StrEnum):
    """How a value behaves over periods."""

    FLOW = "flow"
    CUMULATIVE = "cumulative"
    STOCK = "stock"


class MeasureKind(StrEnum):
    """What a value is."""

    COUNT = "count"
    UNIQUE_PEOPLE = "unique_people"
    RATIO = "ratio"


@dataclass(frozen=True)
class Rule:
    """What an indicator's values are."""

    kind: MeasureKind
    accumulation: Accumulation
    classes: tuple[str, ...] = ()
