"""The naive sender, for comparison: a plain Celery task that sends with smtplib, acknowledges late and retries.

Only the broker knows which mails are to be sent, and nothing records which were sent. As a program it is the worker.
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
from harness.mail_server import MailServer
from harness.services import running_valkey, temporary_folder
from harness.worker_processes import PREFORK, WorkerProcesses
from storm.environment import WAITS, Outcome, begin_on_time, by_name, failing_mail_server, wait_for_quiet
from storm.fault_injection import FaultInjector, planned_faults
from storm.workload import ExpectedMail, count, expected_mails

WORKERS = ("worker-0", "worker-1")
STILL_SECONDS = 20.0  # without an arrival, when nothing is queued

naive = Celery("naive", broker=os.environ.get("NAIVE_BROKER"), set_as_current=False)
naive.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    visibility_timeout=WAITS.redeliver,
    broker_transport_options={
        "visibility_timeout": WAITS.redeliver,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    },
)


@naive.task(name="naive.send", autoretry_for=(Exception,), max_retries=None, retry_backoff=1, retry_backoff_max=2)
def send(address: str) -> None:
    """Send a mail to an address. Its Message-ID depends only on the address."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "reminders@solidarity.example", address, "A reminder"
    mail["Message-ID"] = f"<{address.partition('@')[0]}@solidarity.example>"
    mail.set_content("Something is due.")
    with smtplib.SMTP("127.0.0.1", int(os.environ["NAIVE_SMTP_PORT"]), timeout=WAITS.speak) as smtp:
        smtp.send_message(mail)


def storm_over_naive(seed: int, seconds: float) -> Outcome:
    """Run the naive sender with the mails and faults of a seed, as for the product, and return the outcome."""
    mails = expected_mails(seed, seconds)
    start_times: dict[str, float] = {}
    with (
        temporary_folder(room=0) as folder,
        failing_mail_server(folder, seed).listening() as server,
        running_valkey(folder) as valkey,
    ):
        environment = {**os.environ, "NAIVE_BROKER": valkey.url, "NAIVE_SMTP_PORT": str(server.port)}
        naive.conf.update(broker_url=valkey.url)

        def publish(mail: ExpectedMail) -> None:
            while True:
                try:
                    send.apply_async((mail.address,), retry=False)
                    break
                except Exception:  # noqa: BLE001  (an unavailable broker raises many kinds of errors)
                    time.sleep(0.1)
            start_times[mail.address] = time.time()

        with WorkerProcesses(folder / "logs", environment, program=Path(__file__), pool=PREFORK) as workers:
            workers.start(*WORKERS)
            workers.wait_until_ready(*WORKERS)
            thread = begin_on_time(mails, time.time(), publish)
            injector = FaultInjector(workers, valkey, postgres=None)
            injector.run(planned_faults(seed, seconds), until=time.monotonic() + seconds)
            thread.join()
            quiet_after = wait_for_quiet(lambda: _is_quiet(workers, server, valkey.url), server)
        return Outcome(
            name="Naive Celery",
            seconds=seconds,
            quiet_after=quiet_after,
            count=count(mails, start_times, server.arrivals),
            faults=injector.happened,
            refusals=by_name(server.failed),
        )


def _is_quiet(workers: WorkerProcesses, server: MailServer, url: str) -> bool:
    """Whether the broker is empty and no mail has arrived for STILL_SECONDS; restarts workers that have exited."""
    workers.restart_ended()
    last = max((arrival.at for arrival in server.arrivals), default=0.0)
    with redis.Redis.from_url(url) as broker:
        message_count = int(broker.llen("celery")) + int(broker.hlen("unacked"))
    return not message_count and time.time() - last > STILL_SECONDS


if __name__ == "__main__":
    naive.start(["--quiet", *sys.argv[1:]])
