"""The guarantees of the kernel about sessions and their scopes, over committed rows of two chapters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.databases import cloned
from isolation.kernel import kernel
from isolation.rows import TwoChapters
from isolation.sessions import checks
from isolation.sessions.scope_checks import Check
from isolation.sessions.statements import unnamed


@pytest.fixture(scope="module")
def over_two_chapters(two_chapters: TwoChapters, superuser_url: str) -> Iterator[TwoChapters]:
    with cloned(two_chapters.template, superuser_url) as settings, kernel(settings):
        yield two_chapters


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_a_session_keeps_to_its_scope(over_two_chapters: TwoChapters, check: Check) -> None:
    assert list(check(over_two_chapters.amber, over_two_chapters.birch)) == []
    assert list(check(over_two_chapters.birch, over_two_chapters.amber)) == []


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT * FROM activities WHERE activities.chapter_id = %(a)s::UUID", []),
        ("SELECT * FROM activities AS a WHERE %(p)s::UUID = a.chapter_id", []),
        ("SELECT * FROM activities AS a WHERE (a.chapter_id, a.id) IN (%(b)s)", []),
        ("SELECT * FROM activities WHERE activities.id = %(a)s", ["activities"]),
        (
            "SELECT 1 FROM activities AS a JOIN head_counts AS h ON h.id = a.id AND a.chapter_id = %(c)s",
            ["h"],
        ),
        ("SELECT 1 FROM figures, chapters WHERE chapters.slug = %(s)s", ["chapters"]),
        ("UPDATE memberships SET left_at=%(l)s WHERE memberships.chapter_id = %(c)s", []),
        ("DELETE FROM notifications", ["notifications"]),
        ("INSERT INTO invitations (email, id) VALUES (%(e)s, %(i)s)", ["invitations"]),
        ("INSERT INTO invitations (email, chapter_id, id) VALUES (%(e)s, %(c)s, %(i)s)", []),
        ("SELECT * FROM users WHERE users.id = %(u)s", []),
    ],
)
def test_a_statement_that_does_not_name_the_chapter_is_noticed(statement: str, tables: list[str]) -> None:
    assert unnamed(statement) == tables
