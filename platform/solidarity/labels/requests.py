"""What pages and mails call a request that waits for a decision, and where it is decided."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from solidarity.labels.obligations.wording import STEP_PAGES
from tenants.action_kit.evaluation.periods import Period
from tenants.obligations.models import ObligationKind, Step
from tenants.overview.waiting import Waiting

REQUEST_WORDS = {
    ObligationKind.REPORT_TO_APPROVE: _l("Report"),
    ObligationKind.PLAN_TO_APPROVE: _l("Plan"),
    ObligationKind.EXPENSE_TO_APPROVE: _l("Expense"),
}


def place_of_request(one: Waiting) -> tuple[str, dict[str, Any]]:
    """Return the endpoint where a request is decided, with its values."""
    if one.period_on is not None:
        return "evaluation.show_report", {"chapter": one.slug, "period": Period(one.period_on).code}
    step = Step.PLAN if one.kind is ObligationKind.PLAN_TO_APPROVE else Step.FUNDING
    return STEP_PAGES[step], {"chapter": one.slug, "_anchor": f"s-{one.subject_id}"}
