"""A chapter, its address, and the history of its states."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants.chapters.areas import AREA_OF_COUNTRY, Area
from tenants.chapters.codes import CURRENCIES, LANGUAGES, ZONES
from tenants.db import Base, ChapterItself, ChapterOwned, country_key, days_in_bounds, known, one_of


class ChapterState(StrEnum):
    """The state of a chapter. The joint document is drafted, agreed, then signed at an event (domain.md A)."""

    APPLIED = "applied"
    DRAFTING = "drafting"
    AGREED = "agreed"
    SIGNED = "signed"
    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


REASON_LENGTH = 1_000
LATIN = r"\u0001-\u036f\u1e00-\u1eff\u2000-\u206f"
"""The characters of texts in Latin letters, for regular expressions of Python and PostgreSQL."""
LATIN_LETTER = r"[A-Za-z\u00c0-\u024f]"


class LifeEvent(StrEnum):
    """A change of state that UN Women makes to a chapter that has started."""

    MADE_DORMANT = "made_dormant"
    WOKEN_UP = "woken_up"
    CLOSED = "closed"


class Chapter(ChapterItself, Base):
    """A local stakeholder organisation that carries the movement: one tenant.

    `working_week` holds ISO weekdays, 1 for Monday to 7 for Sunday. `sort_key` is made in Python, because the embedded
    PostgreSQL has no collation of a language; the desk searches in it. `latin_name` is for readers who cannot read the
    script of `name`. `is_invented` marks demonstration chapters, and all their pages say so.
    """

    __tablename__ = "chapters"

    slug: Mapped[str]
    name: Mapped[str]
    campaign_name: Mapped[str]
    latin_name: Mapped[str | None]
    sort_key: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    area: Mapped[str]
    zone: Mapped[str]
    working_week: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    currency: Mapped[str] = mapped_column(String(3))
    languages: Mapped[list[str]] = mapped_column(ARRAY(String))
    state: Mapped[str]
    active_since: Mapped[datetime | None]
    closed_on: Mapped[date | None]
    is_invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("id", "country"),
        Index("ix_chapters_invented", "id", postgresql_where=text("is_invented")),
        Index("ix_chapters_sort_key", "sort_key", "id"),  # a page of the desk's list reads only its own rows
        one_of("state", ChapterState),
        one_of("area", Area),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 3 and 60", name="slug_shape"),
        CheckConstraint(
            "length(name) between 1 and 120 and length(campaign_name) between 1 and 120", name="name_length"
        ),
        CheckConstraint(
            f"length(latin_name) between 1 and 120 and latin_name ~ '^[{LATIN}]+$' and latin_name ~ '{LATIN_LETTER}'",
            name="latin_name_shape",
        ),
        CheckConstraint(f"latin_name is null or name ~ '[^{LATIN}]'", name="latin_name_beside"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_shape"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint("cardinality(languages) between 1 and 12", name="languages_some"),
        CheckConstraint("cardinality(working_week) between 1 and 7", name="working_week_some"),
        CheckConstraint("(state in ('active', 'dormant', 'closed')) = (active_since is not null)", name="active_dated"),
        CheckConstraint("(state = 'closed') = (closed_on is not null)", name="closed_dated"),
        days_in_bounds("closed_on"),
        known("zone", ZONES),
        known("currency", CURRENCIES),
        known("languages", LANGUAGES, is_array=True),
        known("country", AREA_OF_COUNTRY),
    )


class ChapterSlug(Base):
    """The chapter of an address, read before any chapter is bound. A platform table: it holds codes and no text."""

    __tablename__ = "chapter_slugs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    chapter_id: Mapped[UUID] = mapped_column(unique=True)
    country: Mapped[str] = mapped_column(String(2))

    __table_args__ = (known("country", AREA_OF_COUNTRY),)


class ChapterEvent(ChapterOwned, Base):
    """A change of a chapter's state by UN Women, with the reason that the chapter reads. Rows never change."""

    __tablename__ = "chapter_events"

    country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID]

    __table_args__ = (
        country_key("chapter_events"),
        one_of("kind", LifeEvent),
        CheckConstraint(f"length(reason) between 1 and {REASON_LENGTH}", name="reason_length"),
    )
