"""The texts about the obligations of step 1."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from solidarity.labels.obligations.words import ObligationWords
from tenants.action_kit.focal_point.obligations import ADDRESS_UNREACHED, CONFIRM_FOCAL_POINT, TERM_ENDING, VACANCY
from tenants.obligations.models import ObligationKind

WORDS: dict[ObligationKind, ObligationWords] = {
    VACANCY: ObligationWords(
        title=_l("Choose a focal point"),
        why=_l("The chapter has no focal point at the moment."),
        for_desk=_l("No focal point"),
        in_inbox=_l("The chapter has no focal point"),
        button=_l("Choose someone"),
    ),
    CONFIRM_FOCAL_POINT: ObligationWords(
        title=_l("Confirm the focal point"),
        title_with_name=_l("Confirm that %(what)s is still the focal point"),
        why=_l("We ask twice a year so that messages reach the right person."),
        for_desk=_l("Focal point not confirmed"),
        button=_l("Review and confirm"),
        links_to_row=True,
        one_click_button=_l("Confirm focal point"),
        one_click_page="focal_point.confirm",
    ),
    TERM_ENDING: ObligationWords(
        title=_l("A focal point’s term is ending"),
        title_with_name=_l("The term of %(what)s is ending"),
        why=_l("Renew the term, or choose who comes next."),
        for_desk=_l("A focal point’s term is ending"),
        button=_l("Renew the term"),
        links_to_row=True,
    ),
    ADDRESS_UNREACHED: ObligationWords(
        title=_l("Correct an address that does not receive our emails"),
        title_with_name=_l("Correct the email address of %(what)s"),
        why=_l("No reminders are sent to this address until it is corrected or tried again."),
        for_desk=_l("A member’s address does not receive our emails"),
        button=_l("Check the address"),
        page="people.list_people",
        links_to_row=True,
    ),
}
