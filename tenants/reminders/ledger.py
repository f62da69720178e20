"""The ledger's moves. Every one checks the fence, so that a worker that slept through its lease changes nothing.

pending > claimed > handing over > sent, or lapsed, held, dead; uncertain where the relay's answer was never heard;
bounced where a mail that was sent came back.
Leases run on the database's clock, everything people see on ours.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from tenants.reminders import rungs
from tenants.reminders.desk_models import DeskNotification
from tenants.reminders.mail import Mail
from tenants.reminders.models import Delivery, DeliveryState, MailKind, Notification, Reason
from tenants.scope import ChapterScope, NobodyScope, Scope, scope_of

LEASE = timedelta(minutes=2)
GRACE = timedelta(minutes=6)  # our sink forgets an idle sender after 5; only then can no late dot come any more
MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=6)
FIRST_PAUSE = timedelta(minutes=1)
KEPT = timedelta(days=400)
PLAIN = {"synchronize_session": False}

# A loose index scan: one step of the index a chapter, however many mails each of them has waiting.
WAITING_CHAPTERS = text("""
    with recursive chapter(id) as (
        (select chapter_id from deliveries where state = 'pending' and chapter_id is not null order by 1 limit 1)
        union all
        select (select d.chapter_id from deliveries d
                where d.state = 'pending' and d.chapter_id > chapter.id order by 1 limit 1)
        from chapter where chapter.id is not null
    )
    select id from chapter where exists (
        select from deliveries d where d.chapter_id = chapter.id and d.state = 'pending' and d.next_at <= :at
    ) order by random() limit :most
""")


@dataclass(frozen=True)
class Claim:
    """A delivery that this worker holds until its lease ends."""

    id: UUID
    chapter_id: UUID | None
    fence: int
    attempts: int

    @property
    def scope(self) -> Scope:
        """Whose rows the mail is made of; a letter about an account is nobody's."""
        return scope_of_mail(self.chapter_id)


def scope_of_mail(chapter_id: UUID | None) -> Scope:
    """Return the scope in which a delivery is worked on."""
    return ChapterScope(chapter_id, login="worker") if chapter_id else NobodyScope(login="worker")


def waiting(session: Session, *, at: datetime, most: int) -> list[UUID | None]:
    """Return up to `most` chapters, drawn by lot, that have mail waiting; first None where letters wait."""
    letter = select(Delivery.id).where(Delivery.chapter_id.is_(None), *_waits(at)).limit(1)
    chapters = session.scalars(WAITING_CHAPTERS, {"at": at, "most": most}).all()
    return [*([None] if session.scalar(letter) else []), *chapters]


def claim(session: Session, chapter_id: UUID | None, *, at: datetime, most: int) -> list[Claim]:
    """Claim up to `most` mails of one chapter, longest waiting first.

    None claims letters, which somebody waits for, and after them UN Women's own mails, which take longer to make.
    """
    here = Delivery.chapter_id == chapter_id if chapter_id else Delivery.chapter_id.is_(None)
    order = (Delivery.next_at,) if chapter_id else (Delivery.kind != MailKind.LETTER, Delivery.next_at)
    taken = select(Delivery.id).where(here, *_waits(at)).order_by(*order).limit(most)
    locked = taken.with_for_update(skip_locked=True).cte("locked")  # run once, which a plain sub-select need not be
    claimed = (
        update(Delivery)
        .where(Delivery.id.in_(select(locked.c.id)))
        .values(
            state=DeliveryState.CLAIMED,
            fence=Delivery.fence + 1,
            attempts=Delivery.attempts + 1,
            lease_until=_from_now(LEASE),
        )
        .returning(Delivery.id, Delivery.chapter_id, Delivery.fence, Delivery.attempts)
    )
    return [Claim(*row) for row in session.execute(claimed, execution_options=PLAIN)]


def claimed_delivery(session: Session, held: Claim) -> Delivery | None:
    """Return the delivery of a claim, or None when the claim has lapsed or is somebody else's by now."""
    return session.scalars(select(Delivery).where(Delivery.id == held.id, *_in_lease(held))).one_or_none()


def mark_handing_over(session: Session, held: Claim, mail: Mail, *, body_hash: bytes, at: datetime) -> bool:
    """Write that the final dot is about to be sent; False when the claim has lapsed, and then it must not be."""
    moved = _move(
        session,
        held.id,
        *_in_lease(held),
        state=DeliveryState.HANDING_OVER,
        handed_at=at,
        body_hash=body_hash,
        lease_until=_from_now(LEASE),
    )
    if moved:
        _move_twin(session, held.id, state=DeliveryState.HANDING_OVER, items=mail.items)
        if mail.carried:
            rungs.consume(session, mail.carried, delivery_id=held.id, at=at)
    return moved


def end(
    session: Session, held: Claim, state: DeliveryState, *, at: datetime, reason: Reason | None, code: int | None = None
) -> None:
    """Write how it ended: sent, lapsed, held or dead. What was sealed is blanked."""
    _end(session, held.id, _ours(held), state, at=at, reason=reason, smtp_code=code)


