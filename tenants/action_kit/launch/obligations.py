"""What this step still expects of a chapter, and how far it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal

from tenants.obligations.legs import Here, Leg


def legs(here: Here) -> list[Leg]:
    """Return this step's legs of the query of obligations."""
    return []


def standing(here: Here) -> ColumnElement[Any]:
    """Return how far a chapter is, as text: none, prog or done; correlated with the Chapter of the statement."""
    return literal("none")
