"""All invented chapters in order: the first three, one for each scenario, and the rest, alternating between areas."""

from __future__ import annotations

from itertools import chain, zip_longest

from solidarity.demonstration.chapters import africa as cast_africa
from solidarity.demonstration.chapters import americas as cast_americas
from solidarity.demonstration.chapters import arab_states as cast_arab_states
from solidarity.demonstration.chapters import asia_pacific as cast_asia_pacific
from solidarity.demonstration.chapters import europe_central_asia as cast_europe_central_asia
from solidarity.demonstration.chapters import first as cast_first
from solidarity.demonstration.chapters import headquarters as cast_headquarters
from solidarity.demonstration.chapters.model import Actor

AREAS = (
    cast_africa.CHAPTERS,
    cast_asia_pacific.CHAPTERS,
    cast_europe_central_asia.CHAPTERS,
    cast_americas.CHAPTERS,
    cast_headquarters.CHAPTERS,
    cast_arab_states.CHAPTERS,
)


def everybody() -> tuple[Actor, ...]:
    """Return every invented chapter. The first dozen cover every scenario and many areas."""
    first = cast_first.CHAPTERS
    by_turns = [actor for actor in chain.from_iterable(zip_longest(*AREAS)) if actor is not None]
    representatives = {actor.scenario: actor for actor in reversed((*first, *by_turns))}
    one_of_each = [actor for actor in by_turns if representatives[actor.scenario] is actor]
    return (*first, *one_of_each, *(actor for actor in by_turns if actor not in one_of_each))
