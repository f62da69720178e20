"""The chapters of a person: the page that they open first in each, and what is due for them there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, url_for
from sqlalchemy import select

from tenants import clock
from tenants.chapters.models import Chapter
from tenants.chapters.names import sort_key
from tenants.db import opened
from tenants.obligations.models import ObligationState
from tenants.overview.obligations import obligations_due
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.people.principal import OwnMembership, Principal
from tenants.scope import ChapterScope

WEEKS_AHEAD = timedelta(weeks=3)
# The pages of roles that work in one step. All others begin at the home page.
FIRST_PAGES = {Role.FINANCE: "funding.show", Role.ME_OFFICER: "evaluation.list_reports"}


@dataclass(frozen=True)
class OwnChapter:
    """A chapter of a person with their role, its first page, and how many of their tasks are due and overdue.

    `reminders_address` is the page of their reminders in it.
    """

    name: str
    role: Role
    address: str
    reminders_address: str
    due: int
    overdue: int


def first_page_of(own_membership: OwnMembership) -> str:
    """Return the URL of the page that a member opens first in a chapter, by their role."""
    return url_for(FIRST_PAGES.get(own_membership.role, "chapter.home"), chapter=own_membership.slug)


def own_chapters(person: Principal) -> list[OwnChapter]:
    """Return a person's chapters by name. Uses two statements for each."""
    return sorted(_own_chapters(person), key=lambda chapter: sort_key(chapter.name))


def _own_chapters(person: Principal) -> Iterator[OwnChapter]:
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    for own_membership in person.memberships:
        with opened(ChapterScope(own_membership.chapter_id, actor_id=person.user_id)) as session:
            is_own = (Membership.user_id == person.user_id) & Membership.left_at.is_(None)
            statement = select(Chapter.name, Chapter.zone, Membership.id).join(Membership, is_own)
            name, zone, membership_id = session.execute(statement).one()
            today = clock.local_day(clock.now(), zone)
            rows = obligations_due(session, by=today + WEEKS_AHEAD, today=today, quiet_weeks=quiet_weeks)
        tasks = {(row.kind.code, row.subject_id): row.state(today) for row in rows if row.owner_id == membership_id}
        overdue = sum(state is ObligationState.LATE for state in tasks.values())
        reminders_address = url_for("preferences.show", chapter=own_membership.slug)
        address = first_page_of(own_membership)
        yield OwnChapter(name, own_membership.role, address, reminders_address, len(tasks), overdue)
