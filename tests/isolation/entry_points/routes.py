"""The route matrix: every visitor requests every route, at both chapters' addresses, with both chapters' rows.

A case names the visitors that a page answers, and the status. All others get the answer of a page that does not exist.
A route of the application without a case fails tests/rules/test_registrations.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
from flask import Flask
from isolation import lists
from isolation.entry_points.account_cases import ACCOUNT_CASES
from isolation.entry_points.cases import HUYE_VISITORS, RECIFE_VISITORS, Case
from isolation.entry_points.chapter_cases import CHAPTER_CASES
from isolation.entry_points.desk_cases import DESK_CASES
from isolation.entry_points.matrix_world import MatrixWorld, Reader, Side
from isolation.entry_points.reminder_cases import REMINDER_CASES
from isolation.entry_points.step_cases import STEP_CASES
from psycopg import sql
from werkzeug.test import TestResponse

CASES = (*CHAPTER_CASES, *STEP_CASES, *REMINDER_CASES, *DESK_CASES, *ACCOUNT_CASES)

WITHOUT_CASE = {
    "static GET": "files of ours, the same for everybody; Flask reads them before anything of a chapter",
    "public.healthz GET": "states and ages, nothing of anybody; tests/public asks it with everything broken in turn",
}


def case_address(app: Flask, case: Case, at: Side, rows: Side) -> str:
    """Return the path of `case` at the address of the chapter `at`, with the ids of the chapter `rows`."""
    with app.test_request_context():
        from flask import url_for

        return url_for(case.endpoint, **case.path(at, rows))  # type: ignore[arg-type]


def ask(
    matrix_world: MatrixWorld, app: Flask, case: Case, visitor: Reader, *, at: Side, rows: Side, is_forged: bool = False
) -> TestResponse:
    """Send one request from the browser of `visitor`; `is_forged` adds the other chapter to query and body."""
    foreign_side = matrix_world.other if at is matrix_world.ours else matrix_world.ours
    extra = forgeries(foreign_side) if is_forged else {}
    body = {**extra, **case.fields(at), "csrf_token": matrix_world.tokens[visitor]} if case.method == "POST" else None
    browser, address = matrix_world.browser(app, visitor), case_address(app, case, at, rows)
    if "token" in case.path(at, rows):
        address = browser.get(address).request.path  # the page of the link, whose address has no token
    return browser.open(address, method=case.method, query_string=extra, data=body)


def forgeries(foreign_side: Side) -> dict[str, str]:
    """Return query and form fields that name the other chapter and its rows."""
    return {
        "chapter": foreign_side.slug,
        "slug": foreign_side.slug,
        "chapter_id": str(foreign_side.chapter_id),
        "app.chapter": str(foreign_side.chapter_id),
        "activity_id": str(foreign_side.activity),
        "activity": str(foreign_side.activity),
        "membership_id": str(foreign_side.membership),
        "invitation_id": str(foreign_side.invitation),
        "id": str(foreign_side.activity),
        "subject_id": str(foreign_side.chapter_id),
        "user_id": str(foreign_side.membership),
        "actor_id": str(foreign_side.membership),
        "place": str(foreign_side.chapter_id),
        "level": "chapter",
        "countries": foreign_side.country,
        "revision": "1",
        "token": foreign_side.token,
    }


def violations(matrix_world: MatrixWorld, app: Flask, owner: psycopg.Connection[Any], case: Case) -> Iterator[str]:
    """Yield the violations of `case` by requests that must change nothing and show nothing.

    Requests that may change something are tested in test_routes.py, each in its own clone.
    """
    before = rows_of(owner, matrix_world.ours), rows_of(owner, matrix_world.other)
    for visitor in Reader:
        for chapter_asked, rows, is_forged in _ways(matrix_world, case, visitor):
            answer = ask(matrix_world, app, case, visitor, at=chapter_asked, rows=rows, is_forged=is_forged)
            request = (
                f"{visitor} asks for {chapter_asked.slug} with rows of {rows.slug}{', forged' if is_forged else ''}"
            )
            expected = _status(matrix_world, case, visitor, chapter_asked, rows)
            if answer.status_code != expected:
                yield f"{request}: {answer.status_code}, not {expected}"
            yield from (
                f"{request}: shows {mark}"
                for mark in shown_marks(matrix_world, case, visitor, answer, plain=not is_forged)
            )
    if before != (rows_of(owner, matrix_world.ours), rows_of(owner, matrix_world.other)):
        yield "something in a chapter has changed"


def shown_marks(
    matrix_world: MatrixWorld, case: Case, visitor: Reader, answer: TestResponse, *, plain: bool = True
) -> list[str]:
    """Return the marks of a chapter that `visitor` has no access to, in the body and the headers of an answer.

    If the request itself names the other chapter (`plain` is false), the answer may repeat its ids, never its canaries.
    """
    text = answer.get_data(as_text=True) + str(answer.headers)
    hidden: set[str] = set()
    in_recife = visitor == Reader.OF_BOTH and "chapter" in case.path(matrix_world.ours, matrix_world.ours)
    if visitor in RECIFE_VISITORS or case.by_link or in_recife:
        hidden = {
            matrix_world.other.shared,
            matrix_world.other.private,
            *matrix_world.other.counted(),
            *world_counted(matrix_world),
        }
    elif visitor in HUYE_VISITORS:
        hidden = {
            matrix_world.ours.shared,
            matrix_world.ours.private,
            *matrix_world.ours.counted(),
            *world_counted(matrix_world),
        }
    if case.endpoint.startswith("desk."):
        hidden |= {matrix_world.ours.private, matrix_world.other.private}
    if plain and visitor in RECIFE_VISITORS and answer.status_code < 400 and not case.names_rows:
        hidden |= matrix_world.other.ids
    return [mark for mark in hidden if mark in text]


def world_counted(matrix_world: MatrixWorld) -> tuple[str, ...]:
    """Return all ways to write the sum of people in both chapters, which only UN Women's facilitator may see."""
    return replace(matrix_world.ours, people=matrix_world.ours.people + matrix_world.other.people).counted()


