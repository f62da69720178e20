"""The texts about the obligations of step 3."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from solidarity.labels.obligations.words import ObligationWords, transaction_page
from tenants.action_kit.funding.obligations import BUDGET_TO_REVISE, EXPENSE_TO_APPROVE
from tenants.obligations.models import ObligationKind

WORDS: dict[ObligationKind, ObligationWords] = {
    EXPENSE_TO_APPROVE: ObligationWords(
        title=_l("Review an expense"),
        title_with_name=_l("Review the expense “%(what)s”"),
        why=_l("It was recorded and is waiting for a decision."),
        for_desk=_l("Expense waiting for a decision"),
        request=_l("Expense"),
        button=_l("Review the expense"),
        subject_page=transaction_page,
    ),
    BUDGET_TO_REVISE: ObligationWords(
        title=_l("Revise a budget line"),
        title_with_name=_l("Revise the budget line “%(what)s”"),
        why=_l("Spending on this budget line is higher than its budget."),
        for_desk=_l("Budget line overspent"),
        button=_l("Open the budget"),
        links_to_row=True,
    ),
}
