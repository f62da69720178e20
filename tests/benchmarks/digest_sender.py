"""A process of the sending benchmark: it reads orders from standard input, and writes how long each took.

It does the work of the two tasks of workers/reminders.py, over the same application, without Celery.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import replace

import structlog
from sqlalchemy.orm import Session

from solidarity.app import create_app
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import Delivery
from tenants.mail.outgoing import Mail, MakeMail
from tenants.reminders.due import chapters_due, process_chapter
from tenants.scope import NobodyScope
from workers.reminders import CHAPTERS_A_TICK, make_mail_sender

LONGEST = 600.0


class Timed:
    """Makes mails, and adds up the seconds that this takes."""

    def __init__(self, make: MakeMail) -> None:
        self.make, self.seconds = make, 0.0

    def __call__(self, session: Session, delivery: Delivery) -> Mail:
        """Make a mail."""
        start = time.perf_counter()
        try:
            return self.make(session, delivery)
        finally:
            self.seconds += time.perf_counter() - start


def find(quiet_weeks: int) -> int:
    """Write the digests of all due chapters, and return their number."""
    count = 0
    while True:
        moment = clock.now()
        with opened(NobodyScope(login="worker")) as session:
            due = chapters_due(session, at=moment, limit=CHAPTERS_A_TICK)
        if not due:
            return count
        count += sum(process_chapter(chapter_id, at=moment, quiet_weeks=quiet_weeks) for chapter_id in due)


def answer(order: str, mail_sender: MailSender, timer: Timed, settings: Settings) -> dict[str, float]:
    """Execute an order. Return the number of digests, and the seconds in total and for making mails."""
    timer.seconds, start = 0.0, time.perf_counter()
    count = find(settings.quiet_weeks) if order == "find" else send_waiting(mail_sender, seconds=LONGEST)
    return {"done": count, "seconds": time.perf_counter() - start, "making": timer.seconds}


def main() -> None:
    """Answer each line of standard input with a line of JSON."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings()
    app = create_app(settings)
    with app.app_context():
        sender = make_mail_sender(app)
        timer = Timed(sender.make)
        mail_sender = replace(sender, make=timer)
        for line in sys.stdin:
            sys.stdout.write(json.dumps(answer(line.strip(), mail_sender, timer, settings)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
