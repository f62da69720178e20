"""The contents of a digest, read when it is handed over, so that what was done meanwhile is not in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.focal_point.queries import terms_of
from tenants.chapters.models import Chapter, ChapterState
from tenants.mail.consumption import Consumption, Reminder
from tenants.mail.letters import Inviter, inviter_of
from tenants.mail.models import Delivery, DeliveryState, Reason
from tenants.mail.outgoing import NothingToSend
from tenants.obligations.models import Obligation
from tenants.people.models import Invitation, Membership
from tenants.reminders.colleagues import ColleagueTask, colleague_tasks, colleagues_named
from tenants.reminders.rungs import on_the_ladder, reminders_of
from tenants.reminders.schedule import is_evening


@dataclass(frozen=True)
class Digest:
    """The reminders of one member today, and all obligations of the chapter for the next three weeks.

    `colleague_tasks` belong to others. `colleagues` are the owners of these and of the reminders, by membership id.
    """

    chapter: Chapter
    member: Membership
    today: date
    reminders: list[Reminder]
    everything: list[Obligation]
    colleague_tasks: list[ColleagueTask] = field(default_factory=list)
    colleagues: dict[UUID, Membership] = field(default_factory=dict)

    @property
    def to_consume(self) -> Consumption:
        """What is consumed when the digest is handed over."""
        return Consumption(self.member.id, tuple(self.reminders))


def read_digest(session: Session, delivery: Delivery, *, at: datetime, quiet_weeks: int) -> Digest:
    """Return the digest of a delivery of the bound chapter.

    Raises NothingToSend: held if the member has left or their term has ended, if the chapter is not active, or if the
    member is away or their day is over, which leaves it to the next digest. Lapsed if nothing new to the member is
    left.
    """
    chapter = session.scalars(select(Chapter)).one()
    member = session.scalars(select(Membership).where(Membership.id == delivery.subject_id)).one()
    _check_sendable(delivery, member, chapter, at)
    today = clock.local_day(at, chapter.zone)
    obligations = on_the_ladder(session, today=today, quiet_weeks=quiet_weeks)
    reminders = reminders_of(session, obligations, today=today, by_delivery=delivery.id).get(member.id, [])
    if not any(reminder.is_new for reminder in reminders):
        raise _nothing_new(session, member, today)
    tasks = colleague_tasks(obligations, reminders, member=member, today=today)
    colleagues = colleagues_named(session, tasks, reminders, member=member)
    return Digest(chapter, member, today, reminders, obligations, tasks, colleagues)


def _check_sendable(delivery: Delivery, member: Membership, chapter: Chapter, at: datetime) -> None:
    """Raise NothingToSend if the member may not be written to now."""
    if member.left_at is not None:
        raise NothingToSend(DeliveryState.HELD, Reason.PERSON_LEFT)
    if chapter.state != ChapterState.ACTIVE:
        raise NothingToSend(DeliveryState.HELD, Reason.CHAPTER_NOT_ACTIVE)
    if delivery.local_day is not None and member.is_away(delivery.local_day):
        raise NothingToSend(DeliveryState.HELD, Reason.PERSON_AWAY)
    if not _is_delivery_day(delivery, member, chapter, at):
        raise NothingToSend(DeliveryState.HELD, Reason.OVERTAKEN)


def _is_delivery_day(delivery: Delivery, member: Membership, chapter: Chapter, at: datetime) -> bool:
    """Whether mail can still be sent on the digest's day, in the member's time zone. Sending stops at 20:00."""
    zone = member.zone or chapter.zone
    return delivery.local_day == clock.local_day(at, zone) and not is_evening(at, zone)


def _nothing_new(session: Session, member: Membership, today: date) -> NothingToSend:
    """Return why there is nothing to send: the member's term has ended, or everything was done meanwhile."""
    terms = terms_of(session, member.id)
    if terms and not any(term.starts_on <= today <= term.ends_on for term in terms):
        return NothingToSend(DeliveryState.HELD, Reason.TERM_ENDED)
    return NothingToSend(DeliveryState.LAPSED, Reason.NOTHING_LEFT)


def read_invitation(
    session: Session, delivery: Delivery, *, at: datetime
) -> tuple[Chapter, Invitation, Inviter | None]:
    """Return a chapter, its open invitation and the inviter. Raises NothingToSend if it is no longer open."""
    chapter = session.scalars(select(Chapter)).one()
    invitation = session.scalars(select(Invitation).where(Invitation.id == delivery.subject_id)).one()
    if invitation.accepted_at is not None:
        raise NothingToSend(DeliveryState.LAPSED, Reason.INVITATION_ACCEPTED)
    if invitation.withdrawn_at is not None:
        raise NothingToSend(DeliveryState.LAPSED, Reason.INVITATION_WITHDRAWN)
    if invitation.expires_at <= at:
        raise NothingToSend(DeliveryState.LAPSED, Reason.INVITATION_EXPIRED)
    return chapter, invitation, inviter_of(session, invitation.invited_by)
