"""The ledger's moves. Every one checks the fence, so that a worker that slept through its lease changes nothing.

pending > claimed > handing over > sent, or lapsed, held, dead; uncertain where the relay's answer was never heard;
bounced where a mail that was sent came back.
Leases run on the database's clock, everything people see on ours.
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
from tenants.mail.statements import CLAIM, CLAIM_NOBODYS, END, MARK, WAITING_CHAPTERS, Move
from tenants.scope import ChapterScope, NobodyScope, Scope, scope_of

LEASE = timedelta(minutes=2)
GRACE = timedelta(minutes=6)  # our sink forgets an idle sender after 5; only then can no late dot come any more
MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=6)
FIRST_PAUSE = timedelta(minutes=1)
KEPT = timedelta(days=400)
PLAIN = {"synchronize_session": False}
OURS = (DeliveryState.CLAIMED, DeliveryState.HANDING_OVER, DeliveryState.UNCERTAIN)


@dataclass(frozen=True)
class MailClaim:
    """A delivery that this worker holds until its lease ends."""

    id: UUID
    chapter_id: UUID | None
    fence: int
    attempts: int
    delivery: Delivery = field(compare=False, repr=False)  # as it was claimed, read in no session

    @classmethod
    def on(cls, row: Delivery) -> Self:
        """Return the claim that a row of the ledger says is held."""
        return cls(row.id, row.chapter_id, row.fence, row.attempts, row)

    @property
    def scope(self) -> Scope:
        """Whose rows the mail is made of; a letter about an account is nobody's."""
        return scope_of_mail(self.chapter_id)


def scope_of_mail(chapter_id: UUID | None) -> Scope:
    """Return the scope in which a delivery is worked on."""
    return ChapterScope(chapter_id, login="worker") if chapter_id else NobodyScope(login="worker")


def chapters_waiting(session: Session, *, at: datetime, most: int) -> list[UUID | None]:
    """Return up to `most` chapters, drawn by lot, that have mail waiting; first None where letters wait."""
    letter = select(Delivery.id).where(Delivery.chapter_id.is_(None), *_waits(at)).limit(1)
    chapters = session.scalars(WAITING_CHAPTERS, {"at": at, "most": most}).all()
    return [*([None] if session.scalar(letter) else []), *chapters]


def claim(session: Session, chapters: Sequence[UUID | None], *, at: datetime, most: int) -> list[MailClaim]:
    """Claim up to `most` mails of each of some chapters, longest waiting first.

    None claims letters, which somebody waits for, and after them UN Women's own mails, which take longer to make.
    """
    asked = {"at": at, "most": most, "lease": LEASE}
    claimed = [*session.scalars(CLAIM, {**asked, "chapters": [each for each in chapters if each]})]
    if None in chapters:
        claimed += session.scalars(CLAIM_NOBODYS, asked)
    session.expunge_all()  # they are read in other sessions
    place = {chapter_id: number for number, chapter_id in enumerate(chapters)}
    claimed.sort(key=lambda row: (place[row.chapter_id], row.kind != MailKind.LETTER, row.next_at))
    return [MailClaim.on(row) for row in claimed]


def mark_handing_over(session: Session, held: MailClaim, mail: Mail, *, body_hash: bytes, at: datetime) -> bool:
    """Write that the final dot is about to be sent; False when the claim has lapsed, and then it must not be."""
    asked = {"fence": held.fence, "at": at, "body_hash": body_hash, "lease": LEASE, "items": mail.items}
    moved = _run_with_twin(session, MARK, held.id, asked)
    if moved and mail.carried:
        consumption.consume(session, mail.carried, delivery_id=held.id, at=at)
    return moved


def end(
    session: Session,
    held: MailClaim,
    state: DeliveryState,
    *,
    at: datetime,
    reason: Reason | None,
    code: int | None = None,
) -> None:
    """Write how it ended: sent, lapsed, held or dead. What was sealed is blanked. A late answer still says it."""
    _end_delivery(session, held.id, held.fence, OURS, state, at=at, reason=reason, code=code)


def put_back(session: Session, held: MailClaim, *, at: datetime, reason: Reason, code: int | None = None) -> None:
    """Let it be tried again after a pause that grows and is drawn by lot; dead after the last attempt."""
    if held.attempts >= MOST_ATTEMPTS:
        end(session, held, DeliveryState.DEAD, at=at, reason=reason, code=code)
        return
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**held.attempts)
    moved = _update_delivery(
        session,
        held.id,
        *_ours(held),
        state=DeliveryState.PENDING,
        next_at=at + longest * random.random(),  # noqa: S311  (a lot, not a secret)
        lease_until=None,
        reason=reason,
        smtp_code=code,
    )
    if moved:
        _update_twin(session, held.id, state=DeliveryState.PENDING, reason=reason)
        _untell(session, held.id)


def release(session: Session, held: MailClaim) -> None:
    """Give back what was claimed and not tried, at no cost to it."""
    _update_delivery(
        session,
        held.id,
        *_in_lease(held),
        state=DeliveryState.PENDING,
        attempts=Delivery.attempts - 1,
        lease_until=None,
    )


def leave_uncertain(session: Session, held: MailClaim, *, grace: timedelta = GRACE) -> None:
    """Write that the relay's answer to the final dot was never heard; after `grace` its fate can be looked into."""
    unheard: dict[str, Any] = {"state": DeliveryState.UNCERTAIN, "reason": Reason.ANSWER_NOT_HEARD}
    handing = (Delivery.fence == held.fence, Delivery.state == DeliveryState.HANDING_OVER)
    if _update_delivery(session, held.id, *handing, **unheard, lease_until=_from_now(grace)):
        _update_twin(session, held.id, **unheard)


