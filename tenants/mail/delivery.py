"""Send the mails that wait in the ledger, each of them once, even if a worker dies.

Claim, commit > make it from what is due now > offer it without the dot > mark as handing over, commit > dot > sent.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import database_is_away, opened, pooled_connection
from tenants.errors import SolidarityError
from tenants.mail import ledger
from tenants.mail.bounces import mark_refused
from tenants.mail.ledger import MailClaim
from tenants.mail.models import DeliveryState, Reason
from tenants.mail.outgoing import Mail, MakeMail, NothingToSend, Probe
from tenants.mail.relay import AnswerNotHeard, MailRefused, Relay, RelayAway
from tenants.scope import NobodyScope

CHAPTERS_A_ROUND = 500  # per query for waiting chapters, which reads each of them
CHAPTERS_A_CLAIM = 20
MAILS_A_CHAPTER = 5
LOOKED_INTO = 50
OF_A_LEASE = 0.25  # spent on mails claimed together; the rest is released, so that no claim lapses

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class MailSender:
    """The settings for sending: how to reach the relay, make a mail, and look up an uncertain one.

    Without `probe` an uncertain mail is held, because sending it again could duplicate it.
    """

    relay: Callable[[], Relay]
    make: MakeMail
    probe: Probe | None = None
    grace: timedelta = ledger.GRACE


class CouldNotBeMade(SolidarityError):
    """A mail cannot be made. The cause of the exception is the reason."""


def send_waiting(mail_sender: MailSender, *, seconds: float) -> int:
    """Send mails until none waits, the relay is away, or `seconds` have passed. Return how many were sent."""
    tidy(mail_sender)
    until, sent_count = time.monotonic() + seconds, 0
    with mail_sender.relay() as relay, pooled_connection("worker") as line:
        sender = Sender(mail_sender, relay, line)
        try:
            for chapters in _batches(line, until):
                relay.connect()
                sent_count += sender.send_some(chapters)
        except RelayAway as error:
            log.warning("mail.relay_away", said=str(error))
    return sent_count


def _batches(line: Connection, until: float) -> Iterator[Sequence[UUID | None]]:
    """Yield the ids of chapters with waiting mail in random order, a few at a time, until none waits or `until`."""
    while time.monotonic() < until:
        with _nobody(line) as session:
            chapters = ledger.chapters_waiting(session, at=clock.now(), limit=CHAPTERS_A_ROUND)
        if not chapters:
            return
        for first in range(0, len(chapters), CHAPTERS_A_CLAIM):
            if time.monotonic() < until:
                yield chapters[first : first + CHAPTERS_A_CLAIM]


def tidy(mail_sender: MailSender) -> None:
    """Recover mails of lost workers, and look up mails for which the relay's answer was not received."""
    with _nobody() as session:
        ledger.sweep(session, at=clock.now())
        claims = ledger.lapsed_handovers(session, limit=LOOKED_INTO)
    for claim in claims:
        with opened(claim.scope) as session:
            ledger.leave_uncertain(session, claim, grace=mail_sender.grace)
    with _nobody() as session:
        uncertain = [*ledger.uncertain(session, limit=LOOKED_INTO)]
        session.expunge_all()
    for delivery in uncertain:
        is_sent = mail_sender.probe(delivery) if mail_sender.probe else None
        with opened(ledger.scope_of_mail(delivery.chapter_id)) as session:
            ledger.resolve(session, delivery, is_sent=is_sent, at=clock.now())
        log.info("mail.resolved", delivery=str(delivery.id), found=is_sent)


