"""A worker or beat process of the product with short waits. Its arguments are those of Celery.

Its clock can follow the time in a file that a test changes. It can stop itself (SIGSTOP) at a marked point of its
first mail, as when its machine is suspended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parents[1])

from harness.worker_processes import HANDOVER_POINT, OFFER_POINT, ShortWaits  # noqa: E402
from time_machine import travel  # noqa: E402

from tenants.mail import ledger, relay  # noqa: E402
from workers import reminders  # noqa: E402
from workers.base import SolidarityCelery  # noqa: E402


def shorten_waits(celery: SolidarityCelery, waits: ShortWaits) -> None:
    """Set all waits of this process to those of `waits`."""
    ledger.LEASE = timedelta(seconds=waits.lease)
    ledger.MOST_ATTEMPTS = waits.attempts
    ledger.FIRST_PAUSE = timedelta(seconds=waits.first_pause / 2)  # doubled before the first retry
    ledger.LONGEST_PAUSE = timedelta(seconds=waits.longest_pause)
    relay.SPEAK_SECONDS = waits.speak  # type: ignore[assignment]
    relay.ANSWER_SECONDS = waits.answer  # type: ignore[assignment]
    reminders.SECONDS_OF_SENDING = waits.sending
    mail_sender = reminders.make_mail_sender(celery.flask_app)
    celery.flask_app.extensions["post_office"] = replace(mail_sender, grace=timedelta(seconds=waits.grace))
    celery.conf.visibility_timeout = waits.redeliver
    celery.conf.broker_transport_options = {
        **celery.conf.broker_transport_options,
        "visibility_timeout": waits.redeliver,
        "unacked_restore_interval": 1,
    }
    celery.conf.beat_schedule = {
        name: _oftener(entry, waits.tick) if entry["task"].startswith(reminders.__name__) else entry
        for name, entry in celery.conf.beat_schedule.items()
    }


def _oftener(entry: dict[str, Any], tick: float) -> dict[str, Any]:
    return {**entry, "schedule": timedelta(seconds=tick), "options": {"expires": max(2 * tick, 5)}}


def live_by(clock: Path) -> None:
    """Set the time of this process to the ISO time in the file `clock`, and follow its changes."""
    text = clock.read_text()
    person_abroad = travel(datetime.fromisoformat(text), tick=True).start()

    def follow(text: str) -> None:
        while True:
            time.sleep(0.03)
            new_text = clock.read_text()
            if new_text != text:
                text = new_text
                person_abroad.move_to(datetime.fromisoformat(text))

    threading.Thread(target=follow, args=(text,), daemon=True).start()


def stop_at(point: str) -> None:
    """Stop this process once (SIGSTOP) at a marked point of sending. After SIGCONT it continues from there."""
    name = {OFFER_POINT: "offer", HANDOVER_POINT: "hand_over"}[point]
    step = getattr(relay.Relay, name)
    stops: list[bool] = []

    def sleepy(*args: Any, **kwargs: Any) -> None:
        if point == OFFER_POINT:
            step(*args, **kwargs)
        if not stops:
            stops.append(True)
            os.kill(os.getpid(), signal.SIGSTOP)
        if point == HANDOVER_POINT:
            step(*args, **kwargs)

    setattr(relay.Relay, name, sleepy)


if __name__ == "__main__":
    waits = ShortWaits.of_environment()
    if waits.clock:
        live_by(Path(waits.clock))
    from workers.app import app

    shorten_waits(app, waits)
    if waits.stops_at:
        stop_at(waits.stops_at)
    app.start(["--quiet", *sys.argv[1:]])
