"""Who is due this minute, when nobody is: what every tick asks."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.filling import prepare
from benchmarks.measuring import Goal, Outcome, by_turns
from benchmarks.stand import Stand, web_over
from isolation.places import owner_connection
from people import make_world
from sqlalchemy import select

from tenants.db import opened
from tenants.reminders.due import chapters_due
from tenants.reminders.models import ChapterClock
from tenants.scope import NobodyScope

MOST = 500


def who_is_due(stand: Stand) -> Outcome:
    """Compare the question for everybody's clocks with the question for one clock by its key."""
    chapters = stand.size(10_000, 30)
    with stand.database() as settings, web_over(settings) as app, app.app_context():
        world = make_world()
        with owner_connection(settings, autocommit=True) as owner:
            prepare(owner, chapters=chapters)
            owner.execute("vacuum analyze")
        with opened(NobodyScope(login="worker")) as session:
            one = select(ChapterClock.chapter_id).where(ChapterClock.chapter_id == world.recife.id)
            seconds = by_turns(
                lambda: chapters_due(session, at=datetime.now(UTC), most=MOST),
                lambda: session.scalars(one).all(),
                repeats=stand.size(3_000, 2),
            )
            assert not chapters_due(session, at=datetime.now(UTC), most=MOST)
    return Outcome(
        "who-is-due", f"who of {chapters:,} chapters is due, none is", "one index probe", Goal(3.0), *seconds
    )
