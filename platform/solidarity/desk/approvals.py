"""What waits for UN Women: reports, plans, and the expenses nobody else in a chapter may decide on."""

from __future__ import annotations

from datetime import UTC

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from solidarity.access import requires
from solidarity.desk.pages import desk, reach
from solidarity.language import format_quarter
from solidarity.paging import page_of, read_moment
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.db import db
from tenants.obligations.legs import DAYS_TO_DECIDE
from tenants.obligations.models import ObligationKind
from tenants.obligations.waiting import Cursor, Waiting, waiting, waiting_summary
from tenants.people.permissions import Permission

WORDS = {
    ObligationKind.REPORT_TO_APPROVE: _l("Report"),
    ObligationKind.PLAN_TO_APPROVE: _l("Plan"),
    ObligationKind.EXPENSE_TO_APPROVE: _l("Expense"),
}


@desk.get("/approvals")
@requires(Permission.READ_DESK)
def approvals() -> str | Response:
    """List what waits in her countries, the oldest first, each with the page where it is decided."""
    moment, countries = clock.now(), sorted(reach().countries)

    def rows(*, limit: int, before: Cursor | None, after: Cursor | None) -> list[Waiting]:
        """Return a page of a list that begins with the oldest, where page_of knows those that begin with the latest."""
        return waiting(db.session(), countries, limit=limit, before=after, after=before)

    page = page_of(rows, key=lambda one: (one.since.astimezone(UTC), one.subject_id), read_time=read_moment)
    if page.is_beyond:
        return redirect(url_for(".approvals"))
    return render_template(
        "desk/approvals.html",
        page=page,
        rows=[(one, (moment - one.since).days) for one in page.rows],
        summary=waiting_summary(db.session(), countries),
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
