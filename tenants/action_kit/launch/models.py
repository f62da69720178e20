"""An event, the checklist counted back from its day, and its counts of people. A new count never overwrites one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.action_kit.activities.models import MOST_PEOPLE_IN_A_CELL
from tenants.action_kit.cells import CELLS, AgeBand, Sex
from tenants.chapters.codes import ZONES
from tenants.db import Base, ChapterOwned, chapter_key, country_key, days_in_bounds, known, one_of

TITLE_LENGTH = 120
PLACE_LENGTH = 120
HOST_LENGTH = 120
ZONE_LENGTH = 64
MOST_DAYS_BEFORE = 400
MOST_PEOPLE = MOST_PEOPLE_IN_A_CELL * len(CELLS)


class TallyKind(StrEnum):
    """What was counted. Sign-ups are forms filled in at the event: unverified, and never added to anything else."""

    ATTENDANCE = "attendance"
    SIGNUPS = "signups"


class LaunchEvent(ChapterOwned, Base):
    """An event of the chapter. `held_on` is the day of `starts_at` in `zone` (services.py); `number` counts revisions.

    The day is stored and not computed, because it must not change with a new edition of the time zones. `dated_on` is
    the chapter's day on which `held_on` was set. Rows from before this column have none.
    """

    __tablename__ = "launch_events"

    country: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    title: Mapped[str]
    place: Mapped[str]
    host: Mapped[str]
    zone: Mapped[str]
    starts_at: Mapped[datetime]
    held_on: Mapped[date]
    dated_on: Mapped[date | None]
    expected_people: Mapped[int | None]
    is_launch: Mapped[bool]
    cancelled_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]

    __table_args__ = (
        country_key("launch_events"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(f"length(title) between 1 and {TITLE_LENGTH}", name="title_length"),
        CheckConstraint(f"length(place) <= {PLACE_LENGTH}", name="place_length"),
        CheckConstraint(f"length(host) <= {HOST_LENGTH}", name="host_length"),
        CheckConstraint(f"length(zone) between 1 and {ZONE_LENGTH}", name="zone_length"),
        CheckConstraint("held_on between date '2014-09-20' and date '2100-01-01'", name="held_on_reason"),
        CheckConstraint("abs(held_on - timezone('UTC', starts_at)::date) <= 1", name="held_on_of_start"),
        CheckConstraint(
            f"expected_people is null or expected_people between 1 and {MOST_PEOPLE_IN_A_CELL}", name="expected_reason"
        ),
        Index(
            "uq_launch_events_one_launch",
            "chapter_id",
            unique=True,
            postgresql_where=text("is_launch and cancelled_at is null"),
        ),
        days_in_bounds("held_on", "dated_on"),
        known("zone", ZONES),
    )


class ChecklistItem(ChapterOwned, Base):
    """An item that must be ready `days_before` the event, on `due_on`: ours by `code`, or the chapter's by `title`."""

    __tablename__ = "checklist_items"

    event_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    position: Mapped[int]
    code: Mapped[str | None]
    title: Mapped[str | None]
    days_before: Mapped[int]
    due_on: Mapped[date]
    waits_for_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]

    __table_args__ = (
        chapter_key("event_id", "launch_events"),
        chapter_key("waits_for_id", "checklist_items"),
        country_key("checklist_items"),
        UniqueConstraint("chapter_id", "event_id", "position"),
        CheckConstraint("position >= 1", name="position_positive"),
        CheckConstraint("num_nonnulls(code, title) = 1", name="ours_or_own"),
        CheckConstraint("code is null or code ~ '^[a-z_]{1,40}$'", name="code_shape"),
        CheckConstraint(f"title is null or length(title) between 1 and {TITLE_LENGTH}", name="title_length"),
        CheckConstraint(f"days_before between 0 and {MOST_DAYS_BEFORE}", name="days_before_reason"),
        CheckConstraint("waits_for_id is null or waits_for_id <> id", name="waits_for_another"),
        CheckConstraint("num_nonnulls(done_at, done_by) in (0, 2)", name="done_whole"),
        days_in_bounds("due_on"),
    )


class TallyRevision(ChapterOwned, Base):
    """One count of the people at an event. The current revision of a kind is the one that counts."""

    __tablename__ = "tally_revisions"

    event_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str]
    number: Mapped[int]
    is_current: Mapped[bool]
    people: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]

    __table_args__ = (
        chapter_key("event_id", "launch_events"),
        country_key("tally_revisions"),
        UniqueConstraint("chapter_id", "event_id", "kind", "number"),
        one_of("kind", TallyKind),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(f"people between 0 and {MOST_PEOPLE}", name="people_reason"),
        Index(
            "uq_tally_revisions_current",
            "chapter_id",
            "event_id",
            "kind",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )


class TallyCount(ChapterOwned, Base):
    """The number of people of one cell in one count. An absent row means zero."""

    __tablename__ = "tally_counts"

    revision_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    sex: Mapped[str]
    age_band: Mapped[str]
    people: Mapped[int]

    __table_args__ = (
        chapter_key("revision_id", "tally_revisions"),
        country_key("tally_counts"),
        UniqueConstraint("chapter_id", "revision_id", "sex", "age_band"),
        one_of("sex", Sex),
        one_of("age_band", AgeBand),
        CheckConstraint(f"people between 1 and {MOST_PEOPLE_IN_A_CELL}", name="people_reason"),
    )
