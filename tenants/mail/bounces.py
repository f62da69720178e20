"""Mails that did not arrive: refused at once, or accepted by a mail server and returned later.

A mail server that returns a mail sends our sender a delivery status notification (RFC 3464) with the headers of the
mail. Its delivery is found by the Message-ID alone, which only we can make, so a forged notification finds nothing. The
text of a notification is not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tenants.mail import ledger
from tenants.mail.addresses import note_unreached
from tenants.mail.message_ids import Posted
from tenants.mail.models import Delivery, DeliveryState, MailKind, Reason
from tenants.mail.statuses import is_passing_status

LOOKED_BACK = timedelta(days=14)  # most mail servers give up after five days
A_ROUND = 1_000  # deliveries read at a time


@dataclass(frozen=True)
class Notice:
    """The content of a notification: the Message-IDs of the returned mails, and why they failed, if they did."""

    message_ids: frozenset[str]
    failure: Reason | None


@dataclass(frozen=True)
class Returned:
    """The fields of a returned delivery that are needed here."""

    id: UUID
    chapter_id: UUID | None
    kind: str
    subject_id: UUID
    local_day: date | None


def read_notice(raw: bytes) -> Notice | None:
    """Parse a mail as a delivery status notification. Return None if it is none or cannot be read."""
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        if mail.get_content_type() != "multipart/report":
            return None
        parts = [*mail.walk()]
        blocks = [
            block for part in parts if part.get_content_type() == "message/delivery-status" for block in _in(part)
        ]
        ids = frozenset(name for part in parts for name in _returned_ids(part))
    except Exception:  # noqa: BLE001  (mail from outside may be malformed in any way)
        return None
    failures = {_failure(block) for block in blocks}
    worst = (Reason.ADDRESS_REFUSED, Reason.MAILBOX_UNAVAILABLE)
    return Notice(ids, next((reason for reason in worst if reason in failures), None)) if blocks else None


def find_sent(
    session: Session, notice: Notice, message_id_of: Callable[[Posted], str], *, at: datetime
) -> Returned | None:
    """Return the delivery of a notification, among those sent in the last 14 days. `session` has a NobodyScope.

    The Message-ID is not stored, so it is computed for each of them. A hundred thousand take seconds, and bounces are
    few.
    """
    recent = (
        select(Delivery.id, Delivery.chapter_id, Delivery.kind, Delivery.subject_id, Delivery.local_day)
        .where(Delivery.state == DeliveryState.SENT, Delivery.handed_at >= at - LOOKED_BACK)
        .execution_options(yield_per=A_ROUND)
    )
    with closing(session.execute(recent)) as rows:
        deliveries = (Returned(*row) for row in rows)
        return next((delivery for delivery in deliveries if message_id_of(delivery) in notice.message_ids), None)


def take_back(session: Session, delivery: Returned, *, failure: Reason, at: datetime) -> bool:
    """Record that a mail was returned, and mark the address of a digest if needed. False if it was recorded before.

    `session` is bound to the scope of the mail.
    """
    if not ledger.bounce(session, delivery.id, reason=failure, at=at):
        return False
    mark_refused(session, delivery.id, at=at)
    return True


def mark_refused(session: Session, delivery_id: UUID, *, at: datetime) -> None:
    """Mark the address of a member whose digest was refused for good, or could not be taken on a second day.

    Other kinds of mail mark nothing.
    """
    digest = session.scalars(_failed_digests().where(Delivery.id == delivery_id)).one_or_none()
    if digest is None:
        return
    failed_at = digest.handed_at
    if digest.reason == Reason.MAILBOX_UNAVAILABLE:
        first = session.scalars(_earlier_failure(digest, at)).first()
        if first is None:
            return
        failed_at = first.done_at
    note_unreached(session, membership_id=digest.subject_id, sent_at=failed_at, at=at)


def _failed_digests() -> Select[Delivery]:
    return select(Delivery).where(
        Delivery.kind == MailKind.DIGEST,
        Delivery.state.in_((DeliveryState.DEAD, DeliveryState.BOUNCED)),
        Delivery.reason.in_((Reason.ADDRESS_REFUSED, Reason.MAILBOX_UNAVAILABLE)),
    )


def _earlier_failure(digest: Delivery, at: datetime) -> Select[Delivery]:
    """Select the latest digest of another day that the same mailbox could not take either, in the last 14 days."""
    other_days = _failed_digests().where(
        Delivery.subject_id == digest.subject_id,
        Delivery.local_day != digest.local_day,
        Delivery.reason == Reason.MAILBOX_UNAVAILABLE,
        Delivery.done_at >= at - LOOKED_BACK,
    )
    return other_days.order_by(Delivery.done_at.desc()).limit(1)


def _in(part: Message) -> list[Message]:
    """Return the blocks of a status. The first is about the mail, each of the others about a recipient."""
    blocks = part.get_payload()
    return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []


def _returned_ids(part: Message) -> Iterator[str]:
    """Yield the Message-IDs of the returned mail, of which a part holds either the whole or the headers."""
    if part.get_content_type() == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        headers = message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy.compat32)
        yield from _ids(headers)
    elif part.get_content_type() == "message/rfc822":
        for inner in _in(part):
            yield from _ids(inner)


def _ids(headers: Message) -> Iterator[str]:
    yield from ("".join(str(value).split()) for value in headers.get_all("Message-ID", []))


def _failure(block: Message) -> Reason | None:
    """Return why a mail failed, or None for a delay, a success or anything else."""
    action = str(block.get("Action", "")).partition(";")[0].strip().lower()
    status = str(block.get("Status", "")).strip()
    if action != "failed" or not status.startswith(("4.", "5.")):
        return None
    return Reason.MAILBOX_UNAVAILABLE if is_passing_status(status) else Reason.ADDRESS_REFUSED