def _ways(matrix_world: MatrixWorld, case: Case, visitor: Reader) -> Iterator[tuple[Side, Side, bool]]:
    """Yield the requests that must change nothing: (chapter of the address, chapter of the rows, is forged)."""
    recife, huye = matrix_world.ours, matrix_world.other
    if not case.writes or visitor not in case.allowed:
        yield recife, recife, False
        yield recife, recife, True
    if case.names_rows and "chapter" in case.path(recife, recife):
        yield recife, huye, False
        yield huye, recife, False
    by_address = "chapter" in case.path(recife, recife) and visitor not in {
        *HUYE_VISITORS,
        Reader.OF_BOTH,
        Reader.FACILITATOR,
    }
    if by_address or (case.names_rows and visitor in RECIFE_VISITORS):
        yield huye, huye, False


def _status(matrix_world: MatrixWorld, case: Case, visitor: Reader, at: Side, rows: Side) -> int:
    if at is rows is matrix_world.ours:
        return case.expected(visitor)
    return case.expected(visitor) if visitor == Reader.ANONYMOUS else 404


def rows_of(owner: psycopg.Connection[Any], side: Side) -> dict[str, str]:
    """Return a hash of a chapter's rows for each table, without the audit entries of the desk's visits."""
    digests = {}
    for table in (*lists.BEHIND_THE_WALL, "chapter_slugs", "chapter_clocks", "compile_marks", "deliveries"):
        key = "id" if table == lists.CHAPTERS else "chapter_id"
        condition = sql.SQL("and action <> 'desk.entered'") if table == "audit_entries" else sql.SQL("")
        query = sql.SQL("select md5(string_agg(x::text, ',' order by x::text)) from {} x where {} = %s {}")
        cursor = owner.execute(query.format(sql.Identifier(table), sql.Identifier(key), condition), [side.chapter_id])
        digests[table] = str(cursor.fetchone())
    return digests
