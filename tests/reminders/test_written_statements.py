"""Statements with a prepared text return what SQLAlchemy's own return, and leave the connection unchanged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from harness.people import World
from sqlalchemy import Select, String, Uuid, bindparam, cast, literal, select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter
from tenants.obligations.literal_statement import written_out

InChapter = Callable[..., AbstractContextManager[Session]]
BOUND_CHAPTER = bindparam("bound", type_=Uuid)
SIGNS = "100 % of %s, %(bound)s, :bound, $1 and 'quoted'"


def of_the_chapter() -> Select[str, str, str]:
    return select(Chapter.slug, literal(SIGNS).label("signs"), cast(BOUND_CHAPTER, String).label("id")).where(
        Chapter.id == BOUND_CHAPTER
    )


def usual_cursor(session: Session) -> object:
    driver: Any = session.connection().connection.driver_connection
    return driver.cursor_factory


def test_it_answers_as_the_statement_itself_whatever_its_constants_hold(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        values = {"bound": world.recife.id, "of no use": 1}
        rows = written_out(of_the_chapter()).execute(session, values).all()
        assert rows == session.execute(of_the_chapter(), {"bound": world.recife.id}).all()
        assert [tuple(row) for row in rows] == [("recife", SIGNS, str(world.recife.id))]


def test_other_statements_of_the_connection_are_parsed_as_before(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        written_out(of_the_chapter()).execute(session, {"bound": world.recife.id})
        assert usual_cursor(session) is psycopg.Cursor
        with pytest.raises(DataError), session.begin_nested():
            written_out(of_the_chapter()).execute(session, {"bound": "no id"})
        assert usual_cursor(session) is psycopg.Cursor
