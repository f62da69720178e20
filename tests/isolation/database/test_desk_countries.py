"""The desk's policy matches a country exactly if the country is in the comma-separated list of countries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from harness.databases import owner_connection
from isolation import grants, lists
from isolation.rows import TwoChapters

from tenants import policies
from tenants.chapters.areas import ALL_COUNTRIES

CODES = "select chr(65 + n / 26) || chr(65 + n % 26) as code from generate_series(0, 675) n"
NOW, BEFORE = policies.DESK_READS, policies.DESK_READS_BEFORE_0013
OF_A_LIST = {text: text.replace(policies.DESK_COUNTRIES, "list") for text in (NOW, BEFORE)}


@pytest.fixture
def owner(two_chapters: TwoChapters) -> Iterator[psycopg.Connection[Any]]:
    with owner_connection(two_chapters.settings) as connection:
        yield connection
        connection.rollback()


def test_of_any_two_codes_it_finds_these_two_and_nothing_across_the_comma(owner: psycopg.Connection[Any]) -> None:
    """Check every list of two codes for both codes, both reversed, and each code that spans the comma."""
    counts = owner.execute(
        f"""
        with codes as ({CODES})
        select count(*), count(*) filter (where ({OF_A_LIST[NOW]}) <> ({OF_A_LIST[BEFORE]}))
        from codes a (a), codes b (b),
             lateral (values (a || ',' || b)) list (list),
             lateral (values (a), (b), (reverse(a)), (reverse(b)), (right(a, 1) || left(b, 1)),
                             (left(a, 1) || right(b, 1))) country (country)
        """
    ).fetchone()
    assert counts == (676 * 676 * 6, 0)


@pytest.mark.parametrize("countries", ["", ",", "BR", "BR,RW", ",".join(ALL_COUNTRIES)], ids=lambda text: text[:5])
def test_of_any_list_it_lets_through_what_the_former_text_did(owner: psycopg.Connection[Any], countries: str) -> None:
    owner.execute("select set_config('app.countries', %s, true)", (countries,))
    wrong = owner.execute(
        f"with codes as ({CODES}) select country from codes c (country) where ({NOW}) is distinct from ({BEFORE})"
    )
    assert wrong.fetchall() == []
    let = owner.execute(f"with codes as ({CODES}) select country from codes c (country) where {NOW}").fetchall()
    assert sorted(row[0] for row in let) == sorted(filter(None, countries.split(",")))


def test_with_no_list_at_all_it_lets_nothing_through(two_chapters: TwoChapters) -> None:
    with owner_connection(two_chapters.settings) as fresh:
        rows = fresh.execute(f"with codes as ({CODES}) select 1 from codes c (country) where {NOW}").fetchall()
    assert rows == []


@pytest.mark.parametrize("country", ["", "B", ",", "br", "B,"])
def test_no_row_can_hold_what_would_be_found_without_being_a_country(two_chapters: TwoChapters, country: str) -> None:
    with owner_connection(two_chapters.settings) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "insert into chapters select (jsonb_populate_record(c, %s)).* from chapters c limit 1",
            (psycopg.types.json.Jsonb({"country": country}),),
        )


def test_every_row_that_the_desk_reads_has_the_country_of_its_chapter(owner: psycopg.Connection[Any]) -> None:
    rows = owner.execute(
        """select conrelid::regclass::text from pg_constraint
           where contype = 'f' and confrelid = 'chapters'::regclass
             and pg_get_constraintdef(oid) like '%(chapter_id, country)%'"""
    ).fetchall()
    desk_tables = {table for table in lists.BEHIND_THE_WALL if grants.granted("desk", table)} - {lists.CHAPTERS}
    assert desk_tables <= {row[0] for row in rows}
