"""The contents of UN Women's own mails, read when they are handed over: days, counts and chapters, but no names."""

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
from tenants.overview.report_states import Coverage, coverage_by_country, covered
from tenants.overview.waiting import Waiting, WaitingSummary, waiting, waiting_summary
from tenants.people.models import DeskAppointment
from tenants.people.most_local import most_local, runs
from tenants.reminders.desk.schedule import desk_day
from tenants.scope import DeskScope

MOST_ROWS = 8  # keeps a mail under 20 kB; the desk's pages have the rest
PATIENCE = timedelta(days=DAYS_TO_DECIDE)


@dataclass(frozen=True)
class DeskSummary:
    """The week of some countries' chapters: what is late, how many reports are in, and what waits for a decision."""

    countries: tuple[str, ...]
    at: datetime
    overdue: Overdue
    period: Period
    reports: Coverage
    waiting: WaitingSummary

    @property
    def says_something(self) -> bool:
        """Whether anything needs action. The number of reports alone does not."""
        return bool(self.overdue.chapters or self.overdue.vacancies or self.waiting.count)

    @property
    def items(self) -> list[dict[str, Any]]:
        """What is late, as the inbox copy stores it."""
        return [
            _inbox_item(late.kind.code, late.chapter_id, late.subject_id, due_on=late.due_on)
            for late in self.overdue.first
        ]


@dataclass(frozen=True)
class DeskApprovals:
    """What has waited for a decision longer than two days, oldest first. `count` is the total."""

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
        """What waits, as the inbox copy stores it."""
        return [
            _inbox_item(request.kind.code, request.chapter_id, request.subject_id, since=desk_day(request.since, None))
            for request in self.first
        ]


DeskNews = DeskSummary | DeskApprovals


def running_appointments(session: Session, today: date) -> Sequence[DeskAppointment]:
    """Return the appointments at UN Women that run on `today`. `session` has a NobodyScope."""
    not_over = or_(DeskAppointment.ends_on.is_(None), DeskAppointment.ends_on >= today)
    return session.scalars(select(DeskAppointment).where(DeskAppointment.starts_on <= today, not_over)).all()


def read_news(kind: str, countries: tuple[str, ...], *, at: datetime, quiet_weeks: int) -> DeskNews:
    """Return the contents of a mail of a kind about some countries, from one snapshot with the desk's login."""
    with opened(DeskScope(countries)) as session:
        see_one_moment(session)
        if kind == MailKind.DESK_APPROVALS:
            return _read_approvals(session, countries, at)
        late = overdue(session, countries, days=DESK, limit=MOST_ROWS, at=at, quiet_weeks=quiet_weeks)
        period = Period.of(at.date()).previous
        reports = covered(countries, coverage_by_country(session, countries, period=period, at=at))
        return DeskSummary(countries, at, late, period, reports, waiting_summary(session, countries))


def read_desk_mail(
    session: Session, delivery: Delivery, *, at: datetime, quiet_weeks: int
) -> tuple[DeskReader, DeskNews]:
    """Return the recipient of a desk mail and its contents now. `session` has a NobodyScope.

    Raises NothingToSend: held if the recipient's appointment has ended, or if the mail's day (a summary's week) is
    over, which leaves it to the next one. Lapsed if there are no contents left.
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
    """Whether a mail is too late on the recipient's day `today`. A summary is for a week, approvals are for a day."""
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
