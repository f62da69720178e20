"""One message: to whom, when, how it went, and what became of each thing it told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, current_app, g, render_template

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter import reminder_options as asking
from solidarity.chapter.context import chapter_day, may, obligations
from solidarity.chapter.due_list import address_of, press_address_of
from solidarity.chapter.messages.views import REASONS, STATES, blueprint
from solidarity.chapter.reminder_options import Reminding
from solidarity.labels.obligations.reminders import how_far
from solidarity.labels.obligations.wording import IN_INBOX, Wording, words_of
from solidarity.lookup import or_404
from tenants import clock
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import db
from tenants.mail.models import DeliveryState, Notification, Reason
from tenants.obligations.models import Obligation
from tenants.overview.obligations import deputies
from tenants.people.permissions import Permission
from tenants.reminders.obligation_keys import ObligationKey
from tenants.reminders.queries import message


@dataclass(frozen=True)
class Told:
    """One thing that a message told of: in the words it had, and what may still be done about it.

    `words` is there while it is open; `near` is how near it was when the message was written.
    """

    title: str
    due_on: date
    near: str
    words: Wording | None
    address: str | None
    press_address: str | None
    reminding: Reminding | None


@blueprint.get("/messages/<uuid:message_id>")
@requires(Permission.GET_REMINDERS)
def show_message(chapter: str, message_id: UUID) -> str:
    """Show one message to whom it was sent, and to whoever reads all of the chapter's."""
    found = or_404(message(db.session(), message_id))
    is_own = found.membership is not None and found.membership.user_id == signed_in_person().user_id
    if not is_own and not may(Permission.READ_MESSAGES):
        abort(404)
    here: Chapter = g.chapter
    sign, state = STATES[DeliveryState(found.state)]
    return render_template(
        "inbox/message.html",
        message=found,
        to=found.membership or found.invitation,
        is_own=is_own,
        sign=sign,
        state=state,
        reason=REASONS[Reason(found.reason)] if found.reason else None,
        told=_told(found, is_own=is_own),
        is_active=here.state == ChapterState.ACTIVE,
        readers_list="me" if is_own and may(Permission.READ_MESSAGES) else None,
    )


def _told(found: Notification, *, is_own: bool) -> list[Told]:
    """Return what a message told of; reads deputies and what she asked about reminders in two statements at most."""
    today = chapter_day(clock.now())
    owed: dict[ObligationKey, list[Obligation]] = {}
    for due in obligations():
        owed.setdefault(ObligationKey.of(due), []).append(due)
    named = [_duty(item) for item in found.items]
    open_still = [same for duty in named if (same := owed.get(duty))]
    hers = _hers(found, open_still, today) if is_own else []
    asked = asking.reminding(hers, membership_id=found.membership_id, today=today)
    actable = {ObligationKey.of(due) for due in hers}
    written_on = found.local_day or chapter_day(found.made_at)
    return [
        _row(duty, owed.get(duty), written_on, today, may_press=duty in actable, reminding=asked.get(duty))
        for duty in named
    ]


def _duty(item: dict[str, Any]) -> ObligationKey:
    return ObligationKey(item["kind"], UUID(item["subject_id"]), date.fromisoformat(item["due_on"]))


def _hers(found: Notification, open_still: Sequence[list[Obligation]], today: date) -> list[Obligation]:
    """Return what is her own of what is open, or stands beside her to do as a deputy."""
    own = [due for same in open_still for due in same if due.owner_id == found.membership_id]
    others = [same[0] for same in open_still if all(due.owner_id != found.membership_id for due in same)]
    owned = [due for due in others if due.owner_id is not None]
    beside = owned if owned and found.membership_id in deputies(db.session(), today=today) else []
    return [*own, *beside]


def _row(
    duty: ObligationKey,
    open_still: Sequence[Obligation] | None,
    written_on: date,
    today: date,
    *,
    may_press: bool,
    reminding: Reminding | None,
) -> Told:
    here: Chapter = g.chapter
    due = open_still[0] if open_still else None
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    words = words_of(due, here, today=today, quiet_weeks=quiet_weeks) if due else None
    return Told(
        title=words.title if words else str(IN_INBOX[duty.kind]),
        due_on=duty.due_on,
        near=how_far(duty.due_on, today=written_on, country=here.country),
        words=words,
        address=address_of(due, here) if due else None,
        press_address=press_address_of(due, here) if due and may_press else None,
        reminding=reminding,
    )
