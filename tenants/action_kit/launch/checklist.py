"""Our checklist for an event: what must be ready how many days before it. A chapter can add its own items.

Nothing is due before it could have been done. If the date of an event leaves fewer days than the checklist usually
takes, its due dates are spread over the days that are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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

DAYS_TO_BEGIN = 3  # from the day on which work on an item can begin to its due date, if the event is not sooner
LONGEST = max(item.days_before for item in TEMPLATE)
USUAL_DAYS = LONGEST + DAYS_TO_BEGIN  # from setting the date of an event to the event, for the usual due dates

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


def item_due_on(days_before: int, *, held_on: date, dated_on: date | None, is_own: bool) -> date:
    """Return the due date of an item for an event on `held_on`, whose date was set on `dated_on` (None: long before).

    The chapter's own items keep their dates, but are not due before `dated_on`. Ours keep their order. None of them is
    due within DAYS_TO_BEGIN days of `dated_on`, unless the event is.
    """
    if dated_on is None or held_on < dated_on:
        return held_on - timedelta(days=days_before)
    days_left = (held_on - dated_on).days
    if is_own:
        return held_on - timedelta(days=min(days_before, days_left))
    room = max(days_left - DAYS_TO_BEGIN, 0)
    if room < LONGEST:
        days_before = -(-min(days_before, LONGEST) * room // LONGEST)  # rounded up
    return held_on - timedelta(days=days_before)


def is_short(*, held_on: date, dated_on: date | None) -> bool:
    """Whether the date of an event was set too late for the usual due dates of our checklist."""
    return dated_on is not None and 0 <= (held_on - dated_on).days < USUAL_DAYS
