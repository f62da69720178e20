"""The log: one line for each event on standard error, as JSON in production and as text under `solidarity up`.

Loggers of the standard library (gunicorn, Celery, SQLAlchemy, Alembic) get the same format. A line holds no personal
data: code logs ids and names of endpoints, never addresses of pages, names, email addresses or tokens. Personal data
that libraries and errors may add is removed here.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any, TextIO

import psycopg
import structlog
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import get_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor

from solidarity.settings import LogFormat, Settings

REQUEST_ID = "request_id"  # its name in a line, and in the headers of a task's message

CONTEXT: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)

# Each pattern begins at the start of a word and never goes back into it, so that it takes linear time.
PRIVATE = (
    # waitress adds the address of the page
    (re.compile(r"^(Exception while serving|Client disconnected while serving).*", re.DOTALL), r"\1"),
    (re.compile(r"DETAIL:.*", re.DOTALL), "DETAIL removed"),  # PostgreSQL quotes values of the row
    (re.compile(r"(?<![\w.+%-])[\w.+%-]++@(?:[\w-]+\.)+[^\W\d]\w+"), "[e-mail]"),
    (re.compile(r"/(reset|invitation|reply|address)/[^\s\"'?]+"), r"/\1/[token]"),
    (re.compile(r"(?<![\w-])[\w-]{10,}+(?:\.[\w-]{6})?\.[\w-]{27,}"), "[token]"),  # signed by itsdangerous
    (re.compile(r"(?<=[\w/\]])\?[^\s\"']+"), "?[query]"),
)


class StandardErrorHandler(logging.Handler):
    """Write to the current standard error, which tests and servers replace."""

    @property
    def stream(self) -> TextIO:
        """The current standard error. Celery reads this property."""
        return sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            self.stream.write(f"{self.format(record)}\n")
            self.stream.flush()
        except Exception:  # noqa: BLE001  (a line that cannot be written must not stop the program)
            self.handleError(record)


class GunicornLog(Logger):  # type: ignore[misc]
    """Gunicorn's log, in our format from its first line. The command of the web server names this class."""

    def setup(self, cfg: Any) -> None:
        """Configure the log of the process before gunicorn writes to it."""
        super().setup(cfg)
        configure_logging(Settings().log_format)


def configure_logging(log_format: LogFormat, *, level: int | str = logging.INFO) -> None:
    """Set up the log of this process. Nothing below `level` is logged. Programs call it, never an import."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *CONTEXT, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    processors: list[Processor] = [
        ProcessorFormatter.remove_processors_meta,
        structlog.processors.ExceptionRenderer(_traceback),
        _clean_event,
        _renderer(log_format),
    ]
    handler = StandardErrorHandler()
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=CONTEXT, processors=processors))
    _send_everything_to(handler, level)


def current_request_id() -> str | None:
    """Return the id of the request that this code runs for, or None."""
    request_id: str | None = get_contextvars().get(REQUEST_ID)
    return request_id


def _renderer(log_format: LogFormat) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _send_everything_to(handler: logging.Handler, level: int | str) -> None:
    root = logging.getLogger()
    root.handlers = [
        root_handler for root_handler in root.handlers if not isinstance(root_handler, StandardErrorHandler)
    ] + [handler]
    root.setLevel(level)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its own server logs addresses of pages
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.handlers.clear()
    gunicorn.propagate = True
    logging.captureWarnings(capture=True)


def without_private(text: str) -> str:
    """Return `text` without tokens, addresses and queries."""
    for pattern, instead in PRIVATE:
        text = pattern.sub(instead, text)
    return text


def _clean_event(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {name: without_private(value) if isinstance(value, str) else value for name, value in event.items()}


def _traceback(exc_info: ExcInfo) -> str:
    """Return a traceback without the values that errors of the database contain."""
    text = "".join(traceback.format_exception(*exc_info))
    for error in _chain(exc_info[1]):
        message = str(error)
        if message and isinstance(error, DBAPIError | psycopg.Error):
            text = text.replace(message, _message_without_values(error))
    return text.rstrip()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _message_without_values(error: DBAPIError | psycopg.Error) -> str:
    """Return code and constraint of an error of PostgreSQL, or the driver's own message, which has no values."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(driver, psycopg.Error) or driver.sqlstate is None:
        return str(driver)
    return " ".join(filter(None, (f"SQLSTATE {driver.sqlstate}", driver.diag.constraint_name)))
