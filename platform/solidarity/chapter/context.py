"""What every page of a chapter shows: the chapter, how far it is with the six steps, and what its reader may do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import get_timezone_location
from flask import current_app, g, request, url_for
from flask_babel import gettext as _

from solidarity.access.binding import principal
from solidarity.access.declarations import declared_access
from solidarity.i18n.locale import current_locale, format_moment
from solidarity.labels.obligations.reminders import ACTION_WORDS
from tenants import clock
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import db
from tenants.obligations.models import Obligation
from tenants.overview.obligations import obligations_due
from tenants.overview.steps import StepState, step_states
from tenants.people.permissions import READING, Permission
from tenants.undo.models import Change
from tenants.undoing import services

DAYS_AHEAD = 60


def chapter_day(moment: datetime) -> date:
    """Return the day it is at `moment` where the chapter of this request is."""
    chapter: Chapter = g.chapter
    return clock.local_day(moment, chapter.zone)


def chapter_today() -> date:
    """Return the day it is now where the chapter of this request is."""
    return chapter_day(clock.now())


def as_of(moment: datetime) -> str:
    """Say when a page of this chapter was made, on its own clock; what is printed keeps it."""
    chapter: Chapter = g.chapter
    moment_text = format_moment(moment, chapter.zone, chapter.country)
    return str(_("As of %(moment)s in %(place)s.", moment=moment_text, place=_city(chapter)))


def may(permission: Permission) -> bool:
    """Whether the reader of this page may do something in its chapter."""
    person = principal()
    chapter: Chapter = g.chapter
    if person is None or (chapter.state == ChapterState.CLOSED and permission not in READING):
        return False
    return person.may_in_chapter(permission, chapter_id=chapter.id, country=chapter.country)


def opens(endpoint: str) -> bool:
    """Whether the reader of this page may open another of its chapter, as that page's own view declares."""
    access = declared_access(current_app, endpoint)
    return access is not None and access.permission is not None and may(access.permission)


def may_undo(change: Change) -> bool:
    """Whether the reader of this page may undo a change, as far as her rights go."""
    person = principal()
    return person is not None and services.may_undo(change, actor_id=person.user_id, may=may)


def home_if_pressed_there(chapter: str) -> str | None:
    """Return the address of the chapter's home where a button was pressed there; None where it was on its own page."""
    return url_for("chapter.home", chapter=chapter) if request.form.get("back") == "home" else None


def obligations() -> list[Obligation]:
    """Return what the chapter of this request owes within DAYS_AHEAD days, read once a request."""
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


def chapter_states() -> list[StepState]:
    """Return how far the chapter of this request is with each step, read once a request."""
    if "step_states" not in g:
        today = chapter_today()
        g.step_states = step_states(db.session(), today=today, obligations=obligations())
    states: list[StepState] = g.step_states
    return states


def chapter_context() -> dict[str, Any]:
    """Give templates under /c/<chapter>/ what they all need, in two statements; nothing elsewhere."""
    if "chapter" not in g:
        return {}
    chapter: Chapter = g.chapter
    return {
        "chapter": chapter,
        "chapter_city": _city(chapter),
        "step_states": chapter_states(),
        "may_log": may(Permission.LOG_ACTIVITY),
        "may_manage_people": may(Permission.MANAGE_PEOPLE),
        "may_read_messages": may(Permission.GET_REMINDERS),
        "action_words": ACTION_WORDS,
        "may_read_trail": may(Permission.READ_TRAIL),
    }


def _city(chapter: Chapter) -> str:
    return str(get_timezone_location(chapter.zone, locale=current_locale(), return_city=True))