@dataclass(frozen=True)
class Sender:
    """Sends mails over one connection to the relay and one to the database, both kept open."""

    mail_sender: MailSender
    relay: Relay
    line: Connection

    def send_some(self, chapters: Sequence[UUID | None]) -> int:
        """Send a few mails of each of some chapters. Release what was claimed and not tried."""
        with _nobody(self.line) as session:
            claims = ledger.claim(session, chapters, at=clock.now(), limit=MAILS_A_CHAPTER)
        until, sent_count, tried_count = time.monotonic() + ledger.LEASE.total_seconds() * OF_A_LEASE, 0, 0
        try:
            for claim in claims:
                if time.monotonic() > until:
                    break
                tried_count += 1
                sent_count += deliver(claim, self)
        except DBAPIError:
            tried_count = len(claims)  # their lease expires, which releases them
            raise
        finally:
            self._give_back(claims[tried_count:])
        return sent_count

    def opened(self, claim: MailClaim) -> AbstractContextManager[Session]:
        """Open the session in which a mail is made."""
        return opened(claim.scope, over=self.line)

    def _give_back(self, claims: Sequence[MailClaim]) -> None:
        for claim in claims:
            with opened(claim.scope) as session:
                ledger.release(session, claim)


def deliver(claim: MailClaim, sender: Sender) -> bool:
    """Send one claimed mail, or put it back. Return whether it was sent. Raises RelayAway."""
    try:
        if not _prepare(claim, sender):
            return False
        sender.relay.hand_over()
    except MailRefused as refusal:
        _settle_refused(claim, refusal)
        return False
    except AnswerNotHeard:
        with opened(claim.scope) as session:
            ledger.leave_uncertain(session, claim, grace=sender.mail_sender.grace)
        return False
    except RelayAway:
        with opened(claim.scope) as session:
            ledger.put_back(session, claim, at=clock.now(), reason=Reason.RELAY_BROKE_OFF)
        raise
    except CouldNotBeMade as error:
        log.error("mail.could_not_be_made", delivery=str(claim.id), error=type(error.__cause__).__name__)
        with opened(claim.scope) as session:
            ledger.put_back(session, claim, at=clock.now(), reason=Reason.COULD_NOT_BE_MADE)
        return False
    except BaseException:
        sender.relay.drop()  # no dot may follow any error
        raise
    with sender.opened(claim) as session:
        ledger.end(session, claim, DeliveryState.SENT, at=clock.now(), reason=None, code=250)
    return True


def _prepare(claim: MailClaim, sender: Sender) -> bool:
    """Make the mail, offer it and mark it, in one transaction. Return whether the dot may follow."""
    with sender.opened(claim) as session:
        mail = _made(session, claim, sender.mail_sender)
        if mail is None:
            return False
        sender.relay.offer(mail)
        body_hash = hashlib.sha256(mail.content).digest()
        is_marked = ledger.mark_handing_over(session, claim, mail, body_hash=body_hash, at=clock.now())
    if not is_marked:
        sender.relay.drop()
    return is_marked


def _made(session: Session, claim: MailClaim, mail_sender: MailSender) -> Mail | None:
    """Return the mail of a claim. If there is none to send, record the reason, return None. Raises CouldNotBeMade."""
    if claim.attempts > ledger.MOST_ATTEMPTS:  # this mail crashes its workers
        ledger.end(session, claim, DeliveryState.DEAD, at=clock.now(), reason=Reason.TOO_MANY_ATTEMPTS)
        return None
    try:
        return mail_sender.make(session, claim.delivery)
    except NothingToSend as outcome:
        ledger.end(session, claim, outcome.state, at=clock.now(), reason=outcome.reason)
    except Exception as error:  # an error in one mail must not stop the others
        if database_is_away(error):
            raise
        raise CouldNotBeMade from error
    return None


def _settle_refused(claim: MailClaim, refusal: MailRefused) -> None:
    is_last = refusal.for_good or (refusal.is_passing and claim.attempts >= ledger.MOST_ATTEMPTS)
    moment = clock.now()
    with opened(claim.scope) as session:
        if is_last:
            reason = Reason.MAILBOX_UNAVAILABLE if refusal.is_passing else Reason.ADDRESS_REFUSED
            ledger.end(session, claim, DeliveryState.DEAD, at=moment, reason=reason, code=refusal.code)
            mark_refused(session, claim.id, at=moment)
        else:
            ledger.put_back(session, claim, at=moment, reason=Reason.RELAY_REFUSED, code=refusal.code)


def _nobody(line: Connection | None = None) -> AbstractContextManager[Session]:
    return opened(NobodyScope(login="worker"), over=line)