def put_back(session: Session, held: Claim, *, at: datetime, reason: Reason, code: int | None = None) -> None:
    """Let it be tried again after a pause that grows and is drawn by lot; dead after the last attempt."""
    if held.attempts >= MOST_ATTEMPTS:
        end(session, held, DeliveryState.DEAD, at=at, reason=reason, code=code)
        return
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**held.attempts)
    moved = _move(
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
        _move_twin(session, held.id, state=DeliveryState.PENDING, reason=reason)
        _untell(session, held.id)


def release(session: Session, held: Claim) -> None:
    """Give back what was claimed and not tried, at no cost to it."""
    _move(
        session,
        held.id,
        *_in_lease(held),
        state=DeliveryState.PENDING,
        attempts=Delivery.attempts - 1,
        lease_until=None,
    )


def leave_uncertain(session: Session, held: Claim, *, grace: timedelta = GRACE) -> None:
    """Write that the relay's answer to the final dot was never heard; after `grace` its fate can be looked into."""
    unheard: dict[str, Any] = {"state": DeliveryState.UNCERTAIN, "reason": Reason.ANSWER_NOT_HEARD}
    handing = (Delivery.fence == held.fence, Delivery.state == DeliveryState.HANDING_OVER)
    if _move(session, held.id, *handing, **unheard, lease_until=_from_now(grace)):
        _move_twin(session, held.id, **unheard)


def sweep(session: Session, *, at: datetime) -> None:
    """Let mails that a lost worker had claimed be claimed again: they were certainly not sent."""
    lapsed = update(Delivery).where(
        Delivery.state == DeliveryState.CLAIMED, Delivery.lease_until < func.clock_timestamp()
    )
    again = lapsed.values(state=DeliveryState.PENDING, next_at=at, lease_until=None, reason=Reason.WORKER_LOST)
    session.execute(again, execution_options=PLAIN)


def lapsed_handovers(session: Session, *, most: int) -> list[Claim]:
    """Return the claims of workers lost around the final dot; their mails may have been sent."""
    lapsed = select(Delivery.id, Delivery.chapter_id, Delivery.fence, Delivery.attempts).where(
        Delivery.state == DeliveryState.HANDING_OVER, Delivery.lease_until < func.clock_timestamp()
    )
    return [Claim(*row) for row in session.execute(lapsed.limit(most))]


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
        if _move(session, delivery.id, *still, state=DeliveryState.PENDING, next_at=at, lease_until=None):
            _move_twin(session, delivery.id, state=DeliveryState.PENDING, reason=Reason.ANSWER_NOT_HEARD)
            _untell(session, delivery.id)
        return
    state, reason = (DeliveryState.SENT, None) if found else (DeliveryState.HELD, Reason.ANSWER_NOT_HEARD)
    _end(session, delivery.id, still, state, at=at, reason=reason, smtp_code=None)


def bounce(session: Session, delivery_id: UUID, *, at: datetime) -> bool:
    """Write that a mail the relay had taken came back for good; False where it is not one that was sent.

    What it told was heard by nobody, so the next mail tells it.
    """
    ending: dict[str, Any] = {"state": DeliveryState.BOUNCED, "reason": Reason.ADDRESS_REFUSED, "done_at": at}
    if not _move(session, delivery_id, Delivery.state == DeliveryState.SENT, **ending):
        return False
    _move_twin(session, delivery_id, **ending)
    _untell(session, delivery_id)
    return True


def forget_old(session: Session, *, at: datetime) -> int:
    """Delete what ended more than KEPT ago and return how many rows; the chapter's inbox keeps what it was sent."""
    old = delete(Delivery).where(Delivery.done_at < at - KEPT).returning(Delivery.id)
    return len(session.execute(old, execution_options=PLAIN).all())


def _end(
    session: Session,
    delivery_id: UUID,
    conditions: Sequence[ColumnElement[bool]],
    state: DeliveryState,
    *,
    at: datetime,
    reason: Reason | None,
    smtp_code: int | None,
) -> None:
    ending: dict[str, Any] = {"state": state, "reason": reason, "done_at": at}
    if _move(session, delivery_id, *conditions, **ending, smtp_code=smtp_code, lease_until=None, sealed=None):
        _move_twin(session, delivery_id, **ending)
        if state is DeliveryState.DEAD:
            _untell(session, delivery_id)


def _move(session: Session, delivery_id: UUID, *conditions: ColumnElement[bool], **values: Any) -> bool:
    moved = update(Delivery).where(Delivery.id == delivery_id, *conditions).values(**values).returning(Delivery.id)
    return session.execute(moved, execution_options=PLAIN).one_or_none() is not None


def _move_twin(session: Session, delivery_id: UUID, **values: Any) -> None:
    in_chapter = isinstance(scope_of(session), ChapterScope)  # else a desk's mail, or a letter, which has no twin
    twins = Notification if in_chapter else DeskNotification
    moved = update(twins).where(twins.delivery_id == delivery_id).values(**values)
    session.execute(moved, execution_options=PLAIN)


def _untell(session: Session, delivery_id: UUID) -> None:
    """Let what a mail told be told by the next one: it was not taken."""
    if isinstance(scope_of(session), ChapterScope):
        rungs.give_back(session, delivery_id=delivery_id)


def _ours(held: Claim) -> tuple[ColumnElement[bool], ...]:
    """Pick what this worker claimed and nobody has claimed since. A late answer still tells what happened."""
    holding = (DeliveryState.CLAIMED, DeliveryState.HANDING_OVER, DeliveryState.UNCERTAIN)
    return Delivery.fence == held.fence, Delivery.state.in_(holding)


def _in_lease(held: Claim) -> tuple[ColumnElement[bool], ...]:
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
