"""The languages of a chapter: the first is the one it writes in, the others are those it also works in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.audit import record
from tenants.chapter_life.services import held_chapter
from tenants.chapters.models import Chapter
from tenants.chapters.particulars import refuse_unsound_languages
from tenants.errors import SolidarityError


class LanguagesMoved(SolidarityError):
    """Somebody has changed the chapter's languages first; `held` are those it has by now."""

    def __init__(self, held: tuple[str, ...]) -> None:
        super().__init__(f"the chapter has {', '.join(held)} by now")
        self.held = held


def change_languages(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    languages: Sequence[str],
    seen: Sequence[str],
    is_desk: bool = False,
) -> Chapter:
    """Let the bound chapter write in the first of `languages` (codes of CLDR) and work in the others.

    `seen` are those it had when the form was opened. Raises Refused with the field `languages`, or LanguagesMoved.
    """
    wanted = list(dict.fromkeys(languages))
    refuse_unsound_languages(wanted)
    chapter = held_chapter(session)
    if chapter.languages == wanted:
        return chapter
    if chapter.languages != list(seen):
        raise LanguagesMoved(tuple(chapter.languages))
    chapter.languages = wanted
    record(
        session,
        at=at,
        actor_id=actor_id,
        action="chapter.languages_changed",
        subject_id=chapter.id,
        is_desk=is_desk,
        languages=" ".join(wanted),
    )
    session.flush()
    return chapter
