"""The log of workers and beat: the product's own; lines of a task carry its id and that of the request behind it.

A task that a task sends goes on with the same request. One that beat sends has no request: its own id stands there.
"""

from __future__ import annotations

from typing import Any

from celery import Task
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, clear_contextvars

from solidarity.logs import REQUEST_ID, configure_logging, current_request_id
from solidarity.settings import Settings


def hear_log_signals(settings: Settings) -> None:
    """Configure the log in place of Celery, and name the task in its lines."""
    configure_logging(settings.log_format)  # Celery has warnings before it asks for its log

    def configure(loglevel: int, **_signal: Any) -> None:
        configure_logging(settings.log_format, level=loglevel)

    setup_logging.connect(configure, weak=False)
    before_task_publish.connect(_pass_request_on)
    task_prerun.connect(_begin_task)
    task_postrun.connect(_end_task)


def _pass_request_on(headers: dict[str, Any], **_signal: Any) -> None:
    request_id = current_request_id()
    if request_id is not None:
        headers.setdefault(REQUEST_ID, request_id)


def _begin_task(task_id: str, task: Task[..., Any], **_signal: Any) -> None:
    request_id = (task.request.headers or {}).get(REQUEST_ID, task_id)
    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name, **{REQUEST_ID: request_id})


def _end_task(**_signal: Any) -> None:
    clear_contextvars()
