"""A world of chapters with their activities, plans, money, launches and reports, written as the owner.

Chapter number 1 is Recife of tests/harness/people.py. Its rows do not depend on the number of other chapters. The rows
are stored in the order of real use, by day and then by chapter, so the rows of one chapter are not adjacent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from harness.databases import owner_connection
from psycopg import sql

from solidarity.settings import Settings
from tenants.chapters.areas import AREA_OF_COUNTRY

Owner = psycopg.Connection[Any]

KEY = """
    create function pg_temp.key(kind int, n bigint) returns uuid language sql immutable
    return (lpad(to_hex(kind), 8, '0') || lpad(to_hex(n), 24, '0'))::uuid
"""

# A few countries have many chapters, most have few. Every fifth chapter is in Brazil.
CHAPTERS = """
    insert into chapters (id, slug, name, campaign_name, sort_key, country, area, zone, working_week, currency,
                          languages, state, active_since, is_invented, created_at)
    select pg_temp.key(1, n), 'chapter-' || n, 'Chapter ' || n, 'Chapter ' || n, 'chapter ' || n, c.code, c.area, 'UTC',
           '{1,2,3,4,5}', 'USD', '{en}', 'active', %(since)s, false, %(since)s
    from generate_series(%(first)s::int, %(chapters)s::int) n
    join unnest(%(codes)s::text[], %(areas)s::text[]) with ordinality as c (code, area, place)
      on c.place = case when n %% 5 = 0 then %(brazil)s
                   else 1 + floor(cardinality(%(codes)s::text[]) * power((n * 7919 %% 1000) / 1000.0, 2)) end
"""
NUMBERED_CHAPTERS = """
    create temporary table here as
    select id as chapter_id, country, slug like 'chapter-%%' as is_made,
           row_number() over (order by created_at, slug <> 'recife', id) as n
    from chapters
"""
PEOPLE = (
    """
    insert into users (id, email, name, language, active, fs_uniquifier, created_at)
    select pg_temp.key(2, n * 4 + p), 'p' || p || '.' || n || '@many.example', 'Person ' || p, 'en', true,
           'u' || n || '.' || p, %(since)s
    from here, generate_series(1, 3) p where is_made
    """,
    """
    insert into memberships (chapter_id, id, user_id, role, name, email, language, joined_at)
    select chapter_id, pg_temp.key(3, n * 4 + p), pg_temp.key(2, n * 4 + p),
           (array['focal_point', 'coordinator', 'member'])[p], 'Person ' || p, 'p' || p || '.' || n || '@many.example',
           'en', %(since)s
    from here, generate_series(1, 3) p where is_made
    """,
    "insert into chapter_slugs select slug, id, country from chapters where slug like 'chapter-%%'",
    """
    insert into chapter_clocks (chapter_id, next_at)
    select chapter_id, %(now)s::timestamptz + interval '1 hour' * (1 + n %% 72) from here
    on conflict (chapter_id) do update set next_at = excluded.next_at
    """,
)
# `activities` for each chapter on average, from one fifth to nine fifths of it. Recife has the average.
LOGGED_ACTIVITIES = """
    create temporary table logged as
    select chapter_id, country, n, k, k * 100000 + n as key,
           %(today)s::date - (k * 700 / %(activities)s)::int as held_on,
           case when n %% 7 = k %% 7 then null else 5 + (n * 31 + k * 37) %% 80 end as people
    from generate_series(%(activities)s * 2, 1, -1) k, here
    where k <= case when n = 1 then %(activities)s else %(activities)s * (20 + n * 7919 %% 161) / 100 end
