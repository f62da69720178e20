"""Log an activity once; correct it by a new revision, never by overwriting."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.activities.entries import ActivityEntry, Cell, cell_name, refuse_invalid_activity, tidy_activity
from tenants.action_kit.activities.models import REASON_LENGTH, Activity, ActivityKind, ActivityRevision, HeadCount
from tenants.action_kit.activities.queries import find_by_form_key, head_counts
from tenants.action_kit.evaluation.models import ValueSource
from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.clock import local_day
from tenants.db import new_id
from tenants.errors import Refused, VersionConflict
from tenants.scope import bound_chapter
from tenants.texts import clean_text
from tenants.undo.changes import Transition, record_change

__all__ = ["ActivityEntry", "Cell", "activity_entry", "cell_name", "log_activity", "revise_activity"]


def log_activity(session: Session, *, actor_id: UUID, at: datetime, form_key: UUID, entry: ActivityEntry) -> Activity:
    """Log an activity of the bound chapter and return it.

    A form sent twice, in sequence or concurrently, has one `form_key`: the second call returns the first activity and
    counts nothing. Raises Refused if the entry is invalid.
    """
    chapter, entry = _check_entry(session, at=at, entry=entry)
    activity_id = _insert_activity(session, chapter=chapter, form_key=form_key, actor_id=actor_id, at=at)
    if activity_id is None:
        first = find_by_form_key(session, form_key)
        assert first is not None, "whoever holds the form key has committed it"  # noqa: S101
        return first
    _add_revision(session, chapter, activity_id=activity_id, number=1, actor_id=actor_id, at=at, entry=entry)
    change = Transition(activity_id, None, _digest_of(entry), entry.title)
    record_change(session, change, action="activity.logged", actor_id=actor_id, at=at, people=entry.people)
    return session.scalars(select(Activity).where(Activity.id == activity_id)).one()


def revise_activity(
    session: Session, *, actor_id: UUID, at: datetime, activity_id: UUID, seen: int, entry: ActivityEntry
) -> ActivityRevision:
    """Replace revision `seen` of an activity with a new revision and return it.

    An entry with the same content as the current revision, such as a form sent twice, makes no new one. Raises Refused
    (also for a withdrawn activity), VersionConflict if there is a newer revision than `seen`, NoResultFound for an
    unknown activity.
    """
    chapter, entry = _check_entry(session, at=at, entry=entry)
    locked_revision = _lock_revision(session, activity_id=activity_id, number=seen)
    current = _current_revision(session, activity_id)
    if not current.is_current:
        raise Refused({"activity": _l("This entry was removed. Log it again.")})
    if activity_entry(current, head_counts(session, current.id)) == entry:
        return current
    if locked_revision is not current:
        raise VersionConflict(seen=seen, current=current.number)
    current.is_current = False
    session.flush()  # an index allows one current revision, so the old one is written first
    number = current.number + 1
    revision = _add_revision(
        session, chapter, activity_id=activity_id, number=number, actor_id=actor_id, at=at, entry=entry
    )
    change = Transition(activity_id, {"revision": current.number}, _digest_of(entry), entry.title)
    record_change(session, change, action="activity.revised", actor_id=actor_id, at=at, number=number)
    return revision


def current_state(session: Session, activity_id: UUID) -> dict[str, Any] | None:
    """Lock an activity and return a digest of its current revision, for comparison; None if it was withdrawn."""
    current = _current_revision(session, activity_id)
    _lock_revision(session, activity_id=activity_id, number=current.number)
    current = _current_revision(session, activity_id)
    return _digest_of(activity_entry(current, head_counts(session, current.id))) if current.is_current else None


def revise_back(session: Session, *, actor_id: UUID, at: datetime, activity_id: UUID, number: int) -> None:
    """Restore revision `number` as a new revision. Raises Refused if its content is no longer valid."""
    earlier = session.scalars(
        select(ActivityRevision).where(ActivityRevision.activity_id == activity_id, ActivityRevision.number == number)
    ).one()
    entry, seen = (
        activity_entry(earlier, head_counts(session, earlier.id)),
        _current_revision(session, activity_id).number,
    )
    revise_activity(session, actor_id=actor_id, at=at, activity_id=activity_id, seen=seen, entry=entry)


def withdraw_activity(session: Session, *, actor_id: UUID, at: datetime, activity_id: UUID, reason: str) -> bool:
    """Remove an activity from the log. None of its revisions counts any more, and all can still be read.

    Returns False if it was withdrawn before. Raises Refused without a reason (`reason`), and if a report that was sent
    counts it (`activity`).
    """
    reason = clean_text(reason, REASON_LENGTH, field="reason", empty=_l("Enter the reason."))
    refuse_reported(session, activity_id, since=1)
    if current_state(session, activity_id) is None:
        return False
    _current_revision(session, activity_id).is_current = False
    activity = session.scalars(select(Activity).where(Activity.id == activity_id)).one()
    activity.withdrawn_at, activity.withdrawn_by, activity.withdrawn_reason = at, actor_id, reason
    record(session, at=at, actor_id=actor_id, action="activity.withdrawn", subject_id=activity_id)
    session.flush()
    return True


def refuse_reported(session: Session, activity_id: UUID, *, since: int) -> None:
    """Raise Refused if a report that was sent contains the revision `since` of an activity or a later one."""
    counted_source = select(ValueSource.id).where(ValueSource.source_id == activity_id, ValueSource.revision >= since)
    if session.scalar(counted_source.limit(1)) is not None:
        raise Refused(
            {"activity": _l("This activity is counted in a report that was sent. Correct the activity instead.")}
        )


def activity_entry(revision: ActivityRevision, counts: dict[Cell, int]) -> ActivityEntry:
    """Return a stored revision as the entry that it came from; `counts` are its head counts."""
    return ActivityEntry(
        kind=ActivityKind(revision.kind),
        title=revision.title,
        held_on=revision.held_on,
        place=revision.place,
        narrative=revision.narrative,
        counts=None if revision.people is None else counts,
        first_time=revision.first_time,
        came_before=revision.came_before,
        not_sure=revision.not_sure,
        plan_line_id=revision.plan_line_id,
    )


def _digest_of(entry: ActivityEntry) -> dict[str, str]:
    """Return a digest of an entry, so that two entries can be compared without storing their texts."""
    content = asdict(entry) | {"counts": sorted((str(cell), people) for cell, people in (entry.counts or {}).items())}
    content["counted"] = entry.counts is not None
    if entry.plan_line_id is None:
        del content["plan_line_id"]  # as in the digests of entries from before there was a link to the plan
    return {"says": sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()}


def _check_entry(session: Session, *, at: datetime, entry: ActivityEntry) -> tuple[Chapter, ActivityEntry]:
    chapter = session.get_one(Chapter, bound_chapter(session))
    clean = tidy_activity(entry)
    refuse_invalid_activity(clean, today=local_day(at, chapter.zone))
    return chapter, clean


def _insert_activity(
    session: Session, *, chapter: Chapter, form_key: UUID, actor_id: UUID, at: datetime
) -> UUID | None:
    """Insert the activity, or return None if its form key is taken. Waits for a concurrent insert of the key."""
    activity_id = new_id()
    statement = (
        insert(Activity)
        .values(
            chapter_id=chapter.id,
            id=activity_id,
            country=chapter.country,
            form_key=form_key,
            logged_at=at,
            logged_by=actor_id,
        )
        .on_conflict_do_nothing(index_elements=["chapter_id", "form_key"])
        .returning(Activity.id)
    )
    return session.execute(statement).scalar_one_or_none()


def _lock_revision(session: Session, *, activity_id: UUID, number: int) -> ActivityRevision | None:
    """Lock the revision that a form was made from. A second form from the same revision waits here."""
    return session.scalars(
        select(ActivityRevision)
        .where(ActivityRevision.activity_id == activity_id, ActivityRevision.number == number)
        .with_for_update()
    ).one_or_none()


def _current_revision(session: Session, activity_id: UUID) -> ActivityRevision:
    latest = select(func.max(ActivityRevision.number)).where(
        ActivityRevision.activity_id == activity_id, ActivityRevision.chapter_id == bound_chapter(session)
    )
    return session.scalars(
        select(ActivityRevision)
        .where(ActivityRevision.activity_id == activity_id, ActivityRevision.number == latest.scalar_subquery())
        .execution_options(populate_existing=True)
    ).one()


def _add_revision(
    session: Session,
    chapter: Chapter,
    *,
    activity_id: UUID,
    number: int,
    actor_id: UUID,
    at: datetime,
    entry: ActivityEntry,
) -> ActivityRevision:
    revision = ActivityRevision(
        chapter_id=chapter.id,
        id=new_id(),
        activity_id=activity_id,
        country=chapter.country,
        number=number,
        is_current=True,
        kind=entry.kind,
        title=entry.title,
        held_on=entry.held_on,
        place=entry.place,
        narrative=entry.narrative,
        people=entry.people,
        first_time=entry.first_time,
        came_before=entry.came_before,
        not_sure=entry.not_sure,
        plan_line_id=entry.plan_line_id,
        made_at=at,
        made_by=actor_id,
    )
    revision.head_counts = [_head_count(chapter, cell, people) for cell, people in (entry.counts or {}).items()]
    session.add(revision)
    session.flush()
    return revision


def _head_count(chapter: Chapter, cell: Cell, people: int) -> HeadCount:
    sex, age_band = cell
    return HeadCount(chapter_id=chapter.id, country=chapter.country, sex=sex, age_band=age_band, people=people)
