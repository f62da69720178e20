"""The whole cast in the order it is lived through: the oldest three first, then one of each area by turns."""

from __future__ import annotations

from itertools import chain, zip_longest

from solidarity.demonstration import (
    cast_africa,
    cast_americas,
    cast_arab_states,
    cast_asia_pacific,
    cast_europe_central_asia,
    cast_first,
    cast_headquarters,
)
from solidarity.demonstration.cast import Actor

AREAS = (
    cast_africa.CHAPTERS,
    cast_asia_pacific.CHAPTERS,
    cast_europe_central_asia.CHAPTERS,
    cast_americas.CHAPTERS,
    cast_headquarters.CHAPTERS,
    cast_arab_states.CHAPTERS,
)


def everybody() -> tuple[Actor, ...]:
    """Return every invented chapter; a few of the first are of many areas already."""
    by_turns = chain.from_iterable(zip_longest(*AREAS))
    return (*cast_first.CHAPTERS, *(actor for actor in by_turns if actor is not None))
