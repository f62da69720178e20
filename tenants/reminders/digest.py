"""What a digest says, read at the moment it is handed over: what was done meanwhile is not in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.models import Obligation
from tenants.obligations.queries import obligations_due
from tenants.people.models import Invitation, Membership
from tenants.reminders.mail import NothingToSend
from tenants.reminders.models import Delivery, DeliveryState, Reason


@dataclass(frozen=True)
class Digest:
    """What one person of one chapter owes today, and beside it what the whole chapter owes."""

    chapter: Chapter
    member: Membership
    today: date
    obligations: list[Obligation]
    everything: list[Obligation]


def read_digest(session: Session, delivery: Delivery, *, at: datetime, quiet_weeks: int) -> Digest:
    """Return the digest of a delivery of the bound chapter.

    Raises NothingToSend: held when the person has left, lapsed when nothing is left to say.
    """
    chapter = session.scalars(select(Chapter)).one()
    member = session.scalars(select(Membership).where(Membership.id == delivery.subject_id)).one()
    if member.left_at is not None:
        raise NothingToSend(DeliveryState.HELD, Reason.PERSON_LEFT)
    if chapter.state != ChapterState.ACTIVE:
        raise NothingToSend(DeliveryState.HELD, Reason.CHAPTER_NOT_ACTIVE)
    today = clock.local_day(at, chapter.zone)
    everything = obligations_due(session, by=today, quiet_weeks=quiet_weeks)
    hers = [due for due in everything if due.owner_id == member.id]
    if not hers:
        raise NothingToSend(DeliveryState.LAPSED, Reason.NOTHING_LEFT)
    return Digest(chapter, member, today, hers, everything)


def read_invitation(session: Session, delivery: Delivery, *, at: datetime) -> tuple[Chapter, Invitation]:
    """Return an invitation that still stands, and its chapter; raises NothingToSend when it does not."""
    chapter = session.scalars(select(Chapter)).one()
    invitation = session.scalars(select(Invitation).where(Invitation.id == delivery.subject_id)).one()
    if invitation.accepted_at is not None:
        raise NothingToSend(DeliveryState.LAPSED, Reason.INVITATION_ACCEPTED)
    if invitation.withdrawn_at is not None:
        raise NothingToSend(DeliveryState.LAPSED, Reason.INVITATION_WITHDRAWN)
    if invitation.expires_at <= at:
        raise NothingToSend(DeliveryState.LAPSED, Reason.INVITATION_EXPIRED)
    return chapter, invitation
