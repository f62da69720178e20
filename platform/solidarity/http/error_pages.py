"""Error pages. They use neither the database nor the signed-in person, so they work while the database is down."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, current_app, g, request, url_for
from flask_babel import force_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, default_exceptions

from solidarity.http.unsaved_input import packed_input, unpacked_input, unsaved_fields
from solidarity.i18n.catalogues import is_reviewed
from solidarity.i18n.locale import current_locale, format_day, format_moment, known_language
from tenants.errors import AlreadyDecided, ChapterClosed

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 500, 503})
Answer = tuple[str, int, dict[str, str]]

log = structlog.get_logger(__name__)


def register_error_pages(app: Flask) -> None:
    """Answer every HTTP error with our own page. A database that cannot be reached is 503, not 500."""
    for code in default_exceptions:
        app.register_error_handler(code, _http_error)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(AlreadyDecided, _already_decided)
    app.register_error_handler(ChapterClosed, _chapter_closed)
    app.register_error_handler(exc.OperationalError, _database_away)
    app.register_error_handler(exc.InterfaceError, _database_away)
    app.register_error_handler(exc.TimeoutError, _database_away)  # no connection was free


def error_page(code: int, **context: Any) -> str:
    """Return the page for a status code, or that of its class (400 or 500) if the code has none."""
    name = code if code in PAGES else (500 if code >= 500 else 400)
    return _render(f"errors/{name}.html", **context)


def _http_error(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.response is not None:
        return error
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return error_page(error.code, **(_unsaved() if error.code == 401 else {})), error.code, headers


def _form_too_old(error: CSRFError) -> Answer:
    log.info("form.refused", reason=error.description)
    return _render("errors/form.html", **_unsaved()), 400, {}


def _unsaved() -> dict[str, Any]:
    """Return what a page needs to show the input of a refused form, and to fill it in again."""
    packed = packed_input()
    return {"kept": unsaved_fields(), "packed": packed, "fields": unpacked_input(packed)}


def _already_decided(error: AlreadyDecided) -> Answer:
    """Show who decided first, what and when, in the chapter's time. The access check has read the chapter before."""
    chapter = g.get("chapter")
    moment = format_moment(error.at, chapter.zone, chapter.country) if error.at and chapter else None
    step = next((page for page in _pages_of(request.blueprint) if page in current_app.view_functions), None)
    back_url = url_for(step, chapter=chapter.slug) if chapter and step else None
    return _render("errors/decided.html", decision=error.decision, by=error.by, moment=moment, back=back_url), 409, {}


def _chapter_closed(error: ChapterClosed) -> Answer:
    """Show the closing day and that nothing was changed, and keep the input."""
    chapter = g.chapter
    day = format_day(error.closed_on, chapter.country) if error.closed_on else None
    form_fields = unsaved_fields() if request.method == "POST" else []
    back_url = url_for("chapter.home", chapter=chapter.slug)
    return (
        _render("errors/closed.html", chapter_name=chapter.name, day=day, kept=form_fields, back=back_url),
        409,
        {},
    )


def _pages_of(blueprint: str | None) -> tuple[str, ...]:
    """Return the endpoints that a link back can lead to, the best first: pages of the step, then the chapter's home."""
    return f"{blueprint}.show", f"{blueprint}.list_reports", "chapter.home"


def _database_away(error: Exception) -> Answer:
    log.error("database.away", exc_info=error)
    return error_page(503), 503, {"Retry-After": "30"}


def _render(name: str, **context: Any) -> str:
    """Render without context processors, which may need the database, in the language known without it."""
    with force_locale(known_language()):
        locale = current_locale()
        return current_app.jinja_env.get_template(name).render(
            bare_shell=True,
            current_locale=locale,
            text_direction=locale.text_direction,
            catalogue_reviewed=is_reviewed(locale.language),
            **context,
        )
