"""A worker or a beat of the product in a hurry, as a process: `python hurried.py worker ...`, as Celery takes it.

It may live at another time, which a file says and a test moves; and it may stop itself (SIGSTOP) at a marked point of
its first mail, as a machine does that sleeps.
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

from faults.hurry import MARKED, OFFERED, Hurry  # noqa: E402
from time_machine import travel  # noqa: E402

from tenants.mail import ledger, relay  # noqa: E402
from workers import reminders  # noqa: E402
from workers.base import SolidarityCelery  # noqa: E402


def hurry_up(celery: SolidarityCelery, hurry: Hurry) -> None:
    """Shorten every wait of this process."""
    ledger.LEASE = timedelta(seconds=hurry.lease)
    ledger.MOST_ATTEMPTS = hurry.attempts
    ledger.FIRST_PAUSE = timedelta(seconds=hurry.first_pause / 2)  # doubled before the first try again
    ledger.LONGEST_PAUSE = timedelta(seconds=hurry.longest_pause)
    relay.SPEAK_SECONDS = hurry.speak  # type: ignore[assignment]
    relay.ANSWER_SECONDS = hurry.answer  # type: ignore[assignment]
    reminders.SECONDS_OF_SENDING = hurry.sending
    office = reminders.post_office(celery.flask_app)
    celery.flask_app.extensions["post_office"] = replace(office, grace=timedelta(seconds=hurry.grace))
    celery.conf.visibility_timeout = hurry.redeliver
    celery.conf.broker_transport_options = {
        **celery.conf.broker_transport_options,
        "visibility_timeout": hurry.redeliver,
        "unacked_restore_interval": 1,
    }
    celery.conf.beat_schedule = {
        name: _oftener(entry, hurry.tick) if entry["task"].startswith(reminders.__name__) else entry
        for name, entry in celery.conf.beat_schedule.items()
    }


def _oftener(entry: dict[str, Any], tick: float) -> dict[str, Any]:
    return {**entry, "schedule": timedelta(seconds=tick), "options": {"expires": max(2 * tick, 5)}}


def live_by(clock: Path) -> None:
    """Live at the moment that a file says, and go with it when it moves."""
    said = clock.read_text()
    here = travel(datetime.fromisoformat(said), tick=True).start()

    def follow(said: str) -> None:
        while True:
            time.sleep(0.03)
            now_said = clock.read_text()
            if now_said != said:
                said = now_said
                here.move_to(datetime.fromisoformat(said))

    threading.Thread(target=follow, args=(said,), daemon=True).start()


def stop_at(point: str) -> None:
    """Fall asleep once at a marked point of sending; who wakes the process (SIGCONT) lets it go on from there."""
    name = {OFFERED: "offer", MARKED: "hand_over"}[point]
    step = getattr(relay.Relay, name)
    asleep: list[bool] = []

    def sleepy(*args: Any, **kwargs: Any) -> None:
        if point == OFFERED:
            step(*args, **kwargs)
        if not asleep:
            asleep.append(True)
            os.kill(os.getpid(), signal.SIGSTOP)
        if point == MARKED:
            step(*args, **kwargs)

    setattr(relay.Relay, name, sleepy)


if __name__ == "__main__":
    hurry = Hurry.of_environment()
    if hurry.clock:
        live_by(Path(hurry.clock))
    from workers.app import app

    hurry_up(app, hurry)
    if hurry.stops_at:
        stop_at(hurry.stops_at)
    app.start(["--quiet", *sys.argv[1:]])
