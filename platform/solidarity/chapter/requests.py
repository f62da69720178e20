"""After a decision: the next request that waits for the same reader, here or on the desk."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, g, redirect, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.chapter.context import chapter_today, obligations
from solidarity.chapter.due_list import address_of
from solidarity.labels.obligations.wording import name_of_request, place_of_request, words_of
from tenants.db import db, opened
from tenants.keyset import Window
from tenants.overview.waiting import waiting
from tenants.people.permissions import Permission
from tenants.people.queries import present_membership
from tenants.scope import DeskScope

Link = tuple[str, str]
"""The label and the URL of a link."""


def finish_decision(words: str, to: str, *, subject_id: UUID) -> Response:
    """Redirect to the page `to`, and flash `words` with a link to the next request, or to the list if none waits.

    `decided` is the subject of the decision. It is not committed yet, so that others may still see it waiting.
    """
    request = _next_on_desk(subject_id) if g.is_desk else _next_in_chapter(subject_id)
    about_next = _("Next:") if request else _("Nothing else is waiting for you. Back to:")
    label, url = request or _list_of_requests()
    flash(Markup('{} {} <a href="{}"><bdi>{}</bdi></a>').format(words, about_next, url, label))
    return redirect(to)


def _next_on_desk(subject_id: UUID) -> Link | None:
    person = signed_in_person()
    countries = person.desk_countries(Permission.READ_DESK)
    with opened(DeskScope(countries, actor_id=person.user_id)) as session:
        requests = waiting(session, countries, Window(limit=2))
    request = next((request for request in requests if request.subject_id != subject_id), None)
    if request is None:
        return None
    endpoint, values = place_of_request(request)
    return f"{name_of_request(request)}{_(', ')}{request.chapter}", url_for(endpoint, **values)


def _next_in_chapter(subject_id: UUID) -> Link | None:
    member = present_membership(db.session(), user_id=signed_in_person().user_id)
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    for due in obligations():
        is_own = due.kind.is_request and member is not None and due.owner_id == member.id
        address = address_of(due, g.chapter) if is_own and due.subject_id != subject_id else None
        if address is not None:
            return words_of(due, g.chapter, today=chapter_today(), quiet_weeks=quiet_weeks).title, address
    return None


def _list_of_requests() -> Link:
    if g.is_desk:
        return _("Approvals"), url_for("desk.approvals")
    return g.chapter.name, url_for("chapter.home", chapter=g.chapter.slug)
