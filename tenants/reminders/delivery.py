"""Send what waits in the ledger: each mail once, whoever dies on the way.

claimed, committed > made from what is due now > offered without its dot > handing over, committed > the dot > sent.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import opened
from tenants.reminders import ledger
from tenants.reminders.bounces import mark_refused
from tenants.reminders.ledger import Claim
from tenants.reminders.mail import Mail, MakeMail, NothingToSend, Probe
from tenants.reminders.models import DeliveryState, Reason
from tenants.reminders.relay import AnswerNotHeard, MailRefused, Relay, RelayAway
from tenants.scope import NobodyScope

CHAPTERS_A_ROUND = 50
MAILS_A_CHAPTER = 5
LOOKED_INTO = 50

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PostOffice:
    """What sending needs: how to reach the relay, how to make a mail, how to ask what became of one.

    Without `probe` an uncertain mail is held, since a second one may be one too many.
    """

    relay: Callable[[], Relay]
    make: MakeMail
    probe: Probe | None = None
    grace: timedelta = ledger.GRACE


def send_waiting(office: PostOffice, *, seconds: float) -> int:
    """Send what waits until nothing does, the relay is away, or `seconds` have passed; return how many went out."""
    tidy(office)
    until, sent = time.monotonic() + seconds, 0
    with office.relay() as relay:
        try:
            while time.monotonic() < until and (round_ := _waiting()):
                relay.connect()
                sent += sum(_send_some(office, relay, chapter_id) for chapter_id in round_)
        except RelayAway as away:
            log.warning("mail.relay_away", said=str(away))
    return sent


def tidy(office: PostOffice) -> None:
    """See to what lost workers left behind, and look into mails whose answer was never heard."""
    with _nobody() as session:
        ledger.sweep(session, at=clock.now())
        lapsed = ledger.lapsed_handovers(session, most=LOOKED_INTO)
    for held in lapsed:
        with opened(held.scope) as session:
            ledger.leave_uncertain(session, held, grace=office.grace)
    with _nobody() as session:
        uncertain = [*ledger.uncertain(session, most=LOOKED_INTO)]
        session.expunge_all()
    for delivery in uncertain:
        found = office.probe(delivery) if office.probe else None
        with opened(ledger.scope_of_mail(delivery.chapter_id)) as session:
            ledger.resolve(session, delivery, found=found, at=clock.now())
        log.info("mail.resolved", delivery=str(delivery.id), found=found)


def _waiting() -> list[UUID | None]:
    with _nobody() as session:
        return ledger.waiting(session, at=clock.now(), most=CHAPTERS_A_ROUND)


def _send_some(office: PostOffice, relay: Relay, chapter_id: UUID | None) -> int:
    """Send a few mails of one chapter; give back what was claimed when the relay goes away."""
    with _nobody() as session:
        claims = ledger.claim(session, chapter_id, at=clock.now(), most=MAILS_A_CHAPTER)
    sent = 0
    for number, held in enumerate(claims):
        try:
            sent += deliver(held, office, relay)
        except RelayAway:
            for untried in claims[number + 1 :]:
                with opened(untried.scope) as session:
                    ledger.release(session, untried)
            raise
    return sent


def deliver(held: Claim, office: PostOffice, relay: Relay) -> bool:
    """Bring one claimed mail to its end, or put it back; return whether it went out. Passes RelayAway on."""
    try:
        if not _prepare(held, office, relay):
            return False
        relay.hand_over()
    except MailRefused as refusal:
        _settle_refused(held, refusal)
        return False
    except AnswerNotHeard:
        with opened(held.scope) as session:
            ledger.leave_uncertain(session, held, grace=office.grace)
        return False
    except RelayAway:
        with opened(held.scope) as session:
            ledger.put_back(session, held, at=clock.now(), reason=Reason.RELAY_BROKE_OFF)
        raise
    except BaseException:
        relay.drop()  # whatever happened, no dot must follow
        raise
    with opened(held.scope) as session:
        ledger.end(session, held, DeliveryState.SENT, at=clock.now(), reason=None, code=250)
    return True


def _prepare(held: Claim, office: PostOffice, relay: Relay) -> bool:
    """Make the mail, offer it, and mark it, in one transaction; return whether the dot may follow."""
    with opened(held.scope) as session:
        mail = _made(session, held, office)
        if mail is None:
            return False
        relay.offer(mail)
        body_hash = hashlib.sha256(mail.content).digest()
        marked = ledger.mark_handing_over(session, held, mail, body_hash=body_hash, at=clock.now())
    if not marked:
        relay.drop()
    return marked


def _made(session: Session, held: Claim, office: PostOffice) -> Mail | None:
    """Return the mail of a claim; where there is none to send, write why and return None."""
    delivery = ledger.claimed_delivery(session, held)
    if delivery is None:
        return None
    if held.attempts > ledger.MOST_ATTEMPTS:  # it takes its workers down with it
        ledger.end(session, held, DeliveryState.DEAD, at=clock.now(), reason=Reason.TOO_MANY_ATTEMPTS)
        return None
    try:
        with session.begin_nested():
            return office.make(session, delivery)
    except NothingToSend as nothing:
        ledger.end(session, held, nothing.state, at=clock.now(), reason=nothing.reason)
    except Exception as error:  # noqa: BLE001  (a mail that cannot be made must not stop the others)
        log.error("mail.could_not_be_made", delivery=str(held.id), error=type(error).__name__)
        ledger.put_back(session, held, at=clock.now(), reason=Reason.COULD_NOT_BE_MADE)
    return None


def _settle_refused(held: Claim, refusal: MailRefused) -> None:
    with opened(held.scope) as session:
        if refusal.for_good:
            moment = clock.now()
            ledger.end(session, held, DeliveryState.DEAD, at=moment, reason=Reason.ADDRESS_REFUSED, code=refusal.code)
            mark_refused(session, held.id, at=moment)
        else:
            ledger.put_back(session, held, at=clock.now(), reason=Reason.RELAY_REFUSED, code=refusal.code)


def _nobody() -> AbstractContextManager[Session]:
    return opened(NobodyScope(login="worker"))