"""
ACTIVITIES = (
    """
    insert into activities (chapter_id, id, country, form_key, logged_at, logged_by)
    select chapter_id, pg_temp.key(4, key), country, pg_temp.key(4, key), held_on + time '17:00' at time zone 'UTC',
           pg_temp.key(2, n * 4 + 1)
    from logged
    """,
    """
    insert into activity_revisions (chapter_id, id, activity_id, country, number, is_current, kind, title, held_on,
                                    place, narrative, people, first_time, came_before, not_sure, made_at, made_by)
    select chapter_id, pg_temp.key(5, key), pg_temp.key(4, key), country, 1, true,
           (array['dialogue', 'workplace', 'training', 'stall', 'other'])[1 + k %% 5], 'Talk number ' || k, held_on,
           'The school by the river', repeat('They asked what a boy can do at home. ', 6), people, people - people / 3,
           people / 3, people - people, held_on + time '17:00' at time zone 'UTC', pg_temp.key(2, n * 4 + 1)
    from logged
    """,
    """
    insert into head_counts (chapter_id, id, revision_id, country, sex, age_band, people)
    select chapter_id, pg_temp.key(6, key * 2 + s), pg_temp.key(5, key), country, (array['women', 'men'])[1 + s],
           '18_24', case s when 0 then people / 2 else people - people / 2 end
    from logged, generate_series(0, 1) s where people is not null
    """,
)
PLANS = (
    """
    insert into plan_lines (chapter_id, id, country, kind, position, title, starts_on, due_on, times, risk, parent_id,
                            number, done_on)
    select chapter_id, pg_temp.key(7, n * 16 + l), country, case l when 1 then 'outcome' else 'activity' end, l,
           'Line ' || l, null, case when l > 1 then %(today)s::date + (l - 8) * 14 end, 1, '',
           case when l > 1 then pg_temp.key(7, n * 16 + 1) end, 1,
           case when l between 2 and 7 then %(today)s::date + (l - 8) * 14 end
    from here, generate_series(1, 12) l
    """,
    """
    insert into plan_versions (chapter_id, id, country, number, state, submitted_by, submitted_at, awaits_desk,
                               decided_by, decided_at, is_outside, reason)
    select chapter_id, pg_temp.key(8, n), country, 1, 'approved', pg_temp.key(2, n * 4 + 1), %(since)s, true,
           pg_temp.key(2, 1), %(since)s, true, ''
    from here
    """,
    """
    insert into plan_version_lines (chapter_id, id, country, kind, position, title, starts_on, due_on, times, risk,
                                    version_id, line_id, parent_line_id)
    select chapter_id, id, country, kind, position, title, starts_on, due_on, times, risk, pg_temp.key(8, n), id,
           parent_id
    from plan_lines join here using (chapter_id, country)
    """,
)
MONEY = (
    """
    insert into funding_sources (chapter_id, id, country, name, kind, state, amount_minor, currency, number, reason,
                                 added_at, added_by)
    select chapter_id, pg_temp.key(9, n * 16 + f), country, 'Source ' || f, 'donor', 'committed', 500000, 'USD', 1, '',
           %(since)s, pg_temp.key(2, n * 4 + 1)
    from here, generate_series(1, 2) f
    """,
    """
    insert into budget_lines (chapter_id, id, country, title, currency, added_at)
    select chapter_id, pg_temp.key(10, n * 16 + b), country, 'Line ' || b, 'USD', %(since)s
    from here, generate_series(1, 4) b
    """,
    """
    insert into budget_revisions (chapter_id, id, line_id, country, number, is_current, amount_minor, reason, made_at,
                                  made_by)
    select chapter_id, pg_temp.key(10, n * 16 + b), pg_temp.key(10, n * 16 + b), country, 1, true, 250000, '',
           %(since)s, pg_temp.key(2, n * 4 + 1)
    from here, generate_series(1, 4) b
    """,
    """
    insert into transactions (chapter_id, id, country, kind, state, amount_minor, currency, dated_on, what,
                              budget_line_id, form_key, recorded_at, recorded_by, awaits_desk, decided_at, decided_by,
                              is_outside)
    select chapter_id, pg_temp.key(11, n * 32 + t), country, 'expense',
           case when t = 24 then 'pending' else 'approved' end, 10000 + t * 100, 'USD', %(today)s::date - (24 - t) * 9,
           'Bus fares', pg_temp.key(10, n * 16 + 1 + t %% 4), pg_temp.key(11, n * 32 + t),
           %(now)s::timestamptz - interval '1 day' * (24 - t) * 9, pg_temp.key(2, n * 4 + 2), false,
           case when t < 24 then %(now)s::timestamptz end, case when t < 24 then pg_temp.key(2, n * 4 + 1) end, false
    from generate_series(1, 24) t, here
    """,
)
LAUNCHES = (
    """
    insert into launch_events (chapter_id, id, country, number, title, place, host, zone, starts_at, held_on,
                               expected_people, is_launch, made_at, made_by)
    select chapter_id, pg_temp.key(12, n * 2 + e), country, 1, 'The launch', 'The market', 'Us', 'UTC',
           %(now)s::timestamptz + interval '1 day' * d, (%(now)s::timestamptz at time zone 'UTC')::date + d, 300, e = 0,
           %(since)s, pg_temp.key(2, n * 4 + 1)
    from here, (values (0, -90), (1, 40)) as event (e, d)
    """,
    """
    insert into checklist_items (chapter_id, id, event_id, country, position, code, days_before, due_on,
                                 done_at, done_by)
    select chapter_id, pg_temp.key(13, (n * 2 + e) * 16 + i), pg_temp.key(12, n * 2 + e), country, i, 'item',
           42 - i * 4, %(today)s::date + d - 42 + i * 4, case e when 0 then %(since)s::timestamptz end,
           case e when 0 then pg_temp.key(2, n * 4 + 1) end
    from here, (values (0, -90), (1, 40)) as event (e, d), generate_series(1, 9) i
    """,
    """
    insert into tally_revisions (chapter_id, id, event_id, country, kind, number, is_current, people, made_at, made_by)
    select chapter_id, pg_temp.key(14, n), pg_temp.key(12, n * 2), country, 'attendance', 1, true, 260, %(since)s,
           pg_temp.key(2, n * 4 + 1)
    from here
    """,
)
REPORTS = (
    """
    insert into reports (chapter_id, id, country, period_on, due_on, state, is_expected, sent, edited, submitted_by,
                         submitted_at, decided_at, what_changed, what_women_say, what_was_hard, what_next)
    select chapter_id, pg_temp.key(15, n * 16 + q), country, p, p + 120, s, true,
           case s when 'approved' then 1 else 0 end, 1, case s when 'approved' then pg_temp.key(2, n * 4 + 1) end,
           case s when 'approved' then %(since)s::timestamptz end,
           case s when 'approved' then %(since)s::timestamptz end, 'Much', 'They came', 'The rain', 'More'
    from generate_series(8, 1, -1) q, lateral (
      select (date_trunc('quarter', %(today)s::date) - interval '3 months' * q)::date as p,
             case q when 1 then 'draft' else 'approved' end as s
    ) period, here
    """,
)


def fill_world(settings: Settings, *, chapters: int, activities: int) -> None:
    """Fill a database that has the people of `World`: `chapters` in total, `activities` for each on average."""
    with owner_connection(settings, autocommit=True) as owner:
        prepare(owner, chapters=chapters)
        values = {**_values(owner, chapters), "activities": activities}
        tables = {*_written(ACTIVITIES, PLANS, MONEY, LAUNCHES, REPORTS)}
        with unchecked(owner, tables):
            for statement in (LOGGED_ACTIVITIES, *ACTIVITIES, *PLANS, *MONEY, *LAUNCHES, *REPORTS):
                owner.execute(statement, values)
        owner.execute("vacuum analyze")


def prepare(owner: Owner, *, chapters: int) -> None:
    """Add chapters and their people, up to `chapters` in total. The temporary table `here` numbers them."""
    values = _values(owner, chapters)
    owner.execute(KEY)
    for statement in (CHAPTERS, NUMBERED_CHAPTERS, *PEOPLE):
        owner.execute(statement, values)
    owner.execute("analyze here")


@contextmanager
def unchecked(owner: Owner, tables: set[str]) -> Iterator[None]:
    """Drop the foreign keys of `tables` and add them again, to check all rows at once instead of one by one."""
    keys = owner.execute(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'f' and conrelid::regclass::text = any(%s)",
        (list(tables),),
    ).fetchall()
    for table, name, _ in keys:
        owner.execute(sql.SQL("alter table {} drop constraint {}").format(*map(sql.Identifier, (table, name))))
    yield
    for table, name, definition in keys:
        adding = sql.SQL("alter table {} add constraint {} ").format(*map(sql.Identifier, (table, name)))
        owner.execute(adding + sql.SQL(definition))


def _values(owner: Owner, chapters: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    codes = sorted(AREA_OF_COUNTRY)
    row = owner.execute("select count(*) from chapters where slug not like 'chapter-%'").fetchone()
    return {
        "chapters": chapters,
        "first": row[0] + 1 if row else 1,
        "codes": codes,
        "areas": [str(AREA_OF_COUNTRY[code]) for code in codes],
        "brazil": codes.index("BR") + 1,
        "since": datetime(2026, 1, 13, 9, 0, tzinfo=UTC),
        "now": now,
        "today": now.date(),
    }


def _written(*groups: Sequence[str]) -> Iterator[str]:
    for statement in (statement for group in groups for statement in group):
        match = re.search(r"insert into (\w+)", statement)
        if match:
            yield match[1]
