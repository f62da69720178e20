"""The notice on every page while the broker does not answer."""

from __future__ import annotations

import time

import redis
from flask_babel import gettext as _

PROBE_SECONDS = 0.3
BELIEVED_SECONDS = 10.0  # how long a probe's result is cached, so that few pages wait for a timeout


class BrokerHealth:
    """Whether the broker answers, probed at most every BELIEVED_SECONDS for all pages of this process."""

    def __init__(self, redis_url: str) -> None:
        self.broker = redis.Redis.from_url(
            redis_url, socket_timeout=PROBE_SECONDS, socket_connect_timeout=PROBE_SECONDS, retry=None
        )
        self.answers = True
        self.asked_at = float("-inf")

    def beats(self) -> bool:
        """Whether the broker answered the last probe. Probes again if that is too old."""
        moment = time.monotonic()
        if moment - self.asked_at >= BELIEVED_SECONDS:
            self.asked_at = moment  # set first, so that other threads do not probe as well
            self.answers = self._ping()
        return self.answers

    def sentences(self) -> list[str]:
        """Return the sentences of the notice. Empty if the broker answers."""
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
