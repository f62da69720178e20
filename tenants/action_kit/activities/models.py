"""An activity, its revisions and their head counts. A correction is a new revision; nothing is overwritten."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.action_kit.cells import AgeBand, Sex
from tenants.db import Base, ChapterOwned, belongs_to, chapter_key, country_key, days_in_bounds, has_many, one_of

MOST_PEOPLE_IN_A_CELL = 1_000_000
TITLE_LENGTH = 120
PLACE_LENGTH = 120
NARRATIVE_LENGTH = 4_000
REASON_LENGTH = 500


class ActivityKind(StrEnum):
    """The kinds of activities."""

    DIALOGUE = "dialogue"
    WORKPLACE = "workplace"
    TRAINING = "training"
    STALL = "stall"
    OTHER = "other"


class Activity(ChapterOwned, Base):
    """An activity of the chapter. `form_key` comes from the form, so that a form sent twice counts once.

    A withdrawn activity has no current revision. All its revisions and the reason can still be read.
    """

    __tablename__ = "activities"

    country: Mapped[str] = mapped_column(String(2))
    form_key: Mapped[UUID]
    logged_at: Mapped[datetime]
    logged_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_reason: Mapped[str | None]

    revisions: Mapped[list[ActivityRevision]] = has_many(
        "ActivityRevision",
        source="Activity",
        by="activity_id",
        back_populates="activity",
        order_by="ActivityRevision.number",
    )

    __table_args__ = (
        country_key("activities"),
        UniqueConstraint("chapter_id", "form_key"),
        CheckConstraint("num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_reason) in (0, 3)", name="withdrawn_whole"),
        CheckConstraint(f"length(withdrawn_reason) between 1 and {REASON_LENGTH}", name="withdrawn_reason_length"),
        Index("ix_activities_logged", "chapter_id", "logged_at"),
    )


class ActivityRevision(ChapterOwned, Base):
    """One revision of an activity. The current revision is the one that counts.

    `people` is None if people were not counted: missing is not zero. Otherwise the head counts of this revision add up
    to it (services.py). So do `first_time`, `came_before` and `not_sure`; if nobody was asked, all three are None.
    `plan_line_id` is the planned activity that took place, if it was planned.
    """

    __tablename__ = "activity_revisions"

    activity_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    is_current: Mapped[bool]
    kind: Mapped[str]
    title: Mapped[str]
    held_on: Mapped[date]
    place: Mapped[str]
    narrative: Mapped[str]
    people: Mapped[int | None]
    first_time: Mapped[int | None]
    came_before: Mapped[int | None]
    not_sure: Mapped[int | None]
    plan_line_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]

    activity: Mapped[Activity] = belongs_to(
        "Activity", source="ActivityRevision", by="activity_id", back_populates="revisions"
    )
    head_counts: Mapped[list[HeadCount]] = has_many(
        "HeadCount", source="ActivityRevision", by="revision_id", back_populates="revision"
    )

    __table_args__ = (
        chapter_key("activity_id", "activities"),
        chapter_key("plan_line_id", "plan_lines"),
        country_key("activity_revisions"),
        UniqueConstraint("chapter_id", "activity_id", "number"),
        one_of("kind", ActivityKind),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(f"length(title) between 1 and {TITLE_LENGTH}", name="title_length"),
        CheckConstraint(f"length(place) <= {PLACE_LENGTH}", name="place_length"),
        CheckConstraint(f"length(narrative) <= {NARRATIVE_LENGTH}", name="narrative_length"),
        CheckConstraint("held_on between date '2014-09-20' and date '2100-01-01'", name="held_on_reason"),
        CheckConstraint(
            "case num_nonnulls(first_time, came_before, not_sure) when 0 then people is null or people >= 0 "
            "when 3 then people is not null and first_time >= 0 and came_before >= 0 and not_sure >= 0 "
            "and first_time + came_before + not_sure = people else false end",
            name="people_add_up",
        ),
        Index(
            "uq_activity_revisions_current",
            "chapter_id",
            "activity_id",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        Index(
            "ix_activity_revisions_planned",
            "chapter_id",
            "plan_line_id",
            postgresql_where=text("is_current and plan_line_id is not null"),
        ),
        Index(
            "ix_activity_revisions_held", "chapter_id", "held_on", "activity_id", postgresql_where=text("is_current")
        ),
        days_in_bounds("held_on"),
    )


class HeadCount(ChapterOwned, Base):
    """The number of people of one cell, in one revision. An absent row means zero."""

    __tablename__ = "head_counts"

    revision_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    sex: Mapped[str]
    age_band: Mapped[str]
    people: Mapped[int]

    revision: Mapped[ActivityRevision] = belongs_to(
        "ActivityRevision", source="HeadCount", by="revision_id", back_populates="head_counts"
    )

    __table_args__ = (
        chapter_key("revision_id", "activity_revisions"),
        country_key("head_counts"),
        UniqueConstraint("chapter_id", "revision_id", "sex", "age_band"),
        one_of("sex", Sex),
        one_of("age_band", AgeBand),
        CheckConstraint(f"people between 1 and {MOST_PEOPLE_IN_A_CELL}", name="people_reason"),
    )
