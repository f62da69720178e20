"""The end of every request: after REQUEST_SECONDS it is interrupted, and the answer is 503.

A request that waits for PostgreSQL ends itself (database/connections.py). One that computes is interrupted by another
thread, unless it is in code that holds locks, which would never be released.

A request that only reads also ends when its client has left. A request that writes is completed then: on a bad line the
answer is lost, but not what somebody entered.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from flask import Flask, request

from solidarity.database.connections import reason_to_end
from solidarity.http.error_pages import error_page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOK_EVERY = 0.2  # seconds
RAISE_AGAIN_AFTER = 5.0  # seconds; Python drops an exception that it raises in a finalizer
READING = frozenset({"GET", "HEAD"})
# Modules whose functions may be between taking a lock and the `try` that releases it.
HOLDERS_OF_LOCKS = frozenset(
    {"_weakrefset", "concurrent", "contextlib", "importlib", "kombu", "logging", "psycopg", "psycopg_binary", "queue"}
    | {"redis", "sqlalchemy", "threading", "weakref"}
)

log = structlog.get_logger(__name__)


class RequestEnded(BaseException):
    """A request that took too long. No handler of `Exception` may stop it."""


class ClientLeft(RequestEnded):
    """A request whose client has closed the connection."""


@dataclass
class _Running:
    deadline: float
    client_has_left: Callable[[], bool] | None
    next_raise: float = 0.0

    def reason(self) -> type[RequestEnded] | None:
        if time.monotonic() > self.deadline:
            return RequestEnded
        return ClientLeft if self.client_has_left and self.client_has_left() else None


class Deadlines:
    """WSGI middleware that ends requests. One thread watches them while there are any."""

    def __init__(self, app: Flask, wsgi_app: WSGIApplication, seconds: float) -> None:
        self._app = app
        self._wsgi_app = wsgi_app
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: dict[int, _Running] = {}
        self._watcher: threading.Thread | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        thread = threading.get_ident()
        try:
            self._begin(thread, environ)
            try:
                return self._wsgi_app(environ, start_response)
            finally:
                self._end(thread)
        except RequestEnded as ended:
            self._end(thread)  # the exception may have been raised in the `finally` above
            return self._unavailable(ended, environ, start_response)

    def _begin(self, thread: int, environ: WSGIEnvironment) -> None:
        reads = environ["REQUEST_METHOD"] in READING
        running = _Running(
            time.monotonic() + self._seconds, environ.get("waitress.client_disconnected") if reads else None
        )
        reason_to_end.set(running.reason)
        with self._lock:
            self._running[thread] = running
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._watcher.start()

    def _end(self, thread: int) -> None:
        reason_to_end.set(None)
        with self._lock:
            self._running.pop(thread, None)
            _raise_in(thread, None)  # what is raised from now on would belong to another request

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            now = time.monotonic()
            with self._lock:
                if not self._running:
                    self._watcher = None
                    return
                for thread, running in self._running.items():
                    reason = running.reason()
                    if reason and now >= running.next_raise and may_be_interrupted(thread):
                        _raise_in(thread, reason)
                        running.next_raise = now + RAISE_AGAIN_AFTER

    def _unavailable(
        self, ended: RequestEnded, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        with self._app.request_context(environ):
            log.error("request.ended", reason=type(ended).__name__, endpoint=request.endpoint)
            answer = self._app.make_response((error_page(503), 503, {"Retry-After": "30"}))
            return self._app.process_response(answer)(environ, start_response)


def init_deadlines(app: Flask, seconds: float) -> None:
    """End every request of `app` after so many seconds. Call it before all other middleware."""
    app.wsgi_app = Deadlines(app, app.wsgi_app, seconds)  # type: ignore[method-assign]


def may_be_interrupted(thread: int) -> bool:
    """Whether a thread runs no code of HOLDERS_OF_LOCKS at this moment."""
    frame = sys._current_frames().get(thread)
    return frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] not in HOLDERS_OF_LOCKS


def _raise_in(thread: int, error: type[RequestEnded] | None) -> None:
    """Raise `error` in a thread at its next step in Python. None cancels an error that is not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)
