"""The logs of workers and beat, in the product's own format. The lines of a task carry its id and its request id.

A task that another task enqueues keeps the same request id. A task that beat enqueues uses its own id instead.
"""

from __future__ import annotations

from typing import Any

from celery import Task
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, clear_contextvars

from solidarity.logs import REQUEST_ID, configure_logging, current_request_id
from solidarity.settings import Settings


def hear_log_signals(settings: Settings) -> None:
    """Configure logging in place of Celery, and add the task to its log lines."""
    configure_logging(settings.log_format)  # Celery may warn before it sends setup_logging

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
