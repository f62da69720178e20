# ruff: noqa: S608 - the statements are built from our own constants; values are parameters
"""The contribution of each chapter to the figures, in SQL. A test holds it equal to `measures.contribution`.

A *claim* is what counts of one chapter in one period: the approved submission, if any, whether a report is expected,
and whether the chapter is still open at the period's end. Values of a submission never change, so claims are enough:
the figures hold what the compiled claims give, and should hold what the current claims give.

A chapter's own value counts in its period. The latest cumulative value or stock is carried forward until the chapter's
next own value, whole with its cells. Cells carried forward one by one would remain after the last person has left them.
A closed chapter leaves the stocks and keeps the rest. A missing value adds nothing. It is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tenants.action_kit.evaluation.indicators import Indicator
from tenants.figures.measures import POOLED_KINDS, Accumulation, MeasureKind

PARTS = ("numerator", "denominator", "reported", "carried", "expected")
NEVER_ADDED = (MeasureKind.UNIQUE_PEOPLE,)

# The current claims: one row for every period since the chapter's first report.
CLAIMS_NOW = """
    select c.id as chapter_id, p.period_on, c.country, c.area, s.id as submission_id,
           coalesce(r.is_expected, false) as is_expected,
           c.closed_on is null or c.closed_on >= p.period_on + interval '3 months' as is_open
    from chapters c
    join (select own.chapter_id, own.period_on from reports own where {own}
          union
          select first.chapter_id, o.period_on
          from (select own.chapter_id, min(own.period_on) as period_on
                from reports own where {own} group by own.chapter_id) first
          join opened_periods o on o.period_on > first.period_on) p on p.chapter_id = c.id
    left join reports r on r.chapter_id = c.id and r.period_on = p.period_on
    left join report_submissions s
      on s.chapter_id = c.id and s.report_id = r.id and s.number = r.sent and r.state = 'approved'
    where {chapter}
"""
CLAIMS_OF_ALL = CLAIMS_NOW.format(own="true", chapter="true")
CLAIMS_OF_SOME = CLAIMS_NOW.format(own="own.chapter_id = any(:chapters)", chapter="c.id = any(:chapters)")

CLAIM_COLUMNS = ("chapter_id", "period_on", "country", "area", "submission_id", "is_expected", "is_open")

# One row for each indicator, from parallel arrays. `rule` is its number, because numbers are grouped faster than texts.
RULES = """
    select * from unnest(cast(:indicators as text[]), cast(:versions as smallint[]), cast(:carries as boolean[]),
                         cast(:leaves as boolean[]), cast(:adds as boolean[]), cast(:pools as boolean[]))
      with ordinality as numbered (indicator, version, carries, leaves, adds, pools, rule)
