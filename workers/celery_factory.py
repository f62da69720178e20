"""Build Celery over the web application. Redis or Valkey only carries messages; results are rows in PostgreSQL.

A task that is lost with its worker runs again within seconds, and running a task twice does no harm. The settings about
acknowledgement and redelivery are there for that.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery.signals import after_task_publish, beat_init, worker_init, worker_process_init
from flask import Flask
from kombu.exceptions import OperationalError
from sqlalchemy.exc import DBAPIError

from solidarity.database.engines import UnsafeDatabase, dispose_engines
from solidarity.database.verification.refusal import refuse_unsafe_database
from solidarity.settings import Settings
from tenants.work import ProcessKind
from workers.base import SolidarityCelery, note_finished
from workers.logs import hear_log_signals
from workers.queues import DEFAULT, HARD_LIMIT, LIMITS, QUEUES, ROUTES, SOFT_LIMIT
from workers.schedule import TIMETABLE

MODULES = ("workers.evaluation", "workers.reminders", "workers.rollups", "workers.upkeep")
FIRST_RING = "workers.reminders.tick"
KEY_PREFIX = "solidarity:"  # the web enqueues with the same prefix
REDELIVER_SECONDS = 300  # every task ends long before

TRANSPORT = {
    "visibility_timeout": REDELIVER_SECONDS,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 15,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "global_keyprefix": KEY_PREFIX,
}

log = structlog.get_logger(__name__)


def make_celery(flask_app: Flask) -> SolidarityCelery:
    """Build Celery over `flask_app`; connects to nothing."""
    settings: Settings = flask_app.extensions["settings"]
    celery = SolidarityCelery(
        "solidarity", broker=settings.redis_url.get_secret_value(), include=MODULES, set_as_current=True
    )
    celery.flask_app = flask_app
    celery.conf.update(
        broker_transport_options=TRANSPORT,
        visibility_timeout=REDELIVER_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_queues=QUEUES,
        task_routes=ROUTES,
        task_default_queue=DEFAULT,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_soft_time_limit=SOFT_LIMIT,
        task_time_limit=HARD_LIMIT,
        task_annotations=LIMITS,
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1},
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_soft_shutdown_timeout=10,
        worker_max_tasks_per_child=500,
        worker_max_memory_per_child=300_000,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        beat_schedule=TIMETABLE,
        timezone="UTC",
    )
    return celery


def hear_signals(celery: SolidarityCelery) -> None:
    """Connect the start-up handlers of workers and beat, for the one application that such a process runs."""
    flask_app = celery.flask_app
    hear_log_signals(flask_app.extensions["settings"])

    def refuse(**_signal: Any) -> None:
        try:
            refuse_unsafe_database(flask_app)
        except UnsafeDatabase as error:
            raise SystemExit(str(error)) from error

    def forget_connections(**_signal: Any) -> None:
        dispose_engines(flask_app, close=False)

    def begin_enqueueing(**_signal: Any) -> None:
        after_task_publish.connect(note_ring, weak=False)
        try:
            celery.send_task(FIRST_RING, retry=False)  # do not wait for the first interval of the schedule
        except OperationalError as error:
            log.warning("beat.first_ring_unheard", error=type(error).__name__)

    def note_ring(**_signal: Any) -> None:
        try:
            with flask_app.app_context():
                note_finished(ProcessKind.BEAT)
        except DBAPIError as error:
            log.warning("beat.not_noted", error=type(error).__name__)

    worker_init.connect(refuse, weak=False)
    worker_process_init.connect(forget_connections, weak=False)
    beat_init.connect(begin_enqueueing, weak=False)
