"""The desk's blueprint, and the countries its pages are for."""

from __future__ import annotations

from flask import Blueprint, abort

from solidarity.desk.reach import Reach
from tenants.chapters.queries import some_are_invented
from tenants.db import db
from tenants.scope import DeskScope, scope_of

desk = Blueprint("desk", __name__, url_prefix="/desk")


@desk.context_processor
def say_what_is_invented() -> dict[str, bool]:
    """Let every page of the desk say that chapters of the demonstration are among those it shows."""
    return {"some_are_invented": some_are_invented(db.session())}


def reach() -> Reach:
    """Return the countries this request may see: those its session is bound to."""
    scope = scope_of(db.session())
    if not isinstance(scope, DeskScope):
        abort(404)
    return Reach(frozenset(scope.countries))
