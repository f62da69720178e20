"""The compiler: all approved reports against one plain sum, and one report among many chapters against among few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from benchmarks.approved_reports import AT, INDICATORS, fill_reports
from benchmarks.environment import Environment, production_app
from benchmarks.sample_rows import Owner
from benchmarks.timing import Goal, Outcome, by_turns
from flask import Flask
from harness.databases import owner_connection
from harness.statements import logged
from sqlalchemy import func, select, text

from solidarity.settings import Settings
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import db, opened
from tenants.figures.models import Figure
from tenants.rollups.compiler import compile_full, compile_marked
from tenants.scope import DeskScope

COMPILER = DeskScope(countries=ALL_COUNTRIES, login="compiler")
DESK = DeskScope(countries=ALL_COUNTRIES)  # reads the same rows by the same policy, and the column `country`
BARE_SUM = text("select country, sum(numerator) from report_values group by country")
DRAFT_UPDATE = "update reports set state = 'draft', submitted_by = null, submitted_at = null, decided_at = null"
APPROVAL_UPDATE = "update reports set state = 'approved', submitted_by = id, submitted_at = %(at)s, decided_at = %(at)s"


def full(environment: Environment) -> Outcome:
    """Compare a full compile with one sum over the same rows by country, both behind the policy for all countries."""
    chapters, periods = environment.size(2_000, 20), environment.size(12, 3)
    with environment.database() as settings:
        rows = fill_reports(settings, chapters=chapters, periods=periods, indicators=len(INDICATORS))
        with production_app(settings) as app, app.app_context():
            seconds = by_turns(_compile_full, _bare_sum, repeats=environment.size(5, 2), warming=1)
            figures = _figures()
        without = _without_wall(settings)
    return Outcome(
        "full-compile",
        f"all of {rows:,} values ({chapters:,} chapters, {periods} periods) compiled",
        "one bare GROUP BY country of the same rows",
        Goal(2.0),
        *seconds,
        notes=[f"{figures:,} figures made; the bare sum takes the owner, who has no wall, {without * 1000:,.0f} ms"],
    )


def one_report(environment: Environment) -> Outcome:
    """Compare the compile of one newly approved report among thousands of chapters and among a hundred."""
    many_chapters, few_chapters = environment.size(10_000, 30), environment.size(100, 10)
    with ExitStack() as stack:
        large_world, small_world = (
            stack.enter_context(_reported(environment, size)) for size in (many_chapters, few_chapters)
        )
        statement_counts = [world.statements() for world in (large_world, small_world)]
        seconds = by_turns(
            large_world.compile,
            small_world.compile,
            repeats=environment.size(100, 2),
            warming=environment.size(7, 1),
            before=(large_world.approve_anew, small_world.approve_anew),
        )
    assert statement_counts[0] == statement_counts[1], f"statements grow with the world: {statement_counts}"
    return Outcome(
        "one-report",
        f"a report approved among {many_chapters:,} chapters, {large_world.neighbours:,} in its country, compiled",
        f"among {few_chapters}, {small_world.neighbours} in its country",
        Goal(1.3, statements=12),
        *seconds,
        statements=statement_counts[0],
        notes=[f"{large_world.rows:,} values against {small_world.rows:,}"],
    )


class Reported:
    """A compiled world of approved reports, one of which is approved repeatedly."""

    def __init__(self, app: Flask, owner: Owner, rows: int) -> None:
        self.app, self.owner, self.rows = app, owner, rows
        row = owner.execute(
            "select chapter_id, id, (select count(*) from chapters c where c.country = r.country) from reports r "
            "where country = 'BR' order by period_on desc, id limit 1"
        ).fetchone()
        assert row is not None
        self.chapter_id: UUID = row[0]
        self.report_id: UUID = row[1]
        self.neighbours: int = row[2]

    def compile(self) -> None:
        """Compile the marked figures."""
        with self.app.app_context(), opened(COMPILER) as session:
            assert compile_marked(session, at=AT, indicators=INDICATORS) == 1

    def approve_anew(self) -> None:
        """Remove the report from the figures, and approve it again. This leaves a mark for one approved report."""
        self._mark(DRAFT_UPDATE)
        self.compile()
        self._mark(APPROVAL_UPDATE)

    def statements(self) -> int:
        """Return the number of statements that one compile sends."""
        self.approve_anew()
        with self.app.app_context():
            engine = db.engines["compiler"]
        with logged([engine]) as sent_statements:
            self.compile()
        return len(sent_statements)

    def _mark(self, change: str) -> None:
        values = {"chapter": self.chapter_id, "report": self.report_id, "at": AT}
        self.owner.execute(f"{change} where chapter_id = %(chapter)s and id = %(report)s", values)
        self.owner.execute("insert into compile_marks values (gen_random_uuid(), %(chapter)s, %(at)s)", values)


@contextmanager
def _reported(environment: Environment, chapters: int) -> Iterator[Reported]:
    with environment.database() as settings:
        rows = fill_reports(
            settings, chapters=chapters, periods=environment.size(4, 2), indicators=environment.size(10, 4)
        )
        with production_app(settings) as app, owner_connection(settings, autocommit=True) as owner:
            with app.app_context():
                _compile_full()
            owner.execute("vacuum analyze")
            yield Reported(app, owner, rows)


def _compile_full() -> None:
    with opened(COMPILER) as session:
        compile_full(session, at=AT, indicators=INDICATORS)


def _bare_sum() -> None:
    with opened(DESK) as session:
        session.execute(BARE_SUM).all()


def _figures() -> int:
    with opened(COMPILER) as session:
        return session.scalar(select(func.count()).select_from(Figure)) or 0


def _without_wall(settings: Settings) -> float:
    with owner_connection(settings) as owner:
        seconds, _ = by_turns(lambda: owner.execute(str(BARE_SUM)).fetchall(), lambda: None, repeats=3, warming=1)
    return sorted(seconds)[1]