"""

# `sign` subtracts compiled claims and adds current ones. Expressions are materialized because the planner takes chapter
# and submission as independent, expects one row instead of thousands, and would join all cells of all values
# before it searches for the few that are carried forward.
DELTAS = """
    with rules as ({rules}),
    claims as materialized ({claims}),
    own as (
      select c.sign, c.country, c.area, c.period_on, c.is_expected, r.rule, v.cell, v.numerator, v.denominator
      from claims c
      join report_values v on v.chapter_id = c.chapter_id and v.submission_id = c.submission_id
      join rules r on r.indicator = v.indicator and r.version = v.version
      where v.numerator is not null and (c.is_open or not r.leaves) and (r.adds or v.cell = 'all')
    ),
    held as materialized (
      select c.sign, c.chapter_id, c.submission_id, c.period_on, r.rule,
             lead(c.period_on) over (
               partition by c.sign, c.chapter_id, r.rule order by c.period_on) as next_on
      from claims c
      join report_values v on v.chapter_id = c.chapter_id and v.submission_id = c.submission_id
      join rules r on r.indicator = v.indicator and r.version = v.version
      where r.carries and v.cell = 'all' and v.numerator is not null and (c.is_open or not r.leaves)
    ),
    gaps as materialized (
      select c.sign, c.country, c.area, c.period_on, h.chapter_id, h.submission_id, h.rule
      from held h
      join claims c on c.sign = h.sign and c.chapter_id = h.chapter_id
                   and c.period_on > h.period_on and (h.next_on is null or c.period_on < h.next_on)
      join rules r on r.rule = h.rule
      where c.is_open or not r.leaves
    ),
    carried as (
      select g.sign, g.country, g.area, g.period_on, g.rule, v.cell, v.numerator, v.denominator
      from gaps g
      join rules r on r.rule = g.rule
      join report_values v on v.chapter_id = g.chapter_id and v.submission_id = g.submission_id
                          and v.indicator = r.indicator and v.version = r.version
      where v.numerator is not null and (r.adds or v.cell = 'all')
    ),
    contributions as (
      select country, area, period_on, rule, cell, sum(sign * numerator)::bigint as numerator,
             sum(sign * coalesce(denominator, 0))::bigint as denominator, sum(sign) as reported, 0::bigint as carried,
             coalesce(sum(sign) filter (where cell = 'all' and not is_expected), 0) as expected
      from own group by country, area, period_on, rule, cell
      union all
      select country, area, period_on, rule, cell, sum(sign * numerator)::bigint,
             sum(sign * coalesce(denominator, 0))::bigint, 0, sum(sign), 0
      from carried group by country, area, period_on, rule, cell
      union all
      select e.country, e.area, e.period_on, r.rule, 'all', 0, 0, 0, 0, e.expected
      from (select country, area, period_on, sum(sign) as expected
            from claims where is_expected group by country, area, period_on) e
      cross join rules r
    ),
    countries as (
      select 'country' as level, country as place, period_on, rule, cell, {parts}
      from contributions group by country, period_on, rule, cell
    ),
    areas as (
      select 'area' as level, area as place, period_on, rule, cell, {parts}
      from contributions group by area, period_on, rule, cell
    ),
    worlds as (
      select 'world' as level, 'world' as place, period_on, rule, cell, {parts}
      from areas group by period_on, rule, cell
    ),
    moves as (
      select r.indicator, r.version, m.period_on, m.level, m.place, m.cell, r.adds, r.pools,
             m.numerator, m.denominator, m.reported::int, m.carried::int, m.expected::int
      from (select * from countries union all select * from areas union all select * from worlds) m
      join rules r on r.rule = m.rule
    )
"""
ADDED = ", ".join(f"sum({part})::bigint as {part}" for part in PARTS)

RECOMPUTED_FIGURES = """
    select indicator, version, period_on, level, place, cell,
           case when adds and reported + carried > 0 then numerator end as numerator,
           case when adds and pools and reported + carried > 0 then denominator end as denominator,
           reported, carried, case when cell = 'all' then expected end as expected
    from moves where reported + carried + expected > 0
"""

COMPILED_CLAIMS = f"select 1 as sign, {', '.join(CLAIM_COLUMNS)} from compiled_reports"
# Claims that were read before, one array per column.
GIVEN_CLAIMS = f"""
    select * from unnest(cast(:chapter_ids as uuid[]), cast(:periods as date[]), cast(:countries as text[]),
                         cast(:areas as text[]), cast(:submissions as uuid[]), cast(:expecteds as boolean[]),
                         cast(:opens as boolean[])) as given ({", ".join(CLAIM_COLUMNS)})
"""
CHANGED_CLAIMS = f"""
    select 1 as sign, given.* from ({GIVEN_CLAIMS}) given
    union all
    select -1, {", ".join(CLAIM_COLUMNS)} from compiled_reports where chapter_id = any(:chapters)
"""


def contribution_deltas(claims: str) -> str:
    """Return the common table expressions up to `moves`, for a select of signed claims."""
    return DELTAS.format(rules=RULES, claims=claims, parts=ADDED)


def rules_of(indicators: Sequence[Indicator]) -> dict[str, list[Any]]:
    """Return the parameters of RULES."""
    rules = [indicator.rule for indicator in indicators]
    return {
        "indicators": [indicator.code for indicator in indicators],
        "versions": [indicator.version for indicator in indicators],
        "carries": [rule.accumulation is not Accumulation.FLOW for rule in rules],
        "leaves": [rule.accumulation is Accumulation.STOCK for rule in rules],
        "adds": [rule.kind not in NEVER_ADDED for rule in rules],
        "pools": [rule.kind in POOLED_KINDS for rule in rules],
    }
