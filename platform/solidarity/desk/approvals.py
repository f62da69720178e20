"""What waits for UN Women: reports, plans, and the expenses nobody else in a chapter may decide on."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l

from solidarity.access import requires
from solidarity.desk.pages import desk, reach
from solidarity.language import format_quarter
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.db import db
from tenants.obligations.legs import DAYS_TO_DECIDE
from tenants.obligations.models import ObligationKind
from tenants.obligations.waiting import Waiting, waiting
from tenants.people.permissions import Permission

MOST_SHOWN = 100

WORDS = {
    ObligationKind.REPORT_TO_APPROVE: _l("Report"),
    ObligationKind.PLAN_TO_APPROVE: _l("Plan"),
    ObligationKind.EXPENSE_TO_APPROVE: _l("Expense"),
}


@desk.get("/approvals")
@requires(Permission.READ_DESK)
def approvals() -> str:
    """List what waits in her countries, the oldest first, each with the page where it is decided."""
    moment = clock.now()
    found = waiting(db.session(), sorted(reach().countries), limit=MOST_SHOWN + 1)
    return render_template(
        "desk/approvals.html",
        rows=[(one, (moment - one.since).days) for one in found[:MOST_SHOWN]],
        is_cut=len(found) > MOST_SHOWN,
        most=MOST_SHOWN,
        words=WORDS,
        late_after=DAYS_TO_DECIDE,
        period_name=lambda one: format_quarter(one.period_on, one.country) if one.period_on else "",
        address=_address,
    )


def _address(one: Waiting) -> str:
    if one.period_on is not None:
        return url_for("evaluation.show_report", chapter=one.slug, period=Period(one.period_on).code)
    step = "plan.show" if one.kind is ObligationKind.PLAN_TO_APPROVE else "funding.show"
    return url_for(step, chapter=one.slug, _anchor=f"s-{one.subject_id}")
