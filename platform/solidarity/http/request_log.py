"""One id and one log line for each request.

All log lines of a request have its id, and so does every task that it enqueues. The answer has it as X-Request-ID. The
line names the endpoint and never the address, which may hold a token or an email address.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from flask import Flask, request
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.wrappers import Response

from solidarity.logs import REQUEST_ID, current_request_id
from tenants.db import new_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9_-]{8,64}")
START_KEY = "solidarity.started"

log = structlog.get_logger(__name__)


class RequestContext:
    """WSGI middleware that gives each request an id: that of a trusted proxy (http/proxies.py), or a new one."""

    def __init__(self, wsgi_app: WSGIApplication) -> None:
        self._wsgi_app = wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request. Clears the context afterwards, because a thread serves many requests."""
        clear_contextvars()
        bind_contextvars(**{REQUEST_ID: self._id_of(environ)})
        environ[START_KEY] = time.perf_counter()
        try:
            return self._wsgi_app(environ, start_response)
        finally:
            clear_contextvars()

    def _id_of(self, environ: WSGIEnvironment) -> str:
        request_id = environ.get("HTTP_X_REQUEST_ID", "")
        return request_id if SANE.fullmatch(request_id) else new_id().hex


def init_request_log(app: Flask) -> None:
    """Log every request of `app`. Register it first, so that the line has the final status."""
    app.wsgi_app = RequestContext(app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_log_request)


def _log_request(response: Response) -> Response:
    response.headers[HEADER] = current_request_id() or ""
    log.info(
        "request.finished",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        duration_ms=round((time.perf_counter() - request.environ[START_KEY]) * 1000, 1),
    )
    return response
