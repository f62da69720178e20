"""The list of a chapter's mails: recipient, date and reason, and why a mail was not sent."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import may
from solidarity.http.pagination import by_moment, page_of
from solidarity.labels.obligations.wording import IN_INBOX
from tenants.db import db
from tenants.mail.models import DeliveryState, Reason
from tenants.people.permissions import Permission
from tenants.reminders.queries import messages

PAGE = 50

# (icon and colour of the state, its words)
STATES = {
    DeliveryState.PENDING: ("prog", _l("Waiting")),
    DeliveryState.CLAIMED: ("prog", _l("Sending")),
    DeliveryState.HANDING_OVER: ("prog", _l("Sending")),
    DeliveryState.SENT: ("done", _l("Sent")),
    DeliveryState.LAPSED: ("none", _l("No longer needed")),
    DeliveryState.HELD: ("att", _l("On hold")),
    DeliveryState.UNCERTAIN: ("prog", _l("Sent, not confirmed")),
    DeliveryState.DEAD: ("late", _l("Could not be sent")),
    DeliveryState.BOUNCED: ("late", _l("Not delivered")),
}

REASONS = {
    Reason.ADDRESS_BEYOND_ASCII: _l("The address contains characters that our email system does not support yet."),
    Reason.ADDRESS_REFUSED: _l("The recipient’s mail server refused it."),
    Reason.ANSWER_NOT_HEARD: _l(
        "The mail server did not confirm delivery. We do not send it again, because it could arrive twice."
    ),
    Reason.APPOINTMENT_ENDED: _l("The appointment had ended."),
    Reason.CHAPTER_NOT_ACTIVE: _l("The chapter was not active at the time."),
    Reason.COULD_NOT_BE_MADE: _l("There was a technical problem on our side."),
    Reason.INVITATION_ACCEPTED: _l("The invitation had already been accepted."),
    Reason.INVITATION_EXPIRED: _l("The invitation had expired."),
    Reason.INVITATION_WITHDRAWN: _l("The invitation had been withdrawn."),
    Reason.MAILBOX_UNAVAILABLE: _l("The recipient’s mailbox did not take it. It may be full."),
    Reason.NOTHING_LEFT: _l("All of its tasks were done before it was sent."),
    Reason.OVERTAKEN: _l("It could not be sent on the day. Its content is in the next digest."),
    Reason.PERSON_AWAY: _l("The person was away. Its content is in their next digest."),
    Reason.PERSON_LEFT: _l("The person had left the chapter."),
    Reason.RELAY_BROKE_OFF: _l("The mail server closed the connection. We will try again."),
    Reason.RELAY_REFUSED: _l("The mail server postponed it. We will try again."),
    Reason.SEAL_BROKEN: _l("There was a technical problem on our side."),
    Reason.TERM_ENDED: _l("The person’s term had ended."),
    Reason.TOO_MANY_ATTEMPTS: _l("There were too many attempts."),
    Reason.WORKER_LOST: _l("Sending was interrupted. We will try again."),
}

blueprint = Blueprint("inbox", __name__, url_prefix="/c/<chapter>")


@blueprint.get("/messages")
@requires(Permission.GET_REMINDERS)
def list_messages(chapter: str) -> str:
    """List the chapter's mails, newest first; with `?to=me`, or if the reader may not read all, only their own."""
    reads_all = may(Permission.READ_MESSAGES)
    to = "all" if reads_all and request.args.get("to") != "me" else "me"
    person = None if to == "all" else signed_in_person().user_id
    page = page_of(
        partial(messages, db.session(), to=person),
        by_moment(lambda mail: (mail.made_at, mail.id)),
        size=PAGE,
        to=to if reads_all else None,
    )
    return render_template(
        "inbox/list.html",
        page=page,
        states=STATES,
        reasons=REASONS,
        why=IN_INBOX,
        to=to,
        reads_all=reads_all,
    )
