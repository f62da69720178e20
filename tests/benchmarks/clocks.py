"""The query of every tick for due chapters, when none is due."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.environment import Environment, production_app
from benchmarks.sample_rows import prepare
from benchmarks.timing import Goal, Outcome, by_turns
from harness.databases import owner_connection
from harness.people import make_world
from sqlalchemy import select

from tenants.db import opened
from tenants.reminders.due import chapters_due
from tenants.reminders.models import ChapterClock
from tenants.scope import NobodyScope

LIMIT = 500


def due_clocks(environment: Environment) -> Outcome:
    """Compare the query for all due clocks with the query for one clock by its key."""
    chapters = environment.size(10_000, 30)
    with environment.database() as settings, production_app(settings) as app, app.app_context():
        world = make_world()
        with owner_connection(settings, autocommit=True) as owner:
            prepare(owner, chapters=chapters)
            owner.execute("vacuum analyze")
        with opened(NobodyScope(login="worker")) as session:
            statement = select(ChapterClock.chapter_id).where(ChapterClock.chapter_id == world.recife.id)
            seconds = by_turns(
                lambda: chapters_due(session, at=datetime.now(UTC), limit=LIMIT),
                lambda: session.scalars(statement).all(),
                repeats=environment.size(3_000, 2),
            )
            assert not chapters_due(session, at=datetime.now(UTC), limit=LIMIT)
    return Outcome(
        "who-is-due", f"who of {chapters:,} chapters is due, none is", "one index probe", Goal(3.0), *seconds
    )
