"""Queries over the bound chapter's activities. They only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tenants.action_kit.activities.models import Activity, ActivityRevision, HeadCount
from tenants.action_kit.cells import AgeBand, Sex
from tenants.keyset import Window, rows_in
from tenants.people.queries import known_as, name_in
from tenants.scope import bound_chapter


@dataclass(frozen=True)
class OwnTotals:
    """Totals of the bound chapter's current revisions. Activities without a head count add nothing to people."""

    activities: int
    counted: int
    people: int
    first_time: int
    came_before: int
    not_sure: int
    last_held_on: date | None


@dataclass(frozen=True)
class EntryChoice:
    """Which current entries are meant: those of a planned activity, of a year, or those that a number was made from."""

    plan_line_id: UUID | None = None
    year: int | None = None
    is_counted: bool = False
    is_asked: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what an entry must meet."""
        conditions = [ActivityRevision.is_current.expression]
        if self.plan_line_id is not None:
            conditions.append(ActivityRevision.plan_line_id == self.plan_line_id)
        if self.year is not None:
            conditions.append(ActivityRevision.held_on.between(date(self.year, 1, 1), date(self.year, 12, 31)))
        if self.is_counted:
            conditions.append(ActivityRevision.people.is_not(None))
        if self.is_asked:
            conditions.append(ActivityRevision.first_time.is_not(None))
        return conditions


@dataclass(frozen=True)
class AuthoredRevision:
    """A revision and its author's name in the chapter; None if the author was never a member."""

    revision: ActivityRevision
    by: str | None


@dataclass(frozen=True)
class Withdrawal:
    """Why, by whom and when an activity was withdrawn."""

    reason: str
    by: str | None
    at: datetime


def own_totals(session: Session, choice: EntryChoice | None = None) -> OwnTotals:
    """Return the bound chapter's current totals, of all entries or of some."""
    row = (
        session.execute(
            select(
                func.count(ActivityRevision.id).label("activities"),
                func.count(ActivityRevision.people).label("counted"),
                _total_of(ActivityRevision.people).label("people"),
                _total_of(ActivityRevision.first_time).label("first_time"),
                _total_of(ActivityRevision.came_before).label("came_before"),
                _total_of(ActivityRevision.not_sure).label("not_sure"),
                func.max(ActivityRevision.held_on).label("last_held_on"),
            ).where(*(choice or EntryChoice()).conditions())
        )
        .mappings()
        .one()
    )
    return OwnTotals(**row)


def list_current(session: Session, window: Window, choice: EntryChoice | None = None) -> list[AuthoredRevision]:
    """Return current revisions, the latest day first; a cursor is a day and an activity's id."""
    key = (ActivityRevision.held_on, ActivityRevision.activity_id)
    statement = _select_revisions(session).where(*(choice or EntryChoice()).conditions())
    return [
        AuthoredRevision(revision, by) for revision, by in rows_in(session, statement, window, key, descending=True)
    ]


def revisions_of(session: Session, activity_id: UUID) -> list[AuthoredRevision]:
    """Return every revision of an activity, the latest first; empty if the bound chapter has no such activity."""
    statement = (
        _select_revisions(session)
        .where(ActivityRevision.activity_id == activity_id)
        .order_by(ActivityRevision.number.desc())
    )
    return [AuthoredRevision(revision, by) for revision, by in session.execute(statement)]


def find_withdrawal(session: Session, activity_id: UUID) -> Withdrawal | None:
    """Return why, by whom and when an activity was withdrawn, if it was."""
    name = known_as(bound_chapter(session), Activity.withdrawn_by)
    row = session.execute(select(Activity, name).where(Activity.id == activity_id)).one_or_none()
    if row is None:
        return None
    activity, by = row
    if activity.withdrawn_reason is None or activity.withdrawn_at is None:
        return None
    return Withdrawal(activity.withdrawn_reason, by, activity.withdrawn_at)


def similar_activities(session: Session, revision: ActivityRevision) -> list[ActivityRevision]:
    """Return other current activities of the same day that look like the same event, at most three.

    They have the same title, or the same kind and place, in upper or lower case.
    """
    same_place = and_(
        ActivityRevision.kind == revision.kind,
        ActivityRevision.place != "",
        func.lower(ActivityRevision.place) == func.lower(revision.place),
    )
    statement = (
        select(ActivityRevision)
        .where(ActivityRevision.is_current, ActivityRevision.held_on == revision.held_on)
        .where(ActivityRevision.activity_id != revision.activity_id)
        .where(or_(func.lower(ActivityRevision.title) == func.lower(revision.title), same_place))
        .order_by(ActivityRevision.activity_id)
        .limit(3)
    )
    return list(session.scalars(statement))


def last_entry(session: Session, *, plan_line_id: UUID | None = None) -> ActivityRevision | None:
    """Return the entry of the latest day, of a planned activity if given; None if there is none."""
    statement = select(ActivityRevision).where(*EntryChoice(plan_line_id=plan_line_id).conditions())
    latest = statement.order_by(ActivityRevision.held_on.desc(), ActivityRevision.activity_id.desc()).limit(1)
    return session.scalars(latest).one_or_none()


def recent_places(session: Session, *, limit: int = 10) -> Sequence[str]:
    """Return the places of the bound chapter's activities, the most recently used first, each once."""
    last_held_on = func.max(ActivityRevision.held_on)
    return session.scalars(
        select(ActivityRevision.place)
        .where(ActivityRevision.is_current, ActivityRevision.place != "")
        .group_by(ActivityRevision.place)
        .order_by(last_held_on.desc(), ActivityRevision.place)
        .limit(limit)
    ).all()


def head_counts(session: Session, revision_id: UUID) -> dict[tuple[Sex, AgeBand], int]:
    """Return the people in each cell of a revision; a missing cell means zero."""
    rows = session.execute(
        select(HeadCount.sex, HeadCount.age_band, HeadCount.people).where(HeadCount.revision_id == revision_id)
    )
    return {(Sex(sex), AgeBand(age_band)): people for sex, age_band, people in rows}


def find_by_form_key(session: Session, form_key: UUID) -> Activity | None:
    """Return the activity that a form has already created, if any."""
    return session.scalars(select(Activity).where(Activity.form_key == form_key)).one_or_none()


def _total_of(column: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


def _select_revisions(session: Session) -> Select[ActivityRevision, str | None]:
    """Select revisions, each with its author's name in the chapter."""
    return select(ActivityRevision, name_in(bound_chapter(session), ActivityRevision.made_by))
