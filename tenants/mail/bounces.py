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

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.mail import ledger
from tenants.mail.addresses import note_unreached
from tenants.mail.message_ids import Posted
from tenants.mail.models import Delivery, DeliveryState, MailKind, Reason

LOOKED_BACK = timedelta(days=14)  # most mail servers give up after five days
A_ROUND = 1_000  # deliveries read at a time


@dataclass(frozen=True)
class Notice:
    """The content of a notification: the Message-IDs of the returned mails, and whether the failure is final."""

    message_ids: frozenset[str]
    is_final: bool


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
    return Notice(ids, is_final=any(_is_final(block) for block in blocks)) if blocks else None


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


def take_back(session: Session, delivery: Returned, *, at: datetime) -> bool:
    """Record that a mail was returned for good, and mark the address of a digest. False if that was recorded before.

    `session` is bound to the scope of the mail.
    """
    if not ledger.bounce(session, delivery.id, at=at):
        return False
    mark_refused(session, delivery.id, at=at)
    return True


def mark_refused(session: Session, delivery_id: UUID, *, at: datetime) -> None:
    """Mark the address of a member whose digest was refused for good. Other kinds of mail mark nothing."""
    statement = select(Delivery.subject_id, Delivery.handed_at).where(
        Delivery.id == delivery_id,
        Delivery.kind == MailKind.DIGEST,
        Delivery.state.in_((DeliveryState.DEAD, DeliveryState.BOUNCED)),
        Delivery.reason == Reason.ADDRESS_REFUSED,
    )
    row = session.execute(statement).one_or_none()
    if row is not None:
        note_unreached(session, membership_id=row.subject_id, sent_at=row.handed_at, at=at)


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


def _is_final(block: Message) -> bool:
    action = str(block.get("Action", "")).partition(";")[0].strip().lower()
    return action == "failed" and str(block.get("Status", "")).strip().startswith("5.")
