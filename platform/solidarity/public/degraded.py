"""What every page says while a part of us is away, in sentences for people."""

from __future__ import annotations

import time

import redis
from flask_babel import gettext as _

PROBE_SECONDS = 0.3
BELIEVED_SECONDS = 10.0  # a probe's answer stands for so long, so that no page waits more than one time-out


class BrokerHealth:
    """Whether the broker answers, asked at most once in a while for all pages of this process."""

    def __init__(self, redis_url: str) -> None:
        self.broker = redis.Redis.from_url(
            redis_url, socket_timeout=PROBE_SECONDS, socket_connect_timeout=PROBE_SECONDS, retry=None
        )
        self.answers = True
        self.asked_at = float("-inf")

    def beats(self) -> bool:
        """Return whether the broker answered when it was last asked."""
        moment = time.monotonic()
        if moment - self.asked_at >= BELIEVED_SECONDS:
            self.asked_at = moment  # first, so that other threads do not ask meanwhile
            self.answers = self._ping()
        return self.answers

    def sentences(self) -> list[str]:
        """Return what to tell people; an empty list when all is well."""
        if self.beats():
            return []
        return [
            _("What you save is kept, but figures and emails are delayed because part of Solidarity is not responding.")
        ]

    def _ping(self) -> bool:
        try:
            self.broker.ping()
        except redis.RedisError:
            return False
        return True
