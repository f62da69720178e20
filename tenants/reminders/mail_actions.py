"""Run the action of a link in a mail. A link can be opened any number of times, but it acts once.

A mail may be two weeks old when its link is used, so everything is checked again: whether its member is still in the
chapter, is still responsible for the obligation and has the permission, and whether the obligation still exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.clock import local_day
from tenants.db import new_id
from tenants.mail.models import Notification
from tenants.obligations.models import Obligation
from tenants.people.models import Membership
from tenants.people.permissions import OF_ROLE, Role
from tenants.reminders.links import LinkAction, MailLink
from tenants.reminders.models import LinkUse
from tenants.reminders.obligation_keys import ObligationKey, obligation_by_key
from tenants.reminders.pauses import acknowledge, actions_on, next_reminder_on, remind_later
from tenants.reminders.rungs import on_the_ladder


class LinkState(StrEnum):
    """Whether a link may act, and if not, why."""

    OPEN = "open"
    USED = "used"
    TOO_OLD = "too_old"
    LEFT = "left"
    GONE = "gone"
    NOT_HERS = "not_hers"
    NOT_NOW = "not_now"


@dataclass(frozen=True)
class MailAction:
    """A link with its member and its state. `due` is its obligation, if that still exists."""

    link: MailLink
    chapter: Chapter
    member: Membership
    today: date
    standing: LinkState
    due: Obligation | None = None
    used_at: datetime | None = None
    until_on: date | None = None
    """The day of the next reminder, if the member has postponed it with this link."""


def member_behind(session: Session, link: MailLink) -> Membership | None:
    """Return the recipient of a link of the bound chapter, even if they have left."""
    copy_row = select(Notification.membership_id).where(Notification.delivery_id == link.delivery_id).scalar_subquery()
    return session.scalars(select(Membership).where(Membership.id == copy_row)).one_or_none()


def read_mail_action(
    session: Session, link: MailLink, *, member: Membership, at: datetime, quiet_weeks: int
) -> MailAction:
    """Return the state of a link of the bound chapter. Read-only."""
    chapter = session.scalars(select(Chapter)).one()
    mail_action = MailAction(link, chapter, member, local_day(at, chapter.zone), LinkState.OPEN)
    if link.works_until < at.date():
        return replace(mail_action, standing=LinkState.TOO_OLD)
    if member.left_at is not None:
        return replace(mail_action, standing=LinkState.LEFT)
    used_at = session.scalar(select(LinkUse.used_at).where(*_same_link(link)))
    if used_at is not None:
        used_on = local_day(used_at, chapter.zone)
        until_on = next_reminder_on(used_on) if link.act is LinkAction.LATER else None
        return replace(mail_action, standing=LinkState.USED, used_at=used_at, until_on=until_on)
    obligations = on_the_ladder(session, today=mail_action.today, quiet_weeks=quiet_weeks)
    obligation_key = ObligationKey(link.kind.code, link.subject_id, link.due_on)
    due, is_hers = obligation_by_key(
        session, obligations, obligation_key, membership_id=member.id, today=mail_action.today
    )
    if due is None:
        return replace(mail_action, standing=LinkState.GONE)
    if not is_hers or not _permits(member, due):
        return replace(mail_action, standing=LinkState.NOT_HERS)
    is_offered = link.act in actions_on(due, today=mail_action.today)
    return replace(mail_action, due=due, standing=LinkState.OPEN if is_offered else LinkState.NOT_NOW)


def run_mail_action(
    session: Session, link: MailLink, *, member: Membership, at: datetime, quiet_weeks: int
) -> MailAction | None:
    """Run the action of a link, if it may act. Return its state before, or None if a concurrent request came first.

    Raises Refused, and does nothing, if the service of the page would.
    """
    _lock_chapter_and_member(session, member)
    mail_action = read_mail_action(session, link, member=member, at=at, quiet_weeks=quiet_weeks)
    if mail_action.standing is not LinkState.OPEN or mail_action.due is None:
        return mail_action
    if not _claim_link(session, mail_action, at):
        return None
    until_on = _do_action(session, mail_action, mail_action.due, at)
    record(
        session,
        at=at,
        actor_id=member.user_id,
        action="mail.link_used",
        subject_id=link.subject_id,
        kind=link.kind.code,
        link=link.act,
        delivery_id=str(link.delivery_id),
    )
    session.flush()
    return replace(mail_action, until_on=until_on)


def _do_action(session: Session, mail_action: MailAction, due: Obligation, at: datetime) -> date | None:
    member, today = mail_action.member, mail_action.today
    if mail_action.link.act is LinkAction.LATER:
        return remind_later(session, member=member, due=due, today=today, at=at)
    if mail_action.link.act is LinkAction.KNOWN:
        acknowledge(session, member=member, due=due, today=today, at=at)
    elif due.kind.one_click is not None:
        due.kind.one_click(session, due.subject_id, actor_id=member.user_id, at=at)
    return None


def _permits(member: Membership, due: Obligation) -> bool:
    """Whether the member may do it: by their role, or as its owner if the kind needs no permission of owners."""
    if due.kind.owner_needs_no_permission and due.owner_id == member.id:
        return True
    return due.kind.permission in OF_ROLE[Role(member.role)]


def _lock_chapter_and_member(session: Session, member: Membership) -> None:
    """Keep the chapter from being closed until this is done, and serialise the requests of one member."""
    session.scalars(select(Chapter.id).with_for_update(read=True, key_share=True)).one()
    session.scalars(select(Membership.id).where(Membership.id == member.id).with_for_update(key_share=True)).one()


def _claim_link(session: Session, mail_action: MailAction, at: datetime) -> bool:
    """Record that a link is used. False if it was already. Of two requests at once, the second waits for the first."""
    link = mail_action.link
    row = insert(LinkUse).values(
        chapter_id=link.chapter_id,
        id=new_id(),
        membership_id=mail_action.member.id,
        delivery_id=link.delivery_id,
        kind=link.kind.code,
        subject_id=link.subject_id,
        due_on=link.due_on,
        act=link.act,
        used_at=at,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(LinkUse.id)) is not None


def _same_link(link: MailLink) -> tuple[Any, ...]:
    return (
        LinkUse.chapter_id == link.chapter_id,
        LinkUse.delivery_id == link.delivery_id,
        LinkUse.kind == link.kind.code,
        LinkUse.subject_id == link.subject_id,
        LinkUse.due_on == link.due_on,
        LinkUse.act == link.act,
    )
