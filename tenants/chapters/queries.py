"""Queries of UN Women's desk about chapters: the shared columns of the chapters of some countries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.models import Chapter, ChapterEvent
from tenants.chapters.names import area_name, country_name, reads_latin, sort_key
from tenants.keyset import Window, rows_in

SHARED_COLUMNS = (
    Chapter.id,
    Chapter.slug,
    Chapter.campaign_name,
    Chapter.sort_key,
    Chapter.country,
    Chapter.area,
    Chapter.zone,
    Chapter.languages,
    Chapter.state,
    Chapter.active_since,
    Chapter.is_invented,
    Chapter.created_at,
)


@dataclass(frozen=True)
class SharedChapter:
    """The columns of a chapter that it shares with UN Women. `name` is that of `listed_name`."""

    id: UUID
    slug: str
    campaign_name: str
    sort_key: str
    country: str
    area: str
    zone: str
    languages: list[str]
    state: str
    active_since: datetime | None
    is_invented: bool
    created_at: datetime
    name: str


@dataclass(frozen=True)
class SharedEvent:
    """A change of a chapter's state: kind, reason and time. The actor can only be read inside the chapter."""

    kind: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Filter:
    """Which chapters to list. None does not filter.

    `search` is words of a name, in any script, of a country or area in the reader's language, of a time zone or of a
    web address. A chapter must have all of them. People are not searched: UN Women's desk reads no memberships.
    """

    area: str | None = None
    country: str | None = None
    state: str | None = None
    search: str | None = None


def listed_name(*, is_latin: bool | None = None) -> ColumnElement[str]:
    """Return the name of a chapter on UN Women's pages, with the Latin name beside it for readers of Latin letters.

    `is_latin` says whether the reader is one. By default it follows from the language of the request.
    """
    if not (reads_latin() if is_latin is None else is_latin):
        return Chapter.name.expression
    latin_name = func.concat(Chapter.name, " (", Chapter.latin_name, ")")
    return case((Chapter.latin_name.is_(None), Chapter.name), else_=latin_name).label("name")


def list_shared(
    session: Session,
    window: Window,
    *,
    countries: Sequence[str],
    chapter_filter: Filter | None = None,
    conditions: Sequence[ColumnElement[bool]] = (),
) -> list[SharedChapter]:
    """Return the chapters of `countries` that meet all `conditions`, by name. A cursor is a sort key and an id."""
    statement = _filtered(countries, chapter_filter or Filter()).where(*conditions)
    rows = rows_in(session, statement, window, (Chapter.sort_key, Chapter.id))
    return [SharedChapter(*row) for row in rows]


def find_shared(session: Session, *, countries: Sequence[str], chapter_id: UUID) -> SharedChapter | None:
    """Return one chapter of `countries`, or None."""
    row = session.execute(_filtered(countries, Filter()).where(Chapter.id == chapter_id)).one_or_none()
    return None if row is None else SharedChapter(*row)


def last_event(session: Session) -> ChapterEvent | None:
    """Return the latest change of state that UN Women made to the bound chapter, or None."""
    newest = select(ChapterEvent).order_by(ChapterEvent.at.desc(), ChapterEvent.id.desc())
    return session.scalars(newest.limit(1)).one_or_none()


def shared_events(session: Session, chapter_id: UUID, *, limit: int) -> list[SharedEvent]:
    """Return the latest changes of a chapter's state, newest first. For the desk's login."""
    columns = (ChapterEvent.kind, ChapterEvent.reason, ChapterEvent.at)
    newest = select(*columns).where(ChapterEvent.chapter_id == chapter_id)
    rows = session.execute(newest.order_by(ChapterEvent.at.desc(), ChapterEvent.id.desc()).limit(limit))
    return [SharedEvent(*row) for row in rows]


def chapter_names(session: Session, chapters: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of some chapters, of those the session may see. Runs no statement if `chapters` is empty."""
    if not chapters:
        return {}
    rows = session.execute(select(Chapter.id, listed_name()).where(Chapter.id.in_(chapters)))
    return dict(rows.all())


def _filtered(countries: Sequence[str], chapter_filter: Filter) -> Select[*tuple[Any, ...]]:
    statement = select(*SHARED_COLUMNS, listed_name()).where(Chapter.country.in_(countries))
    if chapter_filter.area is not None:
        statement = statement.where(Chapter.area == chapter_filter.area)
    if chapter_filter.country is not None:
        statement = statement.where(Chapter.country == chapter_filter.country)
    if chapter_filter.state is not None:
        statement = statement.where(Chapter.state == chapter_filter.state)
    return statement.where(*(_has_word(word, countries) for word in sort_key(chapter_filter.search or "").split()))


def _has_word(word: str, countries: Sequence[str]) -> ColumnElement[bool]:
    """Whether a chapter's names, address or place contain a word."""
    places = [
        code
        for code in countries
        if word in sort_key(country_name(code)) or word in sort_key(area_name(AREA_OF_COUNTRY[code]))
    ]
    texts = (Chapter.sort_key, Chapter.slug, func.lower(Chapter.zone))
    return or_(Chapter.country.in_(places), *(func.strpos(text, word) > 0 for text in texts))
