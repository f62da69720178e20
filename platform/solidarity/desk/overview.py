"""The desk's first page: the largest figure that is wholly hers, its coverage, and the places it is the sum of."""

from __future__ import annotations

from flask import render_template

from solidarity.access import requires, signed_in_person
from solidarity.desk.pages import desk, reach
from solidarity.desk.reach import places_in
from solidarity.desk.words import figure_url, place_name, place_rows
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.rollups.models import Measure
from tenants.rollups.queries import read_figures


@desk.get("", strict_slashes=False)
@requires(Permission.READ_DESK)
def overview() -> str:
    """Show it; whoever holds several places that make no whole sees them one by one, without a sum."""
    tops = reach().tops()
    headline = tops[0] if len(tops) == 1 else None
    spots = places_in(headline) if headline else tops
    found = read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=[*tops, *spots])
    rows = place_rows(spots, found)
    return render_template(
        "desk/overview.html",
        headline=headline and found.values.get(headline),
        headline_name=headline and place_name(headline),
        headline_url=headline and figure_url(headline),
        level=spots[0][0] if spots else None,
        rows=[row for row in rows if row.value or headline is None],
        left_out=sum(row.value is None for row in rows) if headline else 0,
        compiled_at=found.compiled_at,
        may_onboard=bool(signed_in_person().desk_countries(Permission.ONBOARD_CHAPTER)),
    )
