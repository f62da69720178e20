"""Reports: one for each chapter and period, and all its submissions. A submission never changes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, ChapterOwned, chapter_key, country_key, days_in_bounds, one_of
from tenants.figures.models import QUARTER

WORDS = ("what_changed", "what_women_say", "what_was_hard", "what_next")
WORDS_LENGTH = 4_000
WORDS_FIT = " and ".join(f"length({name}) <= {WORDS_LENGTH}" for name in WORDS)
REASON_LENGTH = 1_000


class ReportState(StrEnum):
    """The state of a report. Returning and reopening are events with a reason that set the state back to draft."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


class ReportEventKind(StrEnum):
    """What happened to a report. `kept`: it stays as it was sent, although the log has changed since.

    `asked`: the chapter asks UN Women to reopen it.
    """

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REOPENED = "reopened"
    EXCUSED = "excused"
    KEPT = "kept"
    ASKED = "asked"


class Missing(StrEnum):
    """Why a value is missing. Missing is not zero."""

    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"


class ValueSourceKind(StrEnum):
    """The kinds of rows that a value is computed from."""

    ACTIVITY = "activity"
    ATTENDANCE = "attendance"
    SIGNUPS = "signups"
    TRANSACTION = "transaction"


class Report(ChapterOwned, Base):
    """A chapter's report for the period that begins on `period_on`: its state, and the texts being written.

    `is_expected` is stored when the period opens; excusing the report clears it and stores the reason. `sent` counts
    the submissions. `edited` is the version that a form carries. `reopening_asked_at` is set while UN Women has not
    decided on the chapter's request to reopen an approved report.
    """

    __tablename__ = "reports"

    country: Mapped[str] = mapped_column(String(2))
    period_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str]
    is_expected: Mapped[bool]
    excused_reason: Mapped[str | None]
    sent: Mapped[int] = mapped_column(SmallInteger)
    edited: Mapped[int]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reopening_asked_at: Mapped[datetime | None]
    what_changed: Mapped[str]
    what_women_say: Mapped[str]
    what_was_hard: Mapped[str]
    what_next: Mapped[str]

    __table_args__ = (
        country_key("reports"),
        UniqueConstraint("chapter_id", "period_on"),
        one_of("state", ReportState),
        CheckConstraint(QUARTER, name="period_is_a_quarter"),
        CheckConstraint("due_on > period_on", name="due_later"),
        CheckConstraint("sent >= 0 and edited >= 0", name="counts_not_negative"),
        CheckConstraint(
            "(state in ('submitted', 'approved')) = (submitted_by is not null) "
            "and (submitted_by is null) = (submitted_at is null)",
            name="submitted_by_somebody",
        ),
        CheckConstraint("(state = 'approved') = (decided_at is not null)", name="approved_is_dated"),
        CheckConstraint("reopening_asked_at is null or state = 'approved'", name="asked_if_approved"),
        CheckConstraint("state not in ('submitted', 'approved') or sent >= 1", name="sent_before_decided"),
        CheckConstraint("state <> 'not_started' or sent = 0", name="not_started_is_unsent"),
        CheckConstraint(WORDS_FIT, name="words_length"),
        CheckConstraint(f"length(excused_reason) between 1 and {REASON_LENGTH}", name="excused_reason_length"),
        Index("ix_reports_waiting", "country", "submitted_at", postgresql_where=text("state = 'submitted'")),
        Index(
            "ix_reports_to_reopen",
            "country",
            "reopening_asked_at",
            postgresql_where=text("reopening_asked_at is not null"),
        ),
        days_in_bounds("period_on", "due_on"),
    )


