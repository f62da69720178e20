"""What every page of a chapter needs: the chapter, the states of its six steps, and the reader's permissions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app, g, request, url_for
from flask_babel import gettext as _

from solidarity.access.binding import principal
from solidarity.access.declarations import declared_access
from solidarity.chapter.way_back import value_left
from solidarity.i18n.locale import format_moment
from solidarity.labels.obligations.reminders import ACTION_WORDS
from tenants import clock
from tenants.chapters.codes import ZONES
from tenants.chapters.models import Chapter, ChapterState
from tenants.chapters.names import zone_name
from tenants.db import db
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.obligations import obligations_due
from tenants.overview.steps import StepState, step_states, urgent_state
from tenants.people.permissions import READING, Permission
from tenants.undo.models import Change
from tenants.undoing import services

DAYS_AHEAD = 60


def chapter_day(moment: datetime) -> date:
    """Return the day at `moment` in the time zone of this request's chapter."""
    chapter: Chapter = g.chapter
    return clock.local_day(moment, chapter.zone)


def chapter_today() -> date:
    """Return the current day in the time zone of this request's chapter."""
    return chapter_day(clock.now())


def as_of(moment: datetime) -> str:
    """Return when a page was made, in the chapter's time zone, as text. Printed pages need it."""
    chapter: Chapter = g.chapter
    moment_text = format_moment(moment, chapter.zone, chapter.country)
    return str(_("As of %(moment)s in %(place)s.", moment=moment_text, place=zone_name(chapter.zone)))


def may(permission: Permission) -> bool:
    """Whether the reader has a permission in this request's chapter. A closed chapter can only be read."""
    person = principal()
    chapter: Chapter = g.chapter
    if person is None or (chapter.state == ChapterState.CLOSED and permission not in READING):
        return False
    return person.may_in_chapter(permission, chapter_id=chapter.id, country=chapter.country)


def opens(endpoint: str) -> bool:
    """Whether the reader has the permission that the view of `endpoint` declares, in this request's chapter."""
    access = declared_access(current_app, endpoint)
    return access is not None and access.permission is not None and may(access.permission)


def may_undo(change: Change) -> bool:
    """Whether the reader has the permission to undo a change. Later changes can still prevent it."""
    person = principal()
    return person is not None and services.may_undo(change, actor_id=person.user_id, may=may)


def home_if_pressed_there(chapter: str) -> str | None:
    """Return the URL of the chapter's home if the button was pressed there, else None."""
    return url_for("chapter.home", chapter=chapter) if request.form.get("back") == "home" else None


def obligations() -> list[Obligation]:
    """Return the obligations of this request's chapter due within DAYS_AHEAD days, read once per request."""
    if "obligations" not in g:
        today = chapter_today()
        g.obligations = obligations_due(
            db.session(),
            by=today + timedelta(days=DAYS_AHEAD),
            today=today,
            quiet_weeks=current_app.extensions["settings"].quiet_weeks,
        )
    rows: list[Obligation] = g.obligations
    return rows


def row_states(kind: ObligationKind) -> dict[UUID, StepState]:
    """Return the state that each obligation of a kind gives to its row, by subject: the same as on the first page.

    A subject without one owes nothing, whatever its dates are.
    """
    today = chapter_today()
    return {due.subject_id: urgent_state(due, today) or "none" for due in obligations() if due.kind is kind}


def chapter_states() -> list[StepState]:
    """Return the state of each step of this request's chapter, read once per request."""
    if "step_states" not in g:
        today = chapter_today()
        g.step_states = step_states(db.session(), today=today, obligations=obligations())
    states: list[StepState] = g.step_states
    return states


def chapter_context() -> dict[str, Any]:
    """Return the variables of all templates under /c/<chapter>/, read in two statements; nothing elsewhere."""
    if "chapter" not in g:
        return {}
    chapter: Chapter = g.chapter
    return {
        "chapter": chapter,
        "has_known_zone": chapter.zone in ZONES - {"UTC"},  # migration 0033 stored UTC for unknown zones
        "chapter_city": zone_name(chapter.zone),
        "value_left": value_left(),
        "is_desk_reader": g.get("is_desk", False),
        "step_states": chapter_states(),
        "may_log": may(Permission.LOG_ACTIVITY),
        "may_manage_people": may(Permission.MANAGE_PEOPLE),
        "may_read_messages": may(Permission.GET_REMINDERS),
        "action_words": ACTION_WORDS,
        "may_read_trail": may(Permission.READ_TRAIL),
    }
