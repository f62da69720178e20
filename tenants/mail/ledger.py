"""The transitions of the ledger. Each checks the fence, so that a worker whose lease has expired changes nothing.

pending > claimed > handing over > sent, or lapsed, held, dead. Uncertain if the relay's answer was not received.
Bounced if a sent mail was returned. Leases use the database's clock. All times that people see use ours.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from tenants.mail import consumption
from tenants.mail.desk_models import DeskNotification
from tenants.mail.models import Delivery, DeliveryState, MailKind, Notification, Reason
from tenants.mail.outgoing import Mail
from tenants.mail.statements import CLAIM, CLAIM_NOBODYS, END, MARK, WAITING_CHAPTERS, DeliveryUpdate
from tenants.scope import ChapterScope, NobodyScope, Scope, scope_of

LEASE = timedelta(minutes=2)
GRACE = timedelta(minutes=6)  # our mail sink drops an idle sender after 5; only then can no late dot arrive
MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=6)
FIRST_PAUSE = timedelta(minutes=1)
RETENTION = timedelta(days=400)
PLAIN = {"synchronize_session": False}
CLAIMED_STATES = (DeliveryState.CLAIMED, DeliveryState.HANDING_OVER, DeliveryState.UNCERTAIN)


@dataclass(frozen=True)
class MailClaim:
    """A delivery that this worker holds until its lease ends."""

    id: UUID
    chapter_id: UUID | None
    fence: int
    attempts: int
    delivery: Delivery = field(compare=False, repr=False)  # as it was claimed, detached from any session

    @classmethod
    def on(cls, row: Delivery) -> Self:
        """Return the claim of a claimed row."""
        return cls(row.id, row.chapter_id, row.fence, row.attempts, row)

    @property
    def scope(self) -> Scope:
        """The scope in which the mail is made. A letter about an account has no chapter."""
        return scope_of_mail(self.chapter_id)


def scope_of_mail(chapter_id: UUID | None) -> Scope:
    """Return the scope in which a delivery is processed."""
    return ChapterScope(chapter_id, login="worker") if chapter_id else NobodyScope(login="worker")


def chapters_waiting(session: Session, *, at: datetime, limit: int) -> list[UUID | None]:
    """Return up to `limit` chapters with waiting mail, in random order, after None if mail without a chapter waits."""
    letter = select(Delivery.id).where(Delivery.chapter_id.is_(None), *_waits(at)).limit(1)
    chapters = session.scalars(WAITING_CHAPTERS, {"at": at, "most": limit}).all()
    return [*([None] if session.scalar(letter) else []), *chapters]


def claim(session: Session, chapters: Sequence[UUID | None], *, at: datetime, limit: int) -> list[MailClaim]:
    """Claim up to `limit` mails of each of some chapters, longest waiting first.

    None claims letters, for which people wait, and after them UN Women's own mails, which take longer to make.
    """
    parameters = {"at": at, "most": limit, "lease": LEASE}
    rows = [*session.scalars(CLAIM, {**parameters, "chapters": [chapter_id for chapter_id in chapters if chapter_id]})]
    if None in chapters:
        rows += session.scalars(CLAIM_NOBODYS, parameters)
    session.expunge_all()  # other sessions read them
    place = {chapter_id: number for number, chapter_id in enumerate(chapters)}
    rows.sort(key=lambda row: (place[row.chapter_id], row.kind != MailKind.LETTER, row.next_at))
    return [MailClaim.on(row) for row in rows]


def mark_handing_over(session: Session, mail_claim: MailClaim, mail: Mail, *, body_hash: bytes, at: datetime) -> bool:
    """Record that the final dot is about to be sent. False if the claim has lapsed: then the dot must not be sent."""
    parameters = {"fence": mail_claim.fence, "at": at, "body_hash": body_hash, "lease": LEASE, "items": mail.items}
    is_marked = _run_with_copy(session, MARK, mail_claim.id, parameters)
    if is_marked and mail.to_consume:
        consumption.consume(session, mail.to_consume, delivery_id=mail_claim.id, at=at)
    return is_marked


def end(
    session: Session,
    mail_claim: MailClaim,
    state: DeliveryState,
    *,
    at: datetime,
    reason: Reason | None,
    code: int | None = None,
) -> None:
    """Record the final state: sent, lapsed, held or dead. Deletes sealed contents. A late answer is still recorded."""
    _end_delivery(session, mail_claim.id, mail_claim.fence, CLAIMED_STATES, state, at=at, reason=reason, code=code)


def put_back(session: Session, mail_claim: MailClaim, *, at: datetime, reason: Reason, code: int | None = None) -> None:
    """Retry it after a random pause that grows with each attempt. It is dead after the last attempt."""
    if mail_claim.attempts >= MOST_ATTEMPTS:
        end(session, mail_claim, DeliveryState.DEAD, at=at, reason=reason, code=code)
        return
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**mail_claim.attempts)
    is_updated = _update_delivery(
        session,
        mail_claim.id,
        *_ours(mail_claim),
        state=DeliveryState.PENDING,
        next_at=at + longest * random.random(),  # noqa: S311  (jitter, not a secret)
        lease_until=None,
        reason=reason,
        smtp_code=code,
    )
    if is_updated:
        _update_copy(session, mail_claim.id, state=DeliveryState.PENDING, reason=reason)
        _retract(session, mail_claim.id)


def release(session: Session, mail_claim: MailClaim) -> None:
    """Release a claimed mail that was not tried. The attempt is not counted."""
    _update_delivery(
        session,
        mail_claim.id,
        *_in_lease(mail_claim),
        state=DeliveryState.PENDING,
        attempts=Delivery.attempts - 1,
        lease_until=None,
    )


def leave_uncertain(session: Session, mail_claim: MailClaim, *, grace: timedelta = GRACE) -> None:
    """Record that the relay's answer to the final dot was not received. After `grace` the mail can be looked up."""
    values: dict[str, Any] = {"state": DeliveryState.UNCERTAIN, "reason": Reason.ANSWER_NOT_HEARD}
    conditions = (Delivery.fence == mail_claim.fence, Delivery.state == DeliveryState.HANDING_OVER)
    if _update_delivery(session, mail_claim.id, *conditions, **values, lease_until=_from_now(grace)):
        _update_copy(session, mail_claim.id, **values)