class ReportEntry(ChapterOwned, Base):
    """A value that the chapter itself enters for an indicator, in the report being written."""

    __tablename__ = "report_entries"

    report_id: Mapped[UUID]
    indicator: Mapped[str]
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    missing: Mapped[str | None]

    __table_args__ = (
        chapter_key("report_id", "reports"),
        UniqueConstraint("chapter_id", "report_id", "indicator"),
        one_of("missing", Missing),
        CheckConstraint("indicator ~ '^[a-z_]{1,40}$'", name="indicator_is_a_code"),
        CheckConstraint("num_nonnulls(numerator, missing) = 1", name="value_or_reason"),
        CheckConstraint("numerator >= 0", name="numerator_not_negative"),
        CheckConstraint(
            "denominator is null or (denominator >= 0 and numerator is not null and numerator <= denominator)",
            name="part_of_the_whole",
        ),
    )


class ReportSubmission(ChapterOwned, Base):
    """The `number`th submission of a report. It never changes; its approval is an event."""

    __tablename__ = "report_submissions"

    report_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    number: Mapped[int] = mapped_column(SmallInteger)
    is_nil: Mapped[bool]
    submitted_by: Mapped[UUID]
    submitted_at: Mapped[datetime]
    what_changed: Mapped[str]
    what_women_say: Mapped[str]
    what_was_hard: Mapped[str]
    what_next: Mapped[str]

    __table_args__ = (
        chapter_key("report_id", "reports"),
        country_key("report_submissions"),
        UniqueConstraint("chapter_id", "report_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(WORDS_FIT, name="words_length"),
    )


class ReportValue(ChapterOwned, Base):
    """A submitted value of an indicator, for one cell or for all cells, or the reason why it is missing."""

    __tablename__ = "report_values"

    submission_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    period_on: Mapped[date]
    indicator: Mapped[str]
    version: Mapped[int] = mapped_column(SmallInteger)
    cell: Mapped[str]
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    missing: Mapped[str | None]

    __table_args__ = (
        chapter_key("submission_id", "report_submissions"),
        country_key("report_values"),
        UniqueConstraint("chapter_id", "submission_id", "indicator", "cell", name="uq_report_values_cell"),
        one_of("missing", Missing),
        CheckConstraint(QUARTER, name="period_is_a_quarter"),
        CheckConstraint("indicator ~ '^[a-z_]{1,40}$' and version >= 1", name="indicator_is_a_code"),
        CheckConstraint("cell ~ '^[a-z]+([.][0-9a-z_]+)?$'", name="cell_is_a_code"),
        CheckConstraint("num_nonnulls(numerator, missing) = 1", name="value_or_reason"),
        CheckConstraint("denominator is null or (denominator >= 0 and numerator is not null)", name="part_of_a_value"),
        days_in_bounds("period_on"),
    )


class ValueSource(ChapterOwned, Base):
    """One row that a value was computed from: the revision that was read, and the number that it contributed."""

    __tablename__ = "value_sources"

    value_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str]
    source_id: Mapped[UUID]
    revision: Mapped[int]
    numerator: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        chapter_key("value_id", "report_values"),
        country_key("value_sources"),
        UniqueConstraint("chapter_id", "value_id", "kind", "source_id"),
        one_of("kind", ValueSourceKind),
        CheckConstraint("revision >= 1", name="revision_positive"),
    )


class OpenedPeriod(Base):
    """A period for which every chapter with an agreement in force has been asked to report. A platform table."""

    __tablename__ = "opened_periods"

    period_on: Mapped[date] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]

    __table_args__ = (CheckConstraint(QUARTER, name="period_is_a_quarter"), days_in_bounds("period_on"))


class ReportEvent(ChapterOwned, Base):
    """An event in the life of a report: who acted, when, and the reason where one is required."""

    __tablename__ = "report_events"

    report_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    is_desk: Mapped[bool]
    reason: Mapped[str]

    __table_args__ = (
        chapter_key("report_id", "reports"),
        one_of("kind", ReportEventKind),
        CheckConstraint(
            f"length(reason) <= {REASON_LENGTH} "
            "and (kind not in ('returned', 'reopened', 'excused', 'kept', 'asked') or reason <> '')",
            name="reason_given",
        ),
        Index("ix_report_events_report", "chapter_id", "report_id", "at"),
    )
