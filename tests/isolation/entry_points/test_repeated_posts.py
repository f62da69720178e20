"""Every request that creates rows, sent twice, one after the other and at the same time. It creates them once.

The routes are those of the matrix, so a new route is covered as soon as it has a case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from flask import Flask
from harness.databases import lent, owner_connection
from isolation import lists
from isolation.entry_points.cases import Case
from isolation.entry_points.matrix_world import MatrixWorld
from isolation.entry_points.routes import CASES, case_address
from psycopg import sql
from werkzeug.test import TestResponse

SENT_AGAIN = {"people.send_again"}  # each press sends the invitation once more
WRITING_CASES = [case for case in CASES if case.writes and case.endpoint not in SENT_AGAIN]
# The routes that create rows without a key, and why they cannot create two.
WITHOUT_KEY = {
    "accounts.change_name": "the name that it replaces",
    "activities.revise_activity": "the revision that it replaces",
    "desk.onboard_chapter": "its key is the id of the chapter",
    "evaluation.save": "one entry for each indicator",
    "evaluation.start": "a period has one report",
    "evaluation.submit": "the state of the report",
    "focal_point.renew": "the state of the term",
    "funding.remove_source": "the source that it removes",
    "funding.revise_budget": "the revision that it replaces",
    "launch.count": "the count that it replaces",
    "life.close": "a chapter closes once",
    "life.make_dormant": "the state of the chapter",
    "public.send_reply": "the link can be used once",
    "reminders.acknowledge": "one pause for each obligation",
    "reminders.put_off": "one pause for each obligation",
    "targets.set_target": "the target that it replaces",
}
TRAIL = frozenset({"audit_entries", "changes", "form_keys"})


@dataclass(frozen=True)
class Sender:
    """Sends one request of a case with the same fields, as often as it is called."""

    matrix_world: MatrixWorld
    app: Flask
    case: Case
    body: dict[str, str]

    def __call__(self) -> TestResponse:
        """Send the request from a new browser of the first visitor who may."""
        chapter, visitor = self.matrix_world.ours, self.case.allowed[0]
        browser = self.matrix_world.browser(self.app, visitor)
        return browser.post(case_address(self.app, self.case, chapter, chapter), data=self.body)


@contextmanager
def sender_of(
    matrix_world: MatrixWorld, superuser_url: str, case: Case
) -> Iterator[tuple[Sender, Callable[[], dict[str, int]]]]:
    """Yield the sender of a case in a new clone, and a function that counts the chapter's rows."""
    body = {**case.fields(matrix_world.ours), "csrf_token": matrix_world.tokens[case.allowed[0]]}
    with (
        lent(matrix_world.template, superuser_url) as (app, settings),
        owner_connection(settings, autocommit=True) as owner,
    ):
        yield Sender(matrix_world, app, case, body), lambda: row_counts(owner, matrix_world.ours.chapter_id)


def row_counts(owner: psycopg.Connection[Any], chapter_id: object) -> dict[str, int]:
    """Return the number of chapters and of a chapter's rows in each table, without the desk's visits to it."""
    counts = {"chapters": len(owner.execute("select id from chapters").fetchall())}
    for table in (*lists.OWNED_TABLES, "deliveries"):
        condition = sql.SQL("and action <> 'desk.entered'") if table == "audit_entries" else sql.SQL("")
        query = sql.SQL("select count(*) from {} where chapter_id = %s {}").format(sql.Identifier(table), condition)
        row = owner.execute(query, [chapter_id]).fetchone()
        assert row
        counts[table] = int(row[0])
    return counts


def without_trail(counts: dict[str, int]) -> dict[str, int]:
    """Return the counts without the tables that any change adds to."""
    return {table: count for table, count in counts.items() if table not in TRAIL}


def at_once(send: Sender) -> list[TestResponse]:
    """Send the request twice at the same time and return both answers."""
    barrier, answers = threading.Barrier(2), list[TestResponse]()

    def press() -> None:
        barrier.wait(10)
        answers.append(send())

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.parametrize("case", WRITING_CASES, ids=lambda case: case.name)
def test_a_request_sent_twice_creates_its_rows_once(matrix_world: MatrixWorld, superuser_url: str, case: Case) -> None:
    with sender_of(matrix_world, superuser_url, case) as (send, counts):
        before, first = counts(), send()
        once, second = counts(), send()
        twice = counts()
    assert first.status_code == case.answer
    assert without_trail(twice) == without_trail(once)
    is_keyed = once["form_keys"] > before["form_keys"]
    if is_keyed:
        assert (second.status_code, second.location) == (first.status_code, first.location)
        assert twice == once
    creates = without_trail(once) != without_trail(before)
    assert creates == (is_keyed or case.endpoint in WITHOUT_KEY)
    if creates:
        with sender_of(matrix_world, superuser_url, case) as (send, counts):
            answers = at_once(send)
            assert without_trail(counts()) == without_trail(once)
        assert not is_keyed or {answer.status_code for answer in answers} == {302}
