"""The start of a chapter: UN Women onboards it, and it becomes active when its first focal point joins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tenants.audit import record
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.details import ChapterDetails, ChapterNames, refuse_invalid_calendar, refuse_invalid_details
from tenants.chapters.models import Chapter, ChapterSlug, ChapterState
from tenants.chapters.names import sort_key
from tenants.errors import Refused, VersionConflict
from tenants.reminders.schedule import start_clock
from tenants.scope import bound_chapter
from tenants.undo.changes import recording
from tenants.undo.row_states import RowState

UNIQUE_VIOLATION = "23505"
CALENDAR = RowState(Chapter, ("zone", "working_week"))


def onboard_chapter(
    session: Session,
    *,
    actor_id: UUID | None,
    at: datetime,
    slug: str,
    name: str,
    campaign_name: str,
    country: str,
    zone: str,
    working_week: Sequence[int],
    currency: str,
    languages: Sequence[str],
    latin_name: str = "",
    is_invented: bool = False,
) -> Chapter:
    """Create a chapter whose joint document is signed. `session` is bound to the new chapter's id.

    The chapter becomes active when its focal point accepts. Raises Refused with a sentence for each invalid field.
    """
    details = ChapterDetails(
        slug=slug,
        names=ChapterNames.cleaned(name, campaign_name, latin_name),
        country=country,
        zone=zone,
        working_week=working_week,
        currency=currency,
        languages=languages,
    )
    refuse_invalid_details(details)
    chapter = _signed_chapter(bound_chapter(session), details, at=at, is_invented=is_invented)
    with refuse_taken_address(session):
        session.add(ChapterSlug(slug=chapter.slug, chapter_id=chapter.id, country=chapter.country))
    session.add(chapter)
    session.flush()
    record(session, at=at, actor_id=actor_id, action="chapter.onboarded", subject_id=chapter.id, is_desk=True)
    session.flush()
    return chapter


def locked_chapter(session: Session) -> Chapter:
    """Return the bound chapter, freshly read and locked against changes. Rows that refer to it can still be added."""
    statement = select(Chapter).with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(statement).one()


def calendar_seen(chapter: Chapter) -> str:
    """Return a chapter's time zone and working days as a text that a form stores to detect a change."""
    return f"{chapter.zone} {''.join(map(str, sorted(chapter.working_week)))}"


def change_calendar(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    zone: str,
    working_week: Sequence[int],
    is_desk: bool = False,
    seen: str | None = None,
) -> Chapter:
    """Change the time zone and the working days (ISO weekdays) of the bound chapter.

    The clock of an active chapter is restarted. Raises Refused with the fields `zone` and `working_week`, and
    VersionConflict if the chapter no longer has the calendar `seen`, which the form got from `calendar_seen`.
    """
    refuse_invalid_calendar(zone, working_week)
    chapter, week = locked_chapter(session), sorted(set(working_week))
    if (chapter.zone, chapter.working_week) == (zone, week):
        return chapter
    if seen is not None and seen != calendar_seen(chapter):
        raise VersionConflict(seen=seen, current=calendar_seen(chapter))
    with recording(
        session,
        chapter,
        CALENDAR,
        action="chapter.calendar_changed",
        actor_id=actor_id,
        at=at,
        is_desk=is_desk,
        zone=zone,
        working_week="".join(map(str, week)),
    ):
        chapter.zone, chapter.working_week = zone, week
        if chapter.state == ChapterState.ACTIVE:
            start_clock(session, chapter=chapter, at=at)
    return chapter


def _signed_chapter(chapter_id: UUID, details: ChapterDetails, *, at: datetime, is_invented: bool) -> Chapter:
    return Chapter(
        id=chapter_id,
        slug=details.slug,
        **columns_of(details.names),
        country=details.country,
        area=AREA_OF_COUNTRY[details.country],
        zone=details.zone,
        working_week=sorted(set(details.working_week)),
        currency=details.currency,
        languages=list(dict.fromkeys(details.languages)),
        state=ChapterState.SIGNED,
        is_invented=is_invented,
        created_at=at,
    )


def columns_of(chapter_names: ChapterNames) -> dict[str, str | None]:
    """Return the columns that hold the names of a chapter.

    The desk sorts by `sort_key` and searches in it. It holds all names, with line breaks, which sort before any letter.
    """
    all_names = (chapter_names.name, chapter_names.latin_name, chapter_names.campaign_name)
    return {
        "name": chapter_names.name,
        "campaign_name": chapter_names.campaign_name,
        "latin_name": chapter_names.latin_name or None,
        "sort_key": "\n".join(sort_key(name) for name in dict.fromkeys(all_names) if name),
    }


@contextmanager
def refuse_taken_address(session: Session) -> Iterator[None]:
    """Raise Refused if the block takes the address of another chapter. Of two at once, the second waits."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise Refused({"slug": _l("This address is taken. Choose another one.")}) from error
