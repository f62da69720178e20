"""The application factory."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, g, request
from flask.wrappers import Response
from flask_wtf import CSRFProtect

from solidarity import accounts, chapter, desk, public
from solidarity.access.binding import init_access, principal
from solidarity.database.engines import init_database
from solidarity.enqueue import init_enqueue
from solidarity.http.deadlines import init_deadlines
from solidarity.http.error_pages import register_error_pages
from solidarity.http.proxies import believe_proxies
from solidarity.http.request_checks import init_request_checks
from solidarity.http.request_log import init_request_log
from solidarity.i18n.locale import init_language
from solidarity.settings import Settings
from solidarity.templating import init_look
from tenants.db import db

FORM_BYTES = 2 * 1024**2  # holds 100,000 encoded characters of any script, which the field refuses without loss

csrf = CSRFProtect()
log = structlog.get_logger(__name__)


class Application(Flask):
    """Flask with one commit per request. It follows the view at once, so a failed commit gets an error page."""

    def dispatch_request(self) -> Response:
        """Run the view, then commit and enqueue its tasks. Roll back if the status is 400 or above."""
        response = self.make_response(super().dispatch_request())
        if response.status_code >= 400:
            db.session.rollback()
            return response
        db.session.commit()
        for send in g.pop("messages_after_commit", ()):
            send()
        return response

    def log_exception(self, exc_info: Any) -> None:
        """Log the error with its endpoint. Flask's own line has the address, which may hold a token."""
        log.error("request.failed", method=request.method, endpoint=request.endpoint, exc_info=exc_info)


def create_app(settings: Settings) -> Flask:
    """Build the web application for `settings`. Opens no connection and does not read the environment."""
    app = Application(__name__)
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.extensions["settings"] = settings
    init_deadlines(app, settings.request_seconds)
    init_request_log(app)
    believe_proxies(app, settings)
    init_request_checks(app, settings)
    init_database(app, settings)
    init_enqueue(app, settings.redis_url.get_secret_value())
    init_access(app)
    init_language(app)
    init_look(app)
    csrf.init_app(app)
    accounts.register(app)
    public.register(app)
    chapter.register(app)
    desk.register(app)
    register_error_pages(app)
    app.context_processor(lambda: {"principal": principal()})
    return app
