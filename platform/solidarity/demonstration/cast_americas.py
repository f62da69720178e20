"""Invented chapters of the Americas."""

from __future__ import annotations

from solidarity.demonstration.cast import Actor

CHAPTERS: tuple[Actor, ...] = ()
