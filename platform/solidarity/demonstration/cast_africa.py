"""Invented chapters of Africa: of its two areas by turns."""

from __future__ import annotations

from itertools import chain

from solidarity.demonstration import cast_east_africa, cast_west_africa
from solidarity.demonstration.cast import Actor

CHAPTERS: tuple[Actor, ...] = tuple(
    chain.from_iterable(zip(cast_west_africa.CHAPTERS, cast_east_africa.CHAPTERS, strict=True))
)
