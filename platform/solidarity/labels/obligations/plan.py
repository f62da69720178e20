"""The texts about the obligations of step 2."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from solidarity.labels.obligations.words import ObligationWords
from tenants.action_kit.plan.obligations import PLAN_TO_APPROVE, PLAN_TO_SUBMIT, PLANNED_ACTIVITY_DUE, RETURNED_PLAN
from tenants.obligations.models import ObligationKind

WORDS: dict[ObligationKind, ObligationWords] = {
    PLAN_TO_SUBMIT: ObligationWords(
        title=_l("Send the plan for approval"),
        title_with_name=_l("Send the plan “%(what)s” for approval"),
        why=_l("The plan says what you want to change, who is responsible and by when."),
        for_desk=_l("Plan not sent"),
        button=_l("Open the plan"),
    ),
    RETURNED_PLAN: ObligationWords(
        title=_l("Correct the plan"),
        title_with_name=_l("Correct the plan “%(what)s”"),
        why=_l("It was returned with a comment. Make the changes and send it again."),
        for_desk=_l("Returned plan not sent again"),
        returned=_l("The plan was returned for changes."),
        button=_l("Open the plan"),
        links_to_row=True,
    ),
    PLAN_TO_APPROVE: ObligationWords(
        title=_l("Review the plan"),
        title_with_name=_l("Review the plan “%(what)s”"),
        why=_l("It was sent for approval and is waiting for a decision."),
        for_desk=_l("Plan waiting for a decision"),
        request=_l("Plan"),
        button=_l("Review the plan"),
        links_to_row=True,
    ),
    PLANNED_ACTIVITY_DUE: ObligationWords(
        title=_l("Complete a planned activity"),
        title_with_name=_l("%(what)s"),
        title_in_mail_subject=_l("Complete the planned activity “%(what)s”"),
        why=_l("Your plan sets this date. Log it when it has taken place, or change the plan."),
        for_desk=_l("Planned activity not in the log"),
        button=_l("It took place"),
        form_page="activities.log_planned",
        links_to_row=True,
    ),
}