def sweep(session: Session, *, at: datetime) -> None:
    """Let mails that a lost worker had claimed be claimed again: they were certainly not sent."""
    lapsed = update(Delivery).where(
        Delivery.state == DeliveryState.CLAIMED, Delivery.lease_until < func.clock_timestamp()
    )
    again = lapsed.values(state=DeliveryState.PENDING, next_at=at, lease_until=None, reason=Reason.WORKER_LOST)
    session.execute(again, execution_options=PLAIN)


def lapsed_handovers(session: Session, *, most: int) -> list[MailClaim]:
    """Return the claims of workers lost around the final dot; their mails may have been sent."""
    lapsed = select(Delivery).where(
        Delivery.state == DeliveryState.HANDING_OVER, Delivery.lease_until < func.clock_timestamp()
    )
    rows = session.scalars(lapsed.limit(most)).all()
    session.expunge_all()
    return [MailClaim.on(row) for row in rows]


def uncertain(session: Session, *, most: int) -> Sequence[Delivery]:
    """Return deliveries whose fate can be looked into by now: no worker can still send their dot."""
    ripe = select(Delivery).where(
        Delivery.state == DeliveryState.UNCERTAIN, Delivery.lease_until < func.clock_timestamp()
    )
    return session.scalars(ripe.order_by(Delivery.lease_until).limit(most)).all()


def resolve(session: Session, delivery: Delivery, *, found: bool | None, at: datetime) -> None:
    """Settle an uncertain delivery: the relay has it, has it not, or cannot be asked (None: then it is held)."""
    still = (Delivery.state == DeliveryState.UNCERTAIN, Delivery.fence == delivery.fence)
    if found is False:
        if _update_delivery(session, delivery.id, *still, state=DeliveryState.PENDING, next_at=at, lease_until=None):
            _update_twin(session, delivery.id, state=DeliveryState.PENDING, reason=Reason.ANSWER_NOT_HEARD)
            _untell(session, delivery.id)
        return
    state, reason = (DeliveryState.SENT, None) if found else (DeliveryState.HELD, Reason.ANSWER_NOT_HEARD)
    unheard = (DeliveryState.UNCERTAIN,)
    _end_delivery(session, delivery.id, delivery.fence, unheard, state, at=at, reason=reason, code=None)


def bounce(session: Session, delivery_id: UUID, *, at: datetime) -> bool:
    """Write that a mail the relay had taken came back for good; False where it is not one that was sent.

    What it told was heard by nobody, so the next mail tells it.
    """
    ending: dict[str, Any] = {"state": DeliveryState.BOUNCED, "reason": Reason.ADDRESS_REFUSED, "done_at": at}
    if not _update_delivery(session, delivery_id, Delivery.state == DeliveryState.SENT, **ending):
        return False
    _update_twin(session, delivery_id, **ending)
    _untell(session, delivery_id)
    return True


def forget_old(session: Session, *, at: datetime) -> int:
    """Delete what ended more than KEPT ago and return how many rows; the chapter's inbox keeps what it was sent."""
    old = delete(Delivery).where(Delivery.done_at < at - KEPT).returning(Delivery.id)
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
    asked = {"fence": fence, "states": [*states], "state": state, "at": at, "reason": reason, "code": code}
    if _run_with_twin(session, END, delivery_id, asked) and state is DeliveryState.DEAD:
        _untell(session, delivery_id)


def _run_with_twin(session: Session, move: Move, delivery_id: UUID, asked: dict[str, Any]) -> bool:
    scope = scope_of(session)
    chapter_id = scope.chapter_id if isinstance(scope, ChapterScope) else None
    statement = move.in_chapter if chapter_id else move.nobodys
    row = session.execute(statement, {**asked, "id": delivery_id, **({"chapter": chapter_id} if chapter_id else {})})
    return row.one_or_none() is not None


def _update_delivery(session: Session, delivery_id: UUID, *conditions: ColumnElement[bool], **values: Any) -> bool:
    moved = update(Delivery).where(Delivery.id == delivery_id, *conditions).values(**values).returning(Delivery.id)
    return session.execute(moved, execution_options=PLAIN).one_or_none() is not None


def _update_twin(session: Session, delivery_id: UUID, **values: Any) -> None:
    in_chapter = isinstance(scope_of(session), ChapterScope)  # else a desk's mail, or a letter, which has no twin
    twins = Notification if in_chapter else DeskNotification
    moved = update(twins).where(twins.delivery_id == delivery_id).values(**values)
    session.execute(moved, execution_options=PLAIN)


def _untell(session: Session, delivery_id: UUID) -> None:
    """Let what a mail told be told by the next one: it was not taken."""
    if isinstance(scope_of(session), ChapterScope):
        consumption.give_back(session, delivery_id=delivery_id)


def _ours(held: MailClaim) -> tuple[ColumnElement[bool], ...]:
    """Pick what this worker claimed and nobody has claimed since. A late answer still tells what happened."""
    return Delivery.fence == held.fence, Delivery.state.in_(OURS)


def _in_lease(held: MailClaim) -> tuple[ColumnElement[bool], ...]:
    """Pick what this worker may still bring to the final dot."""
    return (
        Delivery.fence == held.fence,
        Delivery.state == DeliveryState.CLAIMED,
        Delivery.lease_until > func.clock_timestamp(),
    )


def _waits(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Delivery.state == DeliveryState.PENDING, Delivery.next_at <= at


def _from_now(span: timedelta) -> ColumnElement[datetime]:
    return func.clock_timestamp() + span
