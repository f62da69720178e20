"""What waits for UN Women: reports, plans, and the expenses nobody else in a chapter may decide on."""

from __future__ import annotations

from functools import partial

from flask import render_template, url_for

from solidarity.access.declarations import requires
from solidarity.desk.context import blueprint, reach
from solidarity.http.pagination import by_moment, page_of
from solidarity.i18n.locale import format_quarter
from solidarity.labels.obligations.wording import WORDS, place_of_request
from tenants import clock
from tenants.db import db
from tenants.obligations.selects import DAYS_TO_DECIDE
from tenants.overview.waiting import Waiting, waiting, waiting_summary
from tenants.people.permissions import Permission


@blueprint.get("/approvals")
@requires(Permission.READ_DESK)
def approvals() -> str:
    """List what waits in her countries, the oldest first, each with the page where it is decided."""
    moment, countries = clock.now(), sorted(reach().countries)
    page = page_of(partial(waiting, db.session(), countries), by_moment(lambda one: (one.since, one.subject_id)))
    return render_template(
        "desk/approvals.html",
        page=page,
        rows=[(one, (moment - one.since).days) for one in page.rows],
        summary=waiting_summary(db.session(), countries),
        words=WORDS,
        late_after=DAYS_TO_DECIDE,
        period_name=lambda one: format_quarter(one.period_on) if one.period_on else "",
        address=_address,
    )


def _address(one: Waiting) -> str:
    endpoint, values = place_of_request(one)
    return url_for(endpoint, **values)
