"""The languages of a chapter. It writes in the first one, and also works in the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.audit import record
from tenants.chapter_life.services import locked_chapter
from tenants.chapters.details import refuse_invalid_languages
from tenants.chapters.models import Chapter
from tenants.errors import VersionConflict


def change_languages(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    languages: Sequence[str],
    seen: Sequence[str],
    is_desk: bool = False,
) -> Chapter:
    """Set the languages (codes of CLDR) of the bound chapter. It writes in the first one and works in the others.

    `seen` are those it had when the form was opened. Raises Refused with the field `languages`, or VersionConflict.
    """
    codes = list(dict.fromkeys(languages))
    refuse_invalid_languages(codes)
    chapter = locked_chapter(session)
    if chapter.languages == codes:
        return chapter
    if chapter.languages != list(seen):
        raise VersionConflict(seen=" ".join(seen), current=" ".join(chapter.languages))
    chapter.languages = codes
    record(
        session,
        at=at,
        actor_id=actor_id,
        action="chapter.languages_changed",
        subject_id=chapter.id,
        is_desk=is_desk,
        languages=" ".join(codes),
    )
    session.flush()
    return chapter
