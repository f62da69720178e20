"""The mails to the reader as a member of the desk: date and content, and why a mail was not sent."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import render_template
from flask_babel import lazy_gettext as _l

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.messages.views import PAGE, REASONS, STATES
from solidarity.desk.context import blueprint
from solidarity.http.pagination import by_moment, page_of
from solidarity.labels.obligations.wording import FOR_DESK
from tenants.chapters.queries import chapter_names
from tenants.db import db
from tenants.mail.models import MailKind
from tenants.people.permissions import Permission
from tenants.reminders.desk.schedule import ELSE_ZONE
from tenants.reminders.queries import desk_messages

KINDS = {
    MailKind.DESK_SUMMARY: _l("Weekly summary of your chapters"),
    MailKind.DESK_APPROVALS: _l("Requests waiting for a decision"),
}


@blueprint.get("/messages")
@requires(Permission.READ_DESK)
def list_messages() -> str:
    """List the reader's own mails, newest first."""
    person = signed_in_person()
    page = page_of(
        partial(desk_messages, db.session(), user_id=person.user_id),
        by_moment(lambda mail: (mail.made_at, mail.id)),
        size=PAGE,
    )
    return render_template(
        "desk/messages.html",
        page=page,
        kinds=KINDS,
        states=STATES,
        reasons=REASONS,
        said=FOR_DESK,
        names=_names([UUID(item["chapter_id"]) for message in page.rows for item in message.items]),
        zone=person.zone or ELSE_ZONE,
    )


def _names(chapters: list[UUID]) -> dict[str, str]:
    """Return the names of chapters in the reader's countries; those in other countries are left out."""
    return {str(chapter): name for chapter, name in chapter_names(db.session(), set(chapters)).items()}
