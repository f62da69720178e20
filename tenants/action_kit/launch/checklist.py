"""Our checklist for an event: what must be ready how many days before it. A chapter can add its own items."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class TemplateItem:
    """An item of our checklist; `waits_for` is the code of an earlier item."""

    code: str
    days_before: int
    waits_for: str | None = None


TEMPLATE = (
    TemplateItem("venue_chosen", 42),
    TemplateItem("host_confirmed", 42),
    TemplateItem("speakers_confirmed", 30),
    TemplateItem("invitations_sent", 30, waits_for="venue_chosen"),
    TemplateItem("venue_contract", 21, waits_for="venue_chosen"),
    TemplateItem("interpreter_booked", 21),
    TemplateItem("volunteers_found", 14),
    TemplateItem("safety_checked", 7, waits_for="venue_contract"),
    TemplateItem("seating_planned", 7, waits_for="venue_contract"),
    TemplateItem("sheets_packed", 1),
)

_WORDS = {
    "venue_chosen": _l("Choose a venue that everyone can enter"),
    "host_confirmed": _l("Ask the host and get their agreement"),
    "speakers_confirmed": _l("Confirm every speaker, women and men"),
    "invitations_sent": _l("Send the invitations"),
    "venue_contract": _l("Sign the venue contract"),
    "interpreter_booked": _l("Book interpretation, including sign language"),
    "volunteers_found": _l("Find volunteers for the day"),
    "safety_checked": _l("Check safety and safeguarding at the venue"),
    "seating_planned": _l("Plan the seating"),
    "sheets_packed": _l("Pack count sheets, sign-up sheets and pens"),
}


def item_words(code: str) -> LazyString | str:
    """Return the text of one of our items. A code that is no longer in our checklist is returned as it is."""
    return _WORDS.get(code, code)
