"""Open a period: store that every chapter whose agreement is in force that day is expected to report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import OpenedPeriod
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import open_report
from tenants.chapters.models import ChapterSlug
from tenants.db import opened
from tenants.figures.models import CompileMark
from tenants.scope import ChapterScope, NobodyScope


def open_period(*, period: Period, at: datetime) -> int:
    """Expect a report of every active chapter for `period`, unless that was done; return how many are new.

    Each chapter has its own transaction. After an interruption it can run again: existing reports are kept.
    """
    with opened(NobodyScope(login="worker")) as session:
        if session.get(OpenedPeriod, period.starts_on) is not None:
            return 0
        chapters = session.scalars(select(ChapterSlug.chapter_id).order_by(ChapterSlug.chapter_id)).all()
    expected = 0
    for chapter_id in chapters:
        with opened(ChapterScope(chapter_id, login="worker")) as chapter_session:
            expected += open_report(chapter_session, period=period, at=at)
    with opened(NobodyScope(login="worker")) as session:
        row = insert(OpenedPeriod).values(period_on=period.starts_on, opened_at=at)
        session.execute(row.on_conflict_do_nothing())
        _mark_every_chapter(session, at)
    return expected


def _mark_every_chapter(session: Session, at: datetime) -> None:
    """Mark every chapter, also closed ones, because values carried forward reach the new period."""
    chapter_ids = session.scalars(select(ChapterSlug.chapter_id).order_by(ChapterSlug.chapter_id)).all()
    session.add_all(CompileMark(chapter_id=chapter_id, marked_at=at) for chapter_id in chapter_ids)
