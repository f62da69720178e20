"""The blueprint of the desk, the variables of all its pages, and the countries of the reader."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, abort, g

from solidarity.desk.place_names import figure_url
from solidarity.desk.visible_countries import VisibleCountries
from solidarity.labels.steps import DESK_STATE_WORDS
from tenants.db import db
from tenants.overview.waiting import WaitingSummary, waiting_by_area
from tenants.scope import DeskScope, scope_of

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.context_processor
def what_stands_around() -> dict[str, Any]:
    """Return what every page needs: what waits, the URL of figures, if some chapters are invented, and words."""
    scope = scope_of(db.session())
    if not isinstance(scope, DeskScope):
        return {}
    summaries, has_invented = what_waits()
    tops = VisibleCountries(frozenset(scope.countries)).tops()
    return {
        "approvals_waiting": sum(summary.count for summary in summaries.values()),
        "some_are_invented": has_invented,
        "figures_url": figure_url(tops[0]) if tops else None,
        "state_words": DESK_STATE_WORDS,
    }


def what_waits() -> tuple[dict[str, WaitingSummary], bool]:
    """Return what waits in the reader's countries by area, and if some chapters are invented; read once per request."""
    if "what_waits" not in g:
        g.what_waits = waiting_by_area(db.session(), sorted(visible_countries().countries))
    return cast("tuple[dict[str, WaitingSummary], bool]", g.what_waits)


def visible_countries() -> VisibleCountries:
    """Return the countries that this request's session is bound to; 404 if it is bound to no desk."""
    scope = scope_of(db.session())
    if not isinstance(scope, DeskScope):
        abort(404)
    return VisibleCountries(frozenset(scope.countries))