def sweep(session: Session, *, at: datetime) -> None:
    """Make the claims of lost workers available again. Their mails were certainly not sent."""
    lapsed_claims = update(Delivery).where(
        Delivery.state == DeliveryState.CLAIMED, Delivery.lease_until < func.clock_timestamp()
    )
    statement = lapsed_claims.values(
        state=DeliveryState.PENDING, next_at=at, lease_until=None, reason=Reason.WORKER_LOST
    )
    session.execute(statement, execution_options=PLAIN)


def lapsed_handovers(session: Session, *, limit: int) -> list[MailClaim]:
    """Return the claims of workers lost around the final dot. Their mails may have been sent."""
    statement = select(Delivery).where(
        Delivery.state == DeliveryState.HANDING_OVER, Delivery.lease_until < func.clock_timestamp()
    )
    rows = session.scalars(statement.limit(limit)).all()
    session.expunge_all()
    return [MailClaim.on(row) for row in rows]


def uncertain(session: Session, *, limit: int) -> Sequence[Delivery]:
    """Return uncertain deliveries that can be looked up now, because no worker can still send their dot."""
    ripe = select(Delivery).where(
        Delivery.state == DeliveryState.UNCERTAIN, Delivery.lease_until < func.clock_timestamp()
    )
    return session.scalars(ripe.order_by(Delivery.lease_until).limit(limit)).all()


def resolve(session: Session, delivery: Delivery, *, is_sent: bool | None, at: datetime) -> None:
    """Settle an uncertain delivery. `is_sent` is whether the relay has it, or None if unknown: then it is held."""
    still = (Delivery.state == DeliveryState.UNCERTAIN, Delivery.fence == delivery.fence)
    if is_sent is False:
        if _update_delivery(session, delivery.id, *still, state=DeliveryState.PENDING, next_at=at, lease_until=None):
            _update_copy(session, delivery.id, state=DeliveryState.PENDING, reason=Reason.ANSWER_NOT_HEARD)
            _retract(session, delivery.id)
        return
    state, reason = (DeliveryState.SENT, None) if is_sent else (DeliveryState.HELD, Reason.ANSWER_NOT_HEARD)
    states = (DeliveryState.UNCERTAIN,)
    _end_delivery(session, delivery.id, delivery.fence, states, state, at=at, reason=reason, code=None)


