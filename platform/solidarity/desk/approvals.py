"""What waits for UN Women: reports, plans, and the expenses that no one else in a chapter may decide on."""

from __future__ import annotations

from functools import partial

from flask import render_template, url_for

from solidarity.access.declarations import requires
from solidarity.desk.context import blueprint, visible_countries
from solidarity.http.pagination import by_moment, page_of
from solidarity.labels.obligations.wording import name_of_request, place_of_request
from tenants import clock
from tenants.db import db
from tenants.obligations.selects import DAYS_TO_DECIDE
from tenants.overview.waiting import Waiting, waiting, waiting_summary
from tenants.people.permissions import Permission


@blueprint.get("/approvals")
@requires(Permission.READ_DESK)
def approvals() -> str:
    """List what waits in the reader's countries, oldest first, each with the page where it is decided."""
    moment, countries = clock.now(), sorted(visible_countries().countries)
    page = page_of(
        partial(waiting, db.session(), countries), by_moment(lambda approval: (approval.since, approval.subject_id))
    )
    return render_template(
        "desk/approvals.html",
        page=page,
        rows=[(approval, (moment - approval.since).days) for approval in page.rows],
        summary=waiting_summary(db.session(), countries),
        late_after=DAYS_TO_DECIDE,
        name_of_request=name_of_request,
        address=_address,
    )


def _address(approval: Waiting) -> str:
    endpoint, values = place_of_request(approval)
    return url_for(endpoint, **values)
