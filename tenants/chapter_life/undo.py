"""Undo a change of a chapter's names, or of its time zone and working days. Its clock changes with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from tenants.chapter_life.corrections import NAMES, change_names
from tenants.chapter_life.services import CALENDAR, change_calendar, locked_chapter
from tenants.people.permissions import Permission
from tenants.undo.models import Change
from tenants.undo.undoable import Undoable, Undoing


def _look_at_calendar(session: Session, change: Change) -> dict[str, Any]:
    return CALENDAR.of(locked_chapter(session))


def _change_back(undoing: Undoing) -> None:
    values = undoing.before
    change_calendar(
        undoing.session,
        **undoing.actor,
        zone=values["zone"],
        working_week=values["working_week"],
        is_desk=undoing.is_desk,
    )


def _look_at_names(session: Session, change: Change) -> dict[str, Any]:
    return NAMES.of(locked_chapter(session))


def _rename_back(undoing: Undoing) -> None:
    values = undoing.before
    change_names(
        undoing.session,
        **undoing.actor,
        name=values["name"],
        campaign_name=values["campaign_name"],
        latin_name=values["latin_name"] or "",
        is_desk=undoing.is_desk,
    )


KINDS = (
    Undoable("chapter.renamed", Permission.MANAGE_PEOPLE, _look_at_names, _rename_back),
    Undoable("chapter.calendar_changed", Permission.MANAGE_PEOPLE, _look_at_calendar, _change_back),
)
