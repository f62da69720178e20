"""Find the recipients at UN Women who are due, in one range scan, then write each one's mail in one transaction.

The transaction writes at most one mail and moves the recipient's clock on. Two ticks at once, or one that is killed
half way, therefore write it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.db import database_is_away, new_id, only_read, opened
from tenants.mail.desk_models import DeskNotification, DeskReader
from tenants.mail.models import Delivery, DeliveryState, MailKind
from tenants.people.most_local import most_local
from tenants.reminders.desk.mail import DeskNews, read_news, running_appointments
from tenants.reminders.desk.schedule import ELSE_ZONE, WORKING_WEEK, desk_day, next_desk_morning
from tenants.reminders.due import POISON_PAUSE
from tenants.reminders.schedule import in_hours
from tenants.scope import NobodyScope

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class MorningMail:
    """The mail of a recipient at UN Women for this morning."""

    reader: DeskReader
    kind: MailKind
    local_day: date
    news: DeskNews


def readers_due(session: Session, *, at: datetime, limit: int) -> Sequence[UUID]:
    """Return up to `limit` recipients whose morning has come, longest waiting first. `session` has a NobodyScope."""
    readers = select(DeskReader.user_id).where(DeskReader.next_at <= at)
    return session.scalars(readers.order_by(DeskReader.next_at).limit(limit)).all()


def process_reader(user_id: UUID, *, at: datetime, quiet_weeks: int) -> int:
    """Write a recipient's mail of this morning, if any, and set their clock to the next. Return how many were written.

    An error is logged and postpones the recipient for an hour, so that the others are not delayed. An error because the
    database is away is raised.
    """
    try:
        return len(write_mail(user_id, at=at, quiet_weeks=quiet_weeks))
    except Exception as error:  # an error in one mail must not stop the others
        if database_is_away(error):
            raise
        log.error("reader.poisoned", user_id=str(user_id), error=type(error).__name__)
        put_reader_off(user_id, at=at)
        return 0


def write_mail(user_id: UUID, *, at: datetime, quiet_weeks: int) -> list[MorningMail]:
    """Write the recipient's mail of this morning, set their clock to the next, and return what was written."""
    with opened(NobodyScope(login="worker")) as session:
        return _run_reader_morning(session, user_id, at, quiet_weeks)


def plan_mail(user_id: UUID, *, at: datetime, quiet_weeks: int) -> list[MorningMail]:
    """Return what `write_mail` would write, in read-only transactions."""
    with opened(NobodyScope(login="worker")) as session:
        only_read(session)
        reader = session.get_one(DeskReader, user_id)
        kind = _kind_of_morning(session, reader, at)
        return _mails(session, reader, kind, at, quiet_weeks) if kind else []


def put_reader_off(user_id: UUID, *, at: datetime) -> None:
    """Postpone a recipient whose mail cannot be made for an hour."""
    with opened(NobodyScope(login="worker")) as session:
        statement = update(DeskReader).where(DeskReader.user_id == user_id, DeskReader.next_at <= at)
        session.execute(statement.values(next_at=at + POISON_PAUSE))


def _run_reader_morning(session: Session, user_id: UUID, at: datetime, quiet_weeks: int) -> list[MorningMail]:
    statement = select(DeskReader).where(DeskReader.user_id == user_id, DeskReader.next_at <= at)
    reader = session.scalars(statement.with_for_update(skip_locked=True)).one_or_none()
    if reader is None:
        return []  # another tick has this recipient
    kind = _kind_of_morning(session, reader, at)
    reader.next_at = next_desk_morning(after=at, zone=reader.zone)
    if kind is None:
        return []
    if kind == MailKind.DESK_SUMMARY:
        reader.summary_on = desk_day(at, reader.zone)
    return [mail for mail in _mails(session, reader, kind, at, quiet_weeks) if _insert_mail(session, mail)]


def _kind_of_morning(session: Session, reader: DeskReader, at: datetime) -> MailKind | None:
    """Return the summary on the recipient's first working morning of the week, else the approvals, or None.

    There are no approvals while a summary waits to be sent, because it includes them. There is no mail at night and on
    a day off, because the morning was missed.
    """
    if not in_hours(at, zone=reader.zone or ELSE_ZONE, working_week=WORKING_WEEK, country=None):
        return None
    today = desk_day(at, reader.zone)
    if reader.summary_on is None or reader.summary_on.isocalendar()[:2] < today.isocalendar()[:2]:
        return MailKind.DESK_SUMMARY
    on_its_way = exists().where(
        Delivery.kind == MailKind.DESK_SUMMARY,
        Delivery.subject_id == reader.user_id,
        Delivery.local_day == reader.summary_on,
        Delivery.done_at.is_(None),
    )
    return None if session.scalar(select(on_its_way)) else MailKind.DESK_APPROVALS


def _mails(session: Session, reader: DeskReader, kind: MailKind, at: datetime, quiet_weeks: int) -> list[MorningMail]:
    """Return the recipient's mail of a kind, if it has contents and they are appointed. Read-only."""
    countries = most_local(running_appointments(session, at.date()), at.date()).get(reader.user_id)
    if countries is None:
        return []
    news = read_news(kind, countries, at=at, quiet_weeks=quiet_weeks)
    return [MorningMail(reader, kind, desk_day(at, reader.zone), news)] if news.says_something else []


def _insert_mail(session: Session, mail: MorningMail) -> bool:
    """Write a mail with its inbox copy. Return False if there is one of its kind for the same person and day."""
    delivery_id = new_id()
    row = insert(Delivery).values(
        id=delivery_id,
        kind=mail.kind,
        subject_id=mail.reader.user_id,
        local_day=mail.local_day,
        next_at=mail.news.at,
        created_at=mail.news.at,
    )
    if session.execute(row.on_conflict_do_nothing().returning(Delivery.id)).one_or_none() is None:
        return False
    session.add(
        DeskNotification(
            user_id=mail.reader.user_id,
            kind=mail.kind,
            local_day=mail.local_day,
            items=mail.news.items,
            state=DeliveryState.PENDING,
            made_at=mail.news.at,
            delivery_id=delivery_id,
        )
    )
    session.flush()
    return True
