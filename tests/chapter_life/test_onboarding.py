"""A chapter begins as signed and becomes active once. No other chapter can take its address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tenants.audit import AuditEntry
from tenants.chapter_life.services import onboard_chapter
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import Chapter, ChapterSlug, ChapterState
from tenants.db import new_id, opened
from tenants.errors import Refused
from tenants.figures.models import CompileMark
from tenants.membership.activation import activate_chapter
from tenants.reminders.models import ChapterClock
from tenants.scope import ChapterScope, DeskScope, NobodyScope

NOON = datetime(2026, 2, 12, 12, 0, tzinfo=UTC)


def enter(chapter_id: UUID | None = None, **changes: Any) -> UUID:
    chapter_id = chapter_id or new_id()
    given_by_desk: dict[str, Any] = {
        "slug": "dakar",
        "name": "HeForShe Dakar",
        "campaign_name": "HeForShe Dakar",
        "country": "SN",
        "zone": "Africa/Dakar",
        "working_week": [1, 2, 3, 4, 5],
        "currency": "XOF",
        "languages": ["fr", "wo"],
    }
    with opened(ChapterScope(chapter_id)) as session:
        onboard_chapter(session, actor_id=None, at=NOON, **{**given_by_desk, **changes})
    return chapter_id


@pytest.fixture(autouse=True)
def _inside(app):
    with app.app_context():
        yield


def test_a_chapter_begins_signed_and_activating_it_twice_is_activating_it_once():
    chapter_id = enter()
    for minutes in (1, 2):
        with opened(ChapterScope(chapter_id)) as session:
            activate_chapter(session, at=NOON.replace(minute=minutes))
    with opened(ChapterScope(chapter_id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        assert (chapter.state, chapter.active_since) == (ChapterState.ACTIVE, NOON.replace(minute=1))
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.at, AuditEntry.id)).all()
        assert actions == ["chapter.onboarded", "chapter.activated"]
    with opened(NobodyScope(login="worker")) as session:
        [clock] = session.scalars(select(ChapterClock).where(ChapterClock.chapter_id == chapter_id))
        assert clock.next_at > NOON


def test_a_closed_chapter_is_not_activated_again():
    chapter_id = enter()
    with opened(ChapterScope(chapter_id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        chapter.state, chapter.active_since, chapter.closed_on = ChapterState.CLOSED, NOON, NOON.date()
    with opened(ChapterScope(chapter_id)) as session:
        activate_chapter(session, at=NOON)
        assert session.scalars(select(Chapter.state)).one() == ChapterState.CLOSED


def test_a_chapter_that_has_reported_nothing_leaves_no_mark():

    chapter_id = enter()
    with opened(ChapterScope(chapter_id)) as session:
        activate_chapter(session, at=NOON)
    with opened(DeskScope(ALL_COUNTRIES, login="compiler")) as session:
        assert session.scalars(select(CompileMark.chapter_id)).all() == []


def test_of_two_desks_that_choose_one_address_at_once_one_is_told_that_it_is_taken(app):
    def try_to() -> str:
        with app.app_context():
            try:
                enter()
            except Refused as error:
                return ",".join(error.errors)
            return "entered"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(work.result(timeout=30) for work in [pool.submit(try_to) for _ in range(4)])
    assert outcomes == ["entered", "slug", "slug", "slug"]


def test_a_refused_chapter_leaves_nothing():
    chapter_id = new_id()
    with pytest.raises(Refused) as error:
        enter(chapter_id, name=" ", zone="Mars/Olympus", currency="ZZZ")
    assert set(error.value.errors) == {"name", "zone", "currency"}
    with opened(NobodyScope()) as session:
        assert session.get(ChapterSlug, "dakar") is None


def test_names_in_any_script_are_kept_as_they_are_written():
    for number, name in enumerate(("هو لها القاهرة", "ཨོཾ་མ་ཎི", "कोलकाता", "黑龙江", "Nǃxau ǂToma", "می‌خواهم")):
        chapter_id = enter(slug=f"name-{number}", name=name)
        with opened(ChapterScope(chapter_id)) as session:
            assert session.scalars(select(Chapter.name)).one() == name