def bounce(session: Session, delivery_id: UUID, *, reason: Reason, at: datetime) -> bool:
    """Record that a sent mail was returned. False if the mail is not in the state sent.

    Its rungs and pauses are given back, so that the next mail has them.
    """
    ending: dict[str, Any] = {"state": DeliveryState.BOUNCED, "reason": reason, "done_at": at}
    if not _update_delivery(session, delivery_id, Delivery.state == DeliveryState.SENT, **ending):
        return False
    _update_copy(session, delivery_id, **ending)
    _retract(session, delivery_id)
    return True


def forget_old(session: Session, *, at: datetime) -> int:
    """Delete deliveries that ended more than RETENTION ago. Return how many. The chapter's inbox copies stay."""
    old = delete(Delivery).where(Delivery.done_at < at - RETENTION).returning(Delivery.id)
    return len(session.execute(old, execution_options=PLAIN).all())


def _end_delivery(
    session: Session,
    delivery_id: UUID,
    fence: int,
    states: Sequence[DeliveryState],
    state: DeliveryState,
    *,
    at: datetime,
    reason: Reason | None,
    code: int | None,
) -> None:
    parameters = {"fence": fence, "states": [*states], "state": state, "at": at, "reason": reason, "code": code}
    if _run_with_copy(session, END, delivery_id, parameters) and state is DeliveryState.DEAD:
        _retract(session, delivery_id)


def _run_with_copy(session: Session, statements: DeliveryUpdate, delivery_id: UUID, parameters: dict[str, Any]) -> bool:
    scope = scope_of(session)
    chapter_id = scope.chapter_id if isinstance(scope, ChapterScope) else None
    statement = statements.in_chapter if chapter_id else statements.nobodys
    row = session.execute(
        statement, {**parameters, "id": delivery_id, **({"chapter": chapter_id} if chapter_id else {})}
    )
    return row.one_or_none() is not None


def _update_delivery(session: Session, delivery_id: UUID, *conditions: ColumnElement[bool], **values: Any) -> bool:
    statement = update(Delivery).where(Delivery.id == delivery_id, *conditions).values(**values).returning(Delivery.id)
    return session.execute(statement, execution_options=PLAIN).one_or_none() is not None


def _update_copy(session: Session, delivery_id: UUID, **values: Any) -> None:
    in_chapter = isinstance(scope_of(session), ChapterScope)  # else a desk mail, or a letter, which has no copy
    copies = Notification if in_chapter else DeskNotification
    statement = update(copies).where(copies.delivery_id == delivery_id).values(**values)
    session.execute(statement, execution_options=PLAIN)


def _retract(session: Session, delivery_id: UUID) -> None:
    """Give back the rungs and pauses of a mail that was not accepted, so that the next one has them."""
    if isinstance(scope_of(session), ChapterScope):
        consumption.give_back(session, delivery_id=delivery_id)


def _ours(mail_claim: MailClaim) -> tuple[ColumnElement[bool], ...]:
    """Match the delivery until another worker claims it. A late answer is still recorded."""
    return Delivery.fence == mail_claim.fence, Delivery.state.in_(CLAIMED_STATES)


def _in_lease(mail_claim: MailClaim) -> tuple[ColumnElement[bool], ...]:
    """Match the delivery while this worker may still send its final dot."""
    return (
        Delivery.fence == mail_claim.fence,
        Delivery.state == DeliveryState.CLAIMED,
        Delivery.lease_until > func.clock_timestamp(),
    )


def _waits(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Delivery.state == DeliveryState.PENDING, Delivery.next_at <= at


def _from_now(span: timedelta) -> ColumnElement[datetime]:
    return func.clock_timestamp() + span
