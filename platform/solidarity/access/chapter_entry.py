"""Bind a request to the chapter of its address, and refuse changes of a closed chapter."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

import structlog
from flask import abort, g, request, session
from sqlalchemy import select
from structlog.contextvars import bind_contextvars

from tenants import clock
from tenants.audit import record
from tenants.chapters.models import Chapter, ChapterSlug, ChapterState
from tenants.db import db, opened
from tenants.errors import ChapterClosed
from tenants.people.permissions import READING, Permission
from tenants.people.principal import Principal
from tenants.scope import ChapterScope, NobodyScope, bind

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

log = structlog.get_logger(__name__)


def enter_chapter(person: Principal, permission: Permission, slug: str) -> None:
    """Bind the request to the chapter at an address, as its member or as the desk, and read it into `g.chapter`.

    Aborts with 404 if the person has no access. Raises ChapterClosed for a change of a closed chapter.
    """
    own_membership = next(
        (own_membership for own_membership in person.memberships if own_membership.slug == slug), None
    )
    if own_membership is not None and person.may_as_member(permission, chapter_id=own_membership.chapter_id):
        chapter_id, g.is_desk = own_membership.chapter_id, False
    else:
        chapter_id, g.is_desk = _let_the_desk_in(person, permission, slug), True
    bind(db.session(), ChapterScope(chapter_id, actor_id=person.user_id))
    bind_contextvars(chapter_id=str(chapter_id))
    _keep_closed(permission)


def refuse_access(person: Principal) -> NoReturn:
    """Abort with 404, and log who asked for which page."""
    log.warning("access.refused", user_id=str(person.user_id), endpoint=request.endpoint, method=request.method)
    abort(404)


def _keep_closed(permission: Permission) -> None:
    """Read the chapter. Raises ChapterClosed if it is closed and the request does more than read.

    A request that may change something locks the key of the chapter's row until it ends. Closing a chapter locks the
    whole row, so a chapter cannot be closed during such a request.
    """
    statement, writes = select(Chapter), request.method not in READING_METHODS
    if writes and permission is not Permission.MANAGE_CHAPTER:
        statement = statement.with_for_update(read=True, key_share=True)
    chapter = g.chapter = db.session.scalars(statement).one()
    g.spoken_here = g.chapter_languages = tuple(chapter.languages)  # for i18n.locale and i18n.chapter_language
    g.page_country = chapter.country
    if chapter.state == ChapterState.CLOSED and (writes or permission not in READING):
        raise ChapterClosed(chapter.closed_on)


def _let_the_desk_in(person: Principal, permission: Permission, slug: str) -> UUID:
    chapter = _chapter_at(slug)
    if chapter is None or not person.may_in_chapter(permission, chapter_id=chapter.chapter_id, country=chapter.country):
        refuse_access(person)
    _tell_the_chapter(person, chapter)
    return chapter.chapter_id


def _chapter_at(slug: str) -> ChapterSlug | None:
    if "\0" in slug:  # PostgreSQL accepts no NUL character, not even in a query
        return None
    with opened(NobodyScope()) as lookup:
        return lookup.get(ChapterSlug, slug)


def _tell_the_chapter(person: Principal, chapter: ChapterSlug) -> None:
    """Record for the chapter that UN Women has entered: once per day and sign-in, even if the request fails."""
    moment = clock.now()
    entry_days = session.get("entered", {})
    if entry_days.get(chapter.slug) == moment.date().isoformat():
        return
    with opened(ChapterScope(chapter.chapter_id, actor_id=person.user_id)) as db_session:
        record(db_session, at=moment, actor_id=person.user_id, action="desk.entered", is_desk=True)
    session["entered"] = {**entry_days, chapter.slug: moment.date().isoformat()}
