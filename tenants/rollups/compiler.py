# ruff: noqa: S608 - the statements are built from our own constants; values are parameters
"""Compile approved reports into figures: for the chapters with marks, or all of them from scratch.

Only one compiler runs at a time. The lock is taken before the first read, because two that read at once would each
change the world from the same old value. The compiled claims hold what the figures include of a chapter. Country, area
and world change by the difference to its current claims, so that a change costs the same whatever the number of
chapters. Marks are deleted in the same transaction, so that a rollback leaves them waiting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.figures.models import CompiledReport, CompileMark, CompileRun, Figure, RunKind
from tenants.rollups.contributions import (
    CHANGED_CLAIMS,
    CLAIM_COLUMNS,
    CLAIMS_OF_ALL,
    CLAIMS_OF_SOME,
    COMPILED_CLAIMS,
    GIVEN_CLAIMS,
    RECOMPUTED_FIGURES,
    contribution_deltas,
    rules_of,
)
from tenants.scope import DeskScope

COMPILER = DeskScope(ALL_COUNTRIES, login="compiler")
LOCK = 0x736F6C69  # any number that no other lock uses
CHAPTERS_AT_A_TIME = 500

_MOVE = text(
    contribution_deltas(CHANGED_CLAIMS)
    + """
    merge into figures f
    using (select * from moves
           where numerator <> 0 or denominator <> 0 or reported <> 0 or carried <> 0 or expected <> 0) m
    on f.indicator = m.indicator and f.version = m.version and f.period_on = m.period_on
       and f.level = m.level and f.place = m.place and f.cell = m.cell
    when matched and f.reported + m.reported + f.carried + m.carried = 0 and coalesce(f.expected + m.expected, 0) = 0
    then delete
    when matched then update set
      numerator = case when m.adds and f.reported + m.reported + f.carried + m.carried > 0
                       then coalesce(f.numerator, 0) + m.numerator end,
      denominator = case when m.adds and m.pools and f.reported + m.reported + f.carried + m.carried > 0
                         then coalesce(f.denominator, 0) + m.denominator end,
      reported = f.reported + m.reported,
      carried = f.carried + m.carried,
      expected = f.expected + m.expected,
      as_of = greatest(f.as_of, :at)
    when not matched then insert
      (indicator, version, period_on, level, place, cell, numerator, denominator, reported, carried, expected, as_of)
    values
      (m.indicator, m.version, m.period_on, m.level, m.place, m.cell,
       case when m.adds and m.reported + m.carried > 0 then m.numerator end,
       case when m.adds and m.pools and m.reported + m.carried > 0 then m.denominator end,
       m.reported, m.carried, case when m.cell = 'all' then m.expected end, :at)
    """
)
_FILL = text(
    contribution_deltas(COMPILED_CLAIMS)
    + f"""
    insert into figures
      (indicator, version, period_on, level, place, cell, numerator, denominator, reported, carried, expected, as_of)
    select made.*, cast(:at as timestamptz) from ({RECOMPUTED_FIGURES}) made
    """
)
_CLAIM_ALL = text(f"insert into compiled_reports ({', '.join(CLAIM_COLUMNS)}) {CLAIMS_OF_ALL}")
_CLAIMS_OF_SOME = text(CLAIMS_OF_SOME)
_CLAIM_SOME = text(f"insert into compiled_reports ({', '.join(CLAIM_COLUMNS)}) {GIVEN_CLAIMS}")


def compile_marked(session: Session, *, at: datetime, indicators: Sequence[Indicator] = CORE) -> int:
    """Compile the chapters with marks and return how many there were."""
    lock(session)
    chapters = sorted(set(session.scalars(delete(CompileMark).returning(CompileMark.chapter_id))))
    for start in range(0, len(chapters), CHAPTERS_AT_A_TIME):
        _compile_chapters(session, chapters[start : start + CHAPTERS_AT_A_TIME], at, indicators)
    if chapters:
        note_run(session, RunKind.MARKED, at=at, chapters=len(chapters))
    return len(chapters)


def compile_full(session: Session, *, at: datetime, indicators: Sequence[Indicator] = CORE) -> int:
    """Recompute every figure from the approved reports, delete all marks, and return how many chapters are included."""
    lock(session)
    session.execute(delete(CompileMark))
    session.execute(delete(CompiledReport))
    session.execute(_CLAIM_ALL)
    session.execute(delete(Figure))
    planner_settings(session)
    session.execute(_FILL, {**rules_of(indicators), "at": at})
    chapters = session.scalar(select(func.count(CompiledReport.chapter_id.distinct()))) or 0
    note_run(session, RunKind.FULL, at=at, chapters=chapters)
    return chapters


def lock(session: Session) -> None:
    """Block other compilers until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def planner_settings(session: Session) -> None:
    """Prepare the transaction for statements over all values.

    The planner expects a few rows instead of millions, and would sort them on disk instead of hashing them.
    """
    for setting in ("work_mem = '256MB'", "enable_sort = off", "jit = off"):
        session.execute(text(f"set local {setting}"))


def note_run(session: Session, kind: RunKind, *, at: datetime, chapters: int, differences: int | None = None) -> None:
    """Store the time and the result of the last run of a kind."""
    values = {"ran_at": at, "chapters": chapters, "differences": differences}
    row = insert(CompileRun).values(kind=kind, **values)
    session.execute(row.on_conflict_do_update(index_elements=[CompileRun.kind], set_=values))


def _compile_chapters(session: Session, chapters: list[UUID], at: datetime, indicators: Sequence[Indicator]) -> None:
    fresh = _side_by_side(session.execute(_CLAIMS_OF_SOME, {"chapters": chapters}).all())
    session.execute(_MOVE, {**rules_of(indicators), **fresh, "chapters": chapters, "at": at})
    session.execute(delete(CompiledReport).where(CompiledReport.chapter_id.in_(chapters)))
    session.execute(_CLAIM_SOME, fresh)


def _side_by_side(claims: Sequence[Row[Any]]) -> dict[str, list[Any]]:
    """Return claims as parameters, one array per column. They are read once, so both statements use the same ones."""
    names = ("chapter_ids", "periods", "countries", "areas", "submissions", "expecteds", "opens")
    columns: Iterator[Any] = zip(*claims, strict=True) if claims else iter([()] * len(names))
    return {name: list(column) for name, column in zip(names, columns, strict=True)}
