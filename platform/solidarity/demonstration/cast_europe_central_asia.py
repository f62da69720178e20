"""Invented chapters of Europe and Central Asia."""

from __future__ import annotations

from solidarity.demonstration.cast import Actor

CHAPTERS: tuple[Actor, ...] = ()
