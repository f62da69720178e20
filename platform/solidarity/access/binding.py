"""Who may call a route, and whom the database then believes we are.

Every view declares one of `public`, `signed_in`, `link` or `requires(permission)`; a view that declares nothing is
never served. The scope is bound in a url_value_preprocessor, which runs before every before_request, so that no code
of a page runs outside its walls. Unknown and forbidden look alike: 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeVar
from uuid import UUID

import flask_login
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from sqlalchemy import select
from structlog.contextvars import bind_contextvars

from tenants import clock
from tenants.audit import record
from tenants.chapters.models import Chapter, ChapterSlug, ChapterState
from tenants.db import db, opened
from tenants.errors import ChapterClosed
from tenants.people.permissions import READING, Permission
from tenants.people.principal import Principal
from tenants.scope import ChapterScope, DeskScope, NobodyScope, bind

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a view declares about its callers."""

    kind: Literal["public", "signed_in", "link", "requires"]
    permission: Permission | None = None
    reason: str = ""


def public(reason: str) -> Callable[[View], View]:
    """Declare a view open to everybody; the reason is for the reader and for the route matrix."""
    return _declare(Access("public", reason=reason))


def signed_in(reason: str) -> Callable[[View], View]:
    """Declare a view for any signed-in person, about herself alone."""
    return _declare(Access("signed_in", reason=reason))


def link(reason: str) -> Callable[[View], View]:
    """Declare a view reached by a signed link: the view checks the link, then opens the scope the link names."""
    return _declare(Access("link", reason=reason))


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission a view needs: in the chapter of its address, else at the desk."""
    return _declare(Access("requires", permission=permission))


def declared_access(app: Flask, endpoint: str) -> Access | None:
    """Return what an endpoint declares; `app.extensions["access"]` holds it for views that libraries bring."""
    brought: dict[str, Access] = app.extensions["access"]
    access: Access | None = getattr(app.view_functions.get(endpoint), "access", None)
    return access or brought.get(endpoint)


def principal() -> Principal | None:
    """Return the signed-in person of this request, or None."""
    user = flask_login.current_user
    if not user or not user.is_authenticated:
        return None
    found: Principal = user.principal
    return found


def signed_in_person() -> Principal:
    """Return who is signed in, for views whose declaration makes sure that somebody is; else there is no such page."""
    found = principal()
    if found is None:
        abort(404)
    return found


def init_access(app: Flask) -> None:
    """Bind a scope to every request of `app`."""
    app.extensions["access"] = {"static": Access("public", reason="style sheet and icon, the same for everybody")}
    app.url_value_preprocessor(_bind_scope)


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def _bind_scope(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint is None:
        return
    access = declared_access(current_app, endpoint)
    if access is None:
        abort(404)
    if access.kind == "requires" and access.permission is not None:
        _bind_permitted(access.permission, values or {})
        return
    person = principal() if access.kind == "signed_in" else None
    if access.kind == "signed_in" and person is None:
        _ask_to_sign_in()
    bind(db.session(), NobodyScope(actor_id=person.user_id if person else None))


def _bind_permitted(permission: Permission, values: dict[str, Any]) -> None:
    person = principal()
    if person is None:
        _ask_to_sign_in()
    elif "chapter" in values:
        _enter_chapter(person, permission, values["chapter"])
    else:
        countries = person.desk_countries(permission)
        if not countries:
            abort(404)
        bind(db.session(), DeskScope(countries=countries, actor_id=person.user_id))


def _enter_chapter(person: Principal, permission: Permission, slug: str) -> None:
    seat = next((seat for seat in person.memberships if seat.slug == slug), None)
    if seat is not None and person.may_as_member(permission, chapter_id=seat.chapter_id):
        chapter_id, g.is_desk = seat.chapter_id, False
    else:
        chapter_id, g.is_desk = _let_the_desk_in(person, permission, slug), True
    bind(db.session(), ChapterScope(chapter_id, actor_id=person.user_id))
    bind_contextvars(chapter_id=str(chapter_id))
    _keep_closed(permission)


def _keep_closed(permission: Permission) -> None:
    """Read the chapter, and refuse whatever is not reading where it is closed; raises ChapterClosed.

    Whoever may change something holds the chapter's key until the end of the request, so that it is not closed
    meanwhile; closing it takes the whole row.
    """
    here, writes = select(Chapter), request.method not in READING_METHODS
    if writes and permission is not Permission.MANAGE_CHAPTER:
        here = here.with_for_update(read=True, key_share=True)
    chapter = g.chapter = db.session.scalars(here).one()
    g.spoken_here = g.chapter_languages = tuple(chapter.languages)  # for solidarity.i18n.locale and .written
    g.page_country = chapter.country
    if chapter.state == ChapterState.CLOSED and (writes or permission not in READING):
        raise ChapterClosed(chapter.closed_on)


def _let_the_desk_in(person: Principal, permission: Permission, slug: str) -> UUID:
    found = _chapter_at(slug)
    if found is None or not person.may_in_chapter(permission, chapter_id=found.chapter_id, country=found.country):
        abort(404)
    _tell_the_chapter(person, found)
    return found.chapter_id


def _chapter_at(slug: str) -> ChapterSlug | None:
    if "\0" in slug:  # PostgreSQL can neither hold it nor be asked for it
        return None
    with opened(NobodyScope()) as lookup:
        return lookup.get(ChapterSlug, slug)


def _tell_the_chapter(person: Principal, chapter: ChapterSlug) -> None:
    """Write, once a day and sign-in, that UN Women has entered, whatever comes of the request: the chapter reads it."""
    moment = clock.now()
    entered = session.get("entered", {})
    if entered.get(chapter.slug) == moment.date().isoformat():
        return
    with opened(ChapterScope(chapter.chapter_id, actor_id=person.user_id)) as entering:
        record(entering, at=moment, actor_id=person.user_id, action="desk.entered", is_desk=True)
    session["entered"] = {**entered, chapter.slug: moment.date().isoformat()}


def _ask_to_sign_in() -> NoReturn:
    """Lead to the sign-in page and back; a form that was sent gets a page that shows what was typed."""
    if request.method != "GET":
        abort(401)
    abort(redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?"))))
