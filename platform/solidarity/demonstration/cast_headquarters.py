"""Invented chapters of the countries served by headquarters."""

from __future__ import annotations

from solidarity.demonstration.cast import Actor

CHAPTERS: tuple[Actor, ...] = ()
