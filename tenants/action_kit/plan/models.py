"""A plan: the working copy that members edit, and the versions sent for approval, whose content never changes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, ChapterOwned, chapter_key, country_key, days_in_bounds, one_of

TITLE_LENGTH = 200
RISK_LENGTH = 1_000
REASON_LENGTH = 1_000
MOST_TIMES = 999


class LineKind(StrEnum):
    """The kinds of lines. A line of each kind belongs to a line of the kind before it."""

    OUTCOME = "outcome"
    OUTPUT = "output"
    ACTIVITY = "activity"


class VersionState(StrEnum):
    """The state of a version that was sent for approval."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


_SHAPE = (
    CheckConstraint(f"length(title) between 1 and {TITLE_LENGTH}", name="title_length"),
    CheckConstraint(f"length(risk) <= {RISK_LENGTH}", name="risk_length"),
    CheckConstraint(
        "case when kind = 'activity' then due_on is not null else num_nonnulls(starts_on, due_on) = 0 end",
        name="days_of_activities",
    ),
    CheckConstraint("num_nonnulls(starts_on, due_on) < 2 or starts_on <= due_on", name="starts_before_due"),
    CheckConstraint(f"times between 1 and case kind when 'activity' then {MOST_TIMES} else 1 end", name="times_fit"),
)


class PlanLine(ChapterOwned, Base):
    """One line of the working copy. `number` grows with each edit, so that conflicting edits are detected.

    A removed line keeps its row (`removed_at`), because versions sent earlier refer to it. An activity is planned to
    take place `times` times. How often it did is counted from the log (plan/queries.py). `done_on` is the day of a mark
    from the time before the log was counted. It stays for the history, and nothing sets it any more.
    """

    __tablename__ = "plan_lines"

    country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str]
    parent_id: Mapped[UUID | None]
    position: Mapped[int]
    title: Mapped[str]
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    responsible_id: Mapped[UUID | None]
    times: Mapped[int]
    risk: Mapped[str]
    number: Mapped[int]
    done_on: Mapped[date | None]
    dropped_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        country_key("plan_lines"),
        chapter_key("parent_id", "plan_lines"),
        chapter_key("responsible_id", "memberships"),
        one_of("kind", LineKind),
        CheckConstraint("(kind = 'outcome') = (parent_id is null)", name="parent_by_kind"),
        CheckConstraint("number >= 1 and position >= 1", name="numbers_positive"),
        *(CheckConstraint(constraint.sqltext, name=constraint.name) for constraint in _SHAPE),
        CheckConstraint(
            "num_nonnulls(done_on, dropped_on) <= 1 and (kind = 'activity' or num_nonnulls(done_on, dropped_on) = 0)",
            name="done_or_dropped",
        ),
        days_in_bounds("starts_on", "due_on", "done_on", "dropped_on"),
    )


class PlanVersion(ChapterOwned, Base):
    """A plan as it was sent for approval. Its lines are stored with it and cannot change.

    `awaits_desk`: no other member of the chapter could approve it. `is_outside`: UN Women decided.
    """

    __tablename__ = "plan_versions"

    country: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    state: Mapped[str]
    submitted_by: Mapped[UUID]
    submitted_at: Mapped[datetime]
    awaits_desk: Mapped[bool]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    is_outside: Mapped[bool]
    reason: Mapped[str]

    __table_args__ = (
        country_key("plan_versions"),
        UniqueConstraint("chapter_id", "number"),
        one_of("state", VersionState),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(
            "num_nonnulls(decided_by, decided_at) = case when state in ('submitted', 'withdrawn') then 0 else 2 end",
            name="decided_by_somebody",
        ),
        CheckConstraint("decided_by is null or decided_by <> submitted_by", name="decided_by_another"),
        CheckConstraint(
            f"length(reason) <= {REASON_LENGTH} and (state = 'returned') = (reason <> '')", name="returned_with_reason"
        ),
        Index("uq_plan_versions_submitted", "chapter_id", unique=True, postgresql_where=text("state = 'submitted'")),
        Index("uq_plan_versions_approved", "chapter_id", unique=True, postgresql_where=text("state = 'approved'")),
    )


class PlanVersionLine(ChapterOwned, Base):
    """One line as it was sent. It cannot be changed or deleted, because no login is granted that."""

    __tablename__ = "plan_version_lines"

    country: Mapped[str] = mapped_column(String(2))
    version_id: Mapped[UUID]
    line_id: Mapped[UUID]
    kind: Mapped[str]
    parent_line_id: Mapped[UUID | None]
    position: Mapped[int]
    title: Mapped[str]
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    times: Mapped[int]
    risk: Mapped[str]

    __table_args__ = (
        country_key("plan_version_lines"),
        chapter_key("version_id", "plan_versions"),
        chapter_key("line_id", "plan_lines"),
        chapter_key("parent_line_id", "plan_lines"),
        UniqueConstraint("chapter_id", "version_id", "position"),
        one_of("kind", LineKind),
        CheckConstraint("(kind = 'outcome') = (parent_line_id is null)", name="parent_by_kind"),
        *(CheckConstraint(constraint.sqltext, name=constraint.name) for constraint in _SHAPE),
        days_in_bounds("starts_on", "due_on"),
    )
