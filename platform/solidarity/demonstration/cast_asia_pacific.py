"""Invented chapters of Asia and the Pacific."""

from __future__ import annotations

from solidarity.demonstration.cast import Actor

CHAPTERS: tuple[Actor, ...] = ()
