"""`solidarity bounce`: processes a bounced mail that a mail server pipes in."""

from __future__ import annotations

from solidarity.app import create_app
from solidarity.database.engines import opened_application
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.mail.bounces import Notice, find_sent, read_notice, take_back
from tenants.mail.ledger import scope_of_mail
from tenants.mail.message_ids import message_ids
from tenants.mail.models import MailKind, Reason
from tenants.scope import NobodyScope

LARGEST = 2 * 1024**2  # bytes; our mails have less than 20 kB, and a bounce adds about a page


def take(settings: Settings, raw: bytes) -> str:
    """Process one bounced mail, and return the result as a sentence without names or addresses."""
    if len(raw) > LARGEST:
        return "Ignored: it is larger than any notification about a mail of ours."
    notice = read_notice(raw)
    if notice is None:
        return "Ignored: this is no delivery status notification (RFC 3464)."
    if notice.failure is None:
        return "Ignored: it tells of no final failure."
    if not notice.message_ids:
        return "Ignored: it does not say which mail it is about."
    with opened_application(create_app(settings)):
        return _taken(settings, notice, notice.failure)


def _taken(settings: Settings, notice: Notice, failure: Reason) -> str:
    name = message_ids(secret_key=settings.secret_key.get_secret_value(), mail_from=settings.mail_from)
    with opened(NobodyScope(login="worker")) as session:
        delivery = find_sent(session, notice, name, at=clock.now())
    if delivery is None:
        return "Ignored: it is about no mail that was sent from here in the last 14 days."
    with opened(scope_of_mail(delivery.chapter_id)) as session:
        if not take_back(session, delivery, failure=failure, at=clock.now()):
            return "Ignored: that this mail came back was written down before."
    if delivery.kind == MailKind.DIGEST and failure == Reason.MAILBOX_UNAVAILABLE:
        return "Written down: the mail came back. Its address is marked if another one comes back on another day."
    if delivery.kind == MailKind.DIGEST:
        return "Written down: the mail came back, and its address is marked until somebody sees to it."
    return "Written down: the mail came back."
