"""The texts about the obligations of step 4."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from solidarity.labels.obligations.words import ObligationWords, checklist_item_name
from tenants.action_kit.launch.obligations import CHECKLIST_ITEM, EVENT_REPORT
from tenants.obligations.models import ObligationKind

WORDS: dict[ObligationKind, ObligationWords] = {
    CHECKLIST_ITEM: ObligationWords(
        title=_l("Complete a checklist item"),
        title_with_name=_l("%(what)s"),
        title_in_mail_subject=_l("Complete the checklist item “%(what)s”"),
        why=_l("This is on your event checklist."),
        for_desk=_l("Launch checklist item not done"),
        button=_l("Open the checklist"),
        links_to_row=True,
        one_click_button=_l("Mark as done"),
        one_click_page="launch.finish_item",
        subject_name=checklist_item_name,
    ),
    EVENT_REPORT: ObligationWords(
        title=_l("Record attendance at the event"),
        title_with_name=_l("Record attendance at “%(what)s”"),
        why=_l("Count who came, by age and gender, as soon as the event is over."),
        for_desk=_l("Event not counted"),
        button=_l("Count who came"),
        links_to_row=True,
    ),
}
