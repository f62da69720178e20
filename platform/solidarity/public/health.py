"""GET /healthz, for health checks and for `solidarity health`.

Each part is probed with a short timeout. Worker and beat are healthy if their last row of finished work is recent, not
if a process answers, because this must find a process that runs and does nothing. The walls are compared once a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import redis
from flask import Response, current_app, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from solidarity.access.declarations import public
from solidarity.database.engines import unpooled_engine
from solidarity.database.verification.differences import find_differences
from solidarity.public.blueprint import blueprint
from solidarity.settings import Settings
from tenants import clock
from tenants.work import FinishedWork, ProcessKind

OK = "ok"
FRESH = timedelta(seconds=60)
VERIFY_EVERY = timedelta(seconds=60)  # anybody may ask, and a comparison takes 50 ms
PROBE_SECONDS = 1


class HealthProbes:
    """The probes for one set of settings. Nothing connects before the first probe."""

    def __init__(self, settings: Settings) -> None:
        # Not the pool of the pages: it can be full while the database answers, and waiting would delay this probe.
        self.engine = unpooled_engine(
            settings, "web", connect_timeout=PROBE_SECONDS, options=f"-c statement_timeout={PROBE_SECONDS}s"
        )
        self.broker = redis.Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=PROBE_SECONDS,
            socket_connect_timeout=PROBE_SECONDS,
            retry=None,
        )
        self._walls: tuple[datetime, str] | None = None

    def look(self, moment: datetime) -> dict[str, str]:
        """Return each part with "ok" or a description of the problem."""
        broker = self._broker()
        try:
            finish_times = self._last_finished()
            walls = self._compared_walls(moment)
        except SQLAlchemyError:
            reason = "not known while the database does not answer"
            parts = {"database": "does not answer", "walls": reason, "broker": broker}
            return parts | dict.fromkeys(ProcessKind, reason)
        return {
            "database": OK,
            "walls": walls,
            "broker": broker,
            **{process: _freshness(finish_times.get(process), moment) for process in ProcessKind},
        }

    def _broker(self) -> str:
        try:
            self.broker.ping()
        except redis.RedisError:
            return "does not answer"
        return OK

    def _last_finished(self) -> Mapping[str, datetime]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(FinishedWork.who, FinishedWork.finished_at))
            return {row.who: row.finished_at for row in rows}

    def _compared_walls(self, moment: datetime) -> str:
        if self._walls is None or not timedelta() <= moment - self._walls[0] < VERIFY_EVERY:
            with self.engine.connect() as connection:
                has_fallen = any(difference.is_wall for difference in find_differences(connection))
            self._walls = moment, "differ from the migrations; see solidarity doctor" if has_fallen else OK
        return self._walls[1]


def _freshness(finished_at: datetime | None, moment: datetime) -> str:
    if finished_at is None:
        return "has finished nothing yet"
    age = moment - finished_at
    return OK if age < FRESH else f"has finished nothing for {age.total_seconds():.0f} seconds"


@blueprint.get("/healthz")
@public("machines ask it; it tells states and ages, nothing of anybody")
def healthz() -> tuple[Response, int]:
    """Return the state of every part as JSON, with 503 if one of them is not "ok"."""
    health: HealthProbes = current_app.extensions["health"]
    parts = health.look(clock.now())
    return jsonify(parts), 200 if all(state == OK for state in parts.values()) else 503
