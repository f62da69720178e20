"""Correct what a chapter was onboarded with: its names at any time, other details as long as nothing builds on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from tenants.action_kit.funding.models import BudgetLine, FundingSource, Transaction
from tenants.audit import record
from tenants.chapter_life.services import columns_of, locked_chapter, refuse_taken_address
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.details import ChapterNames, refuse_invalid_names, refuse_invalid_place
from tenants.chapters.models import Chapter, ChapterSlug
from tenants.errors import Refused, VersionConflict
from tenants.people.models import Membership
from tenants.undo.changes import recording
from tenants.undo.row_states import RowState

NAMES = RowState(Chapter, ("name", "campaign_name", "latin_name"))


def names_seen(chapter: Chapter) -> str:
    """Return a chapter's names as a text that a form stores to detect a change."""
    return " / ".join((chapter.name, chapter.campaign_name, chapter.latin_name or ""))


def change_names(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    name: str,
    campaign_name: str,
    latin_name: str,
    is_desk: bool = False,
    seen: str | None = None,
) -> Chapter:
    """Change the names of the bound chapter. An empty name of the campaign is the name of the chapter.

    Raises Refused with the fields of invalid names, and VersionConflict if the names are no longer those of `seen`.
    """
    chapter_names = ChapterNames.cleaned(name, campaign_name, latin_name)
    refuse_invalid_names(chapter_names)
    chapter, columns = locked_chapter(session), columns_of(chapter_names)
    if all(getattr(chapter, column) == value for column, value in columns.items()):
        return chapter
    if seen is not None and seen != names_seen(chapter):
        raise VersionConflict(seen=seen, current=names_seen(chapter))
    with recording(session, chapter, NAMES, action="chapter.renamed", actor_id=actor_id, at=at, is_desk=is_desk):
        for column, value in columns.items():
            setattr(chapter, column, value)
    return chapter


def has_amounts(session: Session) -> bool:
    """Whether the bound chapter has recorded any amount in its currency."""
    return _has_any(session, FundingSource, BudgetLine, Transaction)


def has_members(session: Session) -> bool:
    """Whether anyone has joined the bound chapter, even if they have left."""
    return _has_any(session, Membership)


def correct_place(session: Session, *, actor_id: UUID, at: datetime, country: str, slug: str, currency: str) -> Chapter:
    """Correct the country and the web address of the bound chapter before anyone has joined, or its currency.

    Raises Refused with the field if it is invalid, if somebody has joined, or if amounts are recorded in the currency.
    """
    refuse_invalid_place(slug, country, currency)
    chapter = session.scalars(select(Chapter).with_for_update().execution_options(populate_existing=True)).one()
    if (chapter.country, chapter.slug, chapter.currency) == (country, slug, currency):
        return chapter
    if chapter.currency != currency and has_amounts(session):
        raise Refused({"currency": _l("Amounts are recorded in this currency. It can no longer be changed.")})
    if (chapter.country, chapter.slug) != (country, slug):
        _move(session, chapter, country, slug)
    chapter.currency = currency
    record(
        session,
        at=at,
        actor_id=actor_id,
        action="chapter.place_corrected",
        subject_id=chapter.id,
        is_desk=True,
        country=country,
        slug=slug,
        currency=currency,
    )
    session.flush()
    return chapter


def _move(session: Session, chapter: Chapter, country: str, slug: str) -> None:
    if has_members(session):
        raise Refused({"slug": _l("People have joined. The country and the web address can no longer be changed.")})
    own_address = select(ChapterSlug).where(ChapterSlug.chapter_id == chapter.id).with_for_update()
    with refuse_taken_address(session):
        address = session.scalars(own_address).one()
        address.slug, address.country = slug, country
    chapter.slug, chapter.country, chapter.area = slug, country, AREA_OF_COUNTRY[country]


def _has_any(session: Session, *models: Any) -> bool:
    return bool(session.scalar(select(or_(*(exists(select(model.id)) for model in models)))))
