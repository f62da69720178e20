"""Invented chapters of the Arab States."""

from __future__ import annotations

from solidarity.demonstration.cast import Actor

CHAPTERS: tuple[Actor, ...] = ()
