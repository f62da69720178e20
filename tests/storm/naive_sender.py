"""The naive way, to compare with: a plain Celery task that sends by smtplib, acknowledged late and tried again.

What is to be sent lies in the broker alone, and that it was sent nowhere. Run as a program, this is its worker.
"""

from __future__ import annotations

import os
import smtplib
import sys
import time
from email.message import EmailMessage
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import redis
from celery import Celery
from faults.fleet import PREFORK, Fleet, ending
from faults.hostile_sink import HostileSink
from storm.mails import Wanted, count, wanted_mails
from storm.sea import HURRY, Outcome, folder, hostile_sink, in_time, named, own_valkey, wait_for_quiet
from storm.weather import Weather, forecast

WORKERS = ("worker-0", "worker-1")
STILL_SECONDS = 20.0  # without a mail, when nothing is queued

naive = Celery("naive", broker=os.environ.get("NAIVE_BROKER"), set_as_current=False)
naive.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    visibility_timeout=HURRY.redeliver,
    broker_transport_options={
        "visibility_timeout": HURRY.redeliver,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    },
)


@naive.task(name="naive.send", autoretry_for=(Exception,), max_retries=None, retry_backoff=1, retry_backoff_max=2)
def send(address: str) -> None:
    """Send a mail to an address; its Message-ID is the same however often."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "reminders@solidarity.example", address, "A reminder"
    mail["Message-ID"] = f"<{address.partition('@')[0]}@solidarity.example>"
    mail.set_content("Something is due.")
    with smtplib.SMTP("127.0.0.1", int(os.environ["NAIVE_SMTP_PORT"]), timeout=HURRY.speak) as smtp:
        smtp.send_message(mail)


def storm_over_naive(seed: int, seconds: float) -> Outcome:
    """Run the storm of the product's seed over the naive way, and return its outcome."""
    mails = wanted_mails(seed, seconds)
    began: dict[str, float] = {}
    with folder() as home, hostile_sink(home, seed) as sink, own_valkey(home) as valkey:
        environment = {**os.environ, "NAIVE_BROKER": valkey.url, "NAIVE_SMTP_PORT": str(sink.port)}
        fleet = Fleet(home / "logs", environment, program=Path(__file__), pool=PREFORK)
        naive.conf.update(broker_url=valkey.url)

        def publish(mail: Wanted) -> None:
            while True:
                try:
                    send.apply_async((mail.address,), retry=False)
                    break
                except Exception:  # noqa: BLE001  (a broker that is away says so in many ways)
                    time.sleep(0.1)
            began[mail.address] = time.time()

        with ending(fleet):
            fleet.start(*WORKERS)
            fleet.wait_until_ready(*WORKERS)
            publishing = in_time(mails, time.time(), publish)
            weather = Weather(fleet, valkey, postgres=None)
            weather.blow(forecast(seed, seconds), until=time.monotonic() + seconds)
            publishing.join()
            quiet_after = wait_for_quiet(lambda: _is_quiet(fleet, sink, valkey.url), sink)
        return Outcome(
            name="Naive Celery",
            seconds=seconds,
            quiet_after=quiet_after,
            count=count(mails, began, sink.arrivals),
            faults=weather.happened,
            refusals=named(sink.failed),
        )


def _is_quiet(fleet: Fleet, sink: HostileSink, url: str) -> bool:
    """Whether nothing lies in the broker and nothing has arrived for a while."""
    fleet.mend()
    last = max((each.at for each in sink.arrivals), default=0.0)
    with redis.Redis.from_url(url) as broker:
        waiting = int(broker.llen("celery")) + int(broker.hlen("unacked"))
    return not waiting and time.time() - last > STILL_SECONDS


if __name__ == "__main__":
    naive.start(["--quiet", *sys.argv[1:]])
