"""What UN Women's own mails say, read at the moment they are handed over: days, counts and chapters, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.periods import Period
from tenants.db import opened, see_one_moment
from tenants.keyset import Window
from tenants.mail.desk_models import DeskReader
from tenants.mail.models import Delivery, DeliveryState, MailKind, Reason
from tenants.mail.outgoing import NothingToSend
from tenants.obligations.ladder import DESK
from tenants.obligations.selects import DAYS_TO_DECIDE
from tenants.overview.overdue import Overdue, overdue
from tenants.overview.report_states import ReportsIn, reports_in
from tenants.overview.waiting import Waiting, WaitingSummary, waiting, waiting_summary
from tenants.people.models import DeskAppointment
from tenants.people.most_local import most_local, runs
from tenants.reminders.desk.schedule import desk_day
from tenants.scope import DeskScope

MOST_ROWS = 8  # keeps a mail under 20 kB; the rest is on the desk's pages
PATIENCE = timedelta(days=DAYS_TO_DECIDE)


@dataclass(frozen=True)
class DeskSummary:
    """The week of some countries' chapters: what is late, how many reports are in, and what waits for a decision."""

    countries: tuple[str, ...]
    at: datetime
    overdue: Overdue
    reports: ReportsIn
    waiting: WaitingSummary

    @property
    def says_something(self) -> bool:
        """Whether there is anything to do about it; how many reports are in is no news by itself."""
        return bool(self.overdue.chapters or self.overdue.vacancies or self.waiting.count)

    @property
    def items(self) -> list[dict[str, Any]]:
        """Return what is late as the inbox keeps it."""
        return [
            _inbox_item(late.kind.code, late.chapter_id, late.subject_id, due_on=late.due_on)
            for late in self.overdue.first
        ]


@dataclass(frozen=True)
class DeskApprovals:
    """What has waited for a decision longer than two days, the oldest first; `count` is how many in all."""

    countries: tuple[str, ...]
    at: datetime
    first: Sequence[Waiting]
    count: int

    @property
    def says_something(self) -> bool:
        """Whether anything waits."""
        return bool(self.count)

    @property
    def items(self) -> list[dict[str, Any]]:
        """Return what waits as the inbox keeps it."""
        return [
            _inbox_item(request.kind.code, request.chapter_id, request.subject_id, since=desk_day(request.since, None))
            for request in self.first
        ]


DeskNews = DeskSummary | DeskApprovals


def running_appointments(session: Session, today: date) -> Sequence[DeskAppointment]:
    """Return who is appointed at UN Women on `today`; `session` is nobody's."""
    not_over = or_(DeskAppointment.ends_on.is_(None), DeskAppointment.ends_on >= today)
    return session.scalars(select(DeskAppointment).where(DeskAppointment.starts_on <= today, not_over)).all()


def read_news(kind: str, countries: tuple[str, ...], *, at: datetime, quiet_weeks: int) -> DeskNews:
    """Return what a mail of a kind about some countries says at a moment, as the desk's login sees it, all at once."""
    with opened(DeskScope(countries)) as session:
        see_one_moment(session)
        if kind == MailKind.DESK_APPROVALS:
            return _read_approvals(session, countries, at)
        late = overdue(session, countries, days=DESK, limit=MOST_ROWS, at=at, quiet_weeks=quiet_weeks)
        reports = reports_in(session, countries, period=Period.of(at.date()).previous)
        return DeskSummary(countries, at, late, reports, waiting_summary(session, countries))


def read_desk_mail(
    session: Session, delivery: Delivery, *, at: datetime, quiet_weeks: int
) -> tuple[DeskReader, DeskNews]:
    """Return whom a desk mail goes to and what it says now; `session` is nobody's.

    Raises NothingToSend: held when her appointment has ended, or the mail's day is over (a summary's week), so that the
    next one has it; lapsed when nothing is left to say.
    """
    reader = session.get_one(DeskReader, delivery.subject_id)
    appointments = running_appointments(session, at.date())
    if not any(appointment.user_id == reader.user_id and runs(appointment, at.date()) for appointment in appointments):
        raise NothingToSend(DeliveryState.HELD, Reason.APPOINTMENT_ENDED)
    if is_overtaken(delivery, desk_day(at, reader.zone)):
        raise NothingToSend(DeliveryState.HELD, Reason.OVERTAKEN)
    countries = most_local(appointments, at.date()).get(reader.user_id)
    news = read_news(delivery.kind, countries, at=at, quiet_weeks=quiet_weeks) if countries else None
    if news is None or not news.says_something:
        raise NothingToSend(DeliveryState.LAPSED, Reason.NOTHING_LEFT)
    return reader, news


def is_overtaken(delivery: Delivery, today: date) -> bool:
    """Whether it is too late for a mail on her day `today`: a summary is for its week, the approvals for their day."""
    mail_day = delivery.local_day
    if delivery.kind == MailKind.DESK_SUMMARY:
        return mail_day is None or mail_day.isocalendar()[:2] != today.isocalendar()[:2]
    return mail_day != today


def _read_approvals(session: Session, countries: tuple[str, ...], at: datetime) -> DeskApprovals:
    until = at - PATIENCE
    count = waiting_summary(session, countries, until=until).count
    first = waiting(session, countries, Window(min(count, MOST_ROWS))) if count else []
    return DeskApprovals(countries, at, first, count)


def _inbox_item(kind: str, chapter_id: Any, subject_id: Any, **days: date) -> dict[str, Any]:
    iso_days = {name: day.isoformat() for name, day in days.items()}
    return {"kind": kind, "chapter_id": str(chapter_id), "subject_id": str(subject_id), **iso_days}
