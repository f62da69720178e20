"""Invented chapters of Africa, alternating between its two areas."""

from __future__ import annotations

from itertools import chain

from solidarity.demonstration.chapters import east_africa as cast_east_africa
from solidarity.demonstration.chapters import west_africa as cast_west_africa
from solidarity.demonstration.chapters.model import Actor

CHAPTERS: tuple[Actor, ...] = tuple(
    chain.from_iterable(zip(cast_west_africa.CHAPTERS, cast_east_africa.CHAPTERS, strict=True))
)
