"""Tasks for reminders: write the mails that are due, and send them. Beat and the web (after a commit) enqueue both."""

from __future__ import annotations

from flask import Flask, current_app
from sqlalchemy.orm import Session

from solidarity.settings import Settings
from tenants import clock
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.lookup import delivery_lookup
from tenants.mail.relay import Relay
from tenants.reminders.desk.due import process_reader, readers_due
from tenants.reminders.due import chapters_due, process_chapter
from workers.base import platform_task
from workers.emails.writing import Writer

CHAPTERS_A_TICK = 500
READERS_A_TICK = 20  # a mail to the desk reads many chapters
SECONDS_OF_SENDING = 30.0


@platform_task
def tick(session: Session) -> int:
    """Write the digests of chapters and the mails to UN Women's desk whose morning has come; return how many."""
    settings: Settings = current_app.extensions["settings"]
    moment = clock.now()
    due = chapters_due(session, at=moment, limit=CHAPTERS_A_TICK)
    readers = readers_due(session, at=moment, limit=READERS_A_TICK)
    session.commit()  # the scan is over; each chapter has a transaction of its own
    mail_count = sum(process_chapter(chapter_id, at=moment, quiet_weeks=settings.quiet_weeks) for chapter_id in due)
    mail_count += sum(process_reader(user_id, at=moment, quiet_weeks=settings.quiet_weeks) for user_id in readers)
    if mail_count:
        send_mail.delay()
    if len(due) == CHAPTERS_A_TICK:  # more may be due, and need not wait for the next tick of beat
        tick.delay()
    return mail_count


@platform_task
def send_mail(_session: Session) -> int:
    """Send the mails that wait in the ledger; return how many were sent. Every mail has its own transactions."""
    return send_waiting(make_mail_sender(current_app), seconds=SECONDS_OF_SENDING)


def make_mail_sender(flask_app: Flask) -> MailSender:
    """Return the mail sender of an application, created on first use.

    Only our own sink can be asked what became of a mail; another relay cannot.
    """
    mail_sender: MailSender | None = flask_app.extensions.get("post_office")
    if mail_sender is None:
        settings: Settings = flask_app.extensions["settings"]
        writer = Writer(flask_app)
        mail_sender = flask_app.extensions["post_office"] = MailSender(
            relay=lambda: Relay(settings.smtp_url.get_secret_value(), sender=settings.mail_from),
            make=writer.write,
            probe=delivery_lookup(settings.outbox_dir, writer.message_id) if settings.outbox_dir else None,
        )
    return mail_sender
