"""One message: its recipient, date and delivery state, and the current state of each obligation in it."""

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
from solidarity.chapter.reminder_options import ReminderOptions
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
class MentionedItem:
    """One obligation that a message mentions, and what can still be done about it.

    `words` is None once it is not open. `near` is how near the due date was when the message was written.
    """

    title: str
    due_on: date
    near: str
    words: Wording | None
    address: str | None
    press_address: str | None
    reminding: ReminderOptions | None


@blueprint.get("/messages/<uuid:message_id>")
@requires(Permission.GET_REMINDERS)
def show_message(chapter: str, message_id: UUID) -> str:
    """Show one message to its recipient and to readers of all the chapter's messages; 404 for others."""
    notification = or_404(message(db.session(), message_id))
    is_own = notification.membership is not None and notification.membership.user_id == signed_in_person().user_id
    if not is_own and not may(Permission.READ_MESSAGES):
        abort(404)
    current_chapter: Chapter = g.chapter
    sign, state = STATES[DeliveryState(notification.state)]
    return render_template(
        "inbox/message.html",
        message=notification,
        to=notification.membership or notification.invitation,
        is_own=is_own,
        sign=sign,
        state=state,
        reason=REASONS[Reason(notification.reason)] if notification.reason else None,
        items=_mentioned_items(notification, is_own=is_own),
        is_active=current_chapter.state == ChapterState.ACTIVE,
        readers_list="me" if is_own and may(Permission.READ_MESSAGES) else None,
    )


def _mentioned_items(notification: Notification, *, is_own: bool) -> list[MentionedItem]:
    """Return the obligations that a message mentions. Reads deputies and pauses in two statements at most."""
    today = chapter_day(clock.now())
    obligations_by_key: dict[ObligationKey, list[Obligation]] = {}
    for due in obligations():
        obligations_by_key.setdefault(ObligationKey.of(due), []).append(due)
    keys = [_obligation_key(item) for item in notification.items]
    open_still = [group for obligation_key in keys if (group := obligations_by_key.get(obligation_key))]
    own_obligations = _own_or_deputy(notification, open_still, today) if is_own else []
    options_by_key = asking.reminding(own_obligations, membership_id=notification.membership_id, today=today)
    actable = {ObligationKey.of(due) for due in own_obligations}
    written_on = notification.local_day or chapter_day(notification.made_at)
    return [
        _row(
            obligation_key,
            obligations_by_key.get(obligation_key),
            written_on,
            today,
            may_press=obligation_key in actable,
            options=options_by_key.get(obligation_key),
        )
        for obligation_key in keys
    ]


def _obligation_key(item: dict[str, Any]) -> ObligationKey:
    return ObligationKey(item["kind"], UUID(item["subject_id"]), date.fromisoformat(item["due_on"]))


def _own_or_deputy(notification: Notification, open_still: Sequence[list[Obligation]], today: date) -> list[Obligation]:
    """Return the open obligations that the recipient owns, or may do as a deputy of their owners."""
    own_obligations = [due for group in open_still for due in group if due.owner_id == notification.membership_id]
    other_obligations = [
        group[0] for group in open_still if all(due.owner_id != notification.membership_id for due in group)
    ]
    owned_obligations = [due for due in other_obligations if due.owner_id is not None]
    deputy_obligations = (
        owned_obligations
        if owned_obligations and notification.membership_id in deputies(db.session(), today=today)
        else []
    )
    return [*own_obligations, *deputy_obligations]


def _row(
    obligation_key: ObligationKey,
    open_still: Sequence[Obligation] | None,
    written_on: date,
    today: date,
    *,
    may_press: bool,
    options: ReminderOptions | None,
) -> MentionedItem:
    current_chapter: Chapter = g.chapter
    due = open_still[0] if open_still else None
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    words = words_of(due, current_chapter, today=today, quiet_weeks=quiet_weeks) if due else None
    return MentionedItem(
        title=words.title if words else str(IN_INBOX[obligation_key.kind]),
        due_on=obligation_key.due_on,
        near=how_far(obligation_key.due_on, today=written_on, country=current_chapter.country),
        words=words,
        address=address_of(due, current_chapter, acts=may_press) if due else None,
        press_address=press_address_of(due, current_chapter) if due and may_press else None,
        reminding=options,
    )
