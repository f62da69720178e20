"""Many approved reports: chapters, periods, indicators, and cells of each value, written as the owner.

A value has a row of all cells, and a row for each of eleven cells that add up to it. A tenth of the values have a
missing number. For cumulative and stock indicators the earlier number applies then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.sample_rows import Owner, prepare, unchecked
from harness.databases import owner_connection

from solidarity.settings import Settings
from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.figures.measures import POOLED_KINDS, Accumulation, MeasureKind, Rule

AT = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
LAST = 4 * 2025 + 3  # the last quarter of 2025, as a number of quarters
BANDS = ("under_18", "18_24", "25_59", "60_plus", "unknown")
CELLS = [*(f"{sex}.{band}" for sex in ("women", "men") for band in BANDS), "other.unknown"]

KINDS = [
    *[(MeasureKind.COUNT, Accumulation.FLOW)] * 10,
    *[(MeasureKind.COUNT, Accumulation.CUMULATIVE)] * 4,
    *[(MeasureKind.COUNT, Accumulation.STOCK)] * 3,
    *[(MeasureKind.RATIO, Accumulation.FLOW)] * 2,
    (MeasureKind.UNIQUE_PEOPLE, Accumulation.FLOW),
]
INDICATORS = tuple(
    replace(CORE[0], code=f"benchmark_{chr(ord('a') + number)}", version=1, rule=Rule(*kind))
    for number, kind in enumerate(KINDS)
)

REPORTS = """
    insert into reports (chapter_id, id, country, period_on, due_on, state, is_expected, sent, edited, submitted_by,
                         submitted_at, decided_at, what_changed, what_women_say, what_was_hard, what_next)
    select chapter_id, pg_temp.key(15, n * 64 + q), country, p, p + 120, 'approved', true, 1, 1, pg_temp.key(2, n * 4),
           %(at)s, %(at)s, 'Much', 'They came', 'The rain', 'More'
    from unnest(%(periods)s::date[]) with ordinality as period (p, q), here
"""
SUBMISSIONS = """
    insert into report_submissions (chapter_id, id, report_id, country, number, is_nil, submitted_by, submitted_at,
                                    what_changed, what_women_say, what_was_hard, what_next)
    select chapter_id, id, id, country, 1, false, submitted_by, submitted_at, what_changed, what_women_say,
           what_was_hard, what_next
    from reports order by period_on, id
"""
VALUES = """
    insert into report_values (chapter_id, id, submission_id, country, period_on, indicator, version, cell, numerator,
                               denominator, missing)
    select chapter_id, pg_temp.key(16, (n * 64 + q) * 1024 + i * 16 + c), pg_temp.key(15, n * 64 + q), country, p,
           indicator, 1, coalesce((%(cells)s::text[])[c], 'all'),
           case when not is_missing then number end, case when pools and not is_missing then number + 12 - c end,
           case when is_missing then 'not_available' end
    from unnest(%(periods)s::date[]) with ordinality as period (p, q),
         here,
         unnest(%(indicators)s::text[], %(pools)s::boolean[]) with ordinality as rule (indicator, pools, i),
         lateral (select (n * 7 + q * 3 + i) %% 10 = 0 as is_missing) missing,
         lateral (select coalesce(x, 0) as c, sum((n * 7 + q * 13 + i * 17 + x * 29) %% 40) as number
                  from generate_series(1, 11) x group by rollup (x)) counted
"""
OPENED_PERIODS = "insert into opened_periods select p, %(at)s from unnest(%(periods)s::date[]) p"


def fill_reports(settings: Settings, *, chapters: int, periods: int, indicators: int) -> int:
    """Fill an empty database with approved reports, and return the number of rows in report_values."""
    with owner_connection(settings, autocommit=True) as owner:
        prepare(owner, chapters=chapters)
        values = _values(periods, INDICATORS[:indicators])
        with unchecked(owner, {"reports", "report_submissions", "report_values"}):
            for statement in (OPENED_PERIODS, REPORTS, SUBMISSIONS, VALUES):
                owner.execute(statement, values)
        owner.execute("vacuum analyze")
        return _rows(owner)


def _values(periods: int, indicators: tuple[Indicator, ...]) -> dict[str, Any]:
    quarters = range(LAST - periods + 1, LAST + 1)
    return {
        "at": AT,
        "periods": [date(quarter // 4, quarter % 4 * 3 + 1, 1) for quarter in quarters],
        "indicators": [indicator.code for indicator in indicators],
        "pools": [indicator.rule.kind in POOLED_KINDS for indicator in indicators],
        "cells": CELLS,
    }


def _rows(owner: Owner) -> int:
    row = owner.execute("select count(*) from report_values").fetchone()
    assert row is not None
    return int(row[0])
