"""Two compilers, a compiler and a chapter that logs, a compiler that dies: no change is lost and none counts twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from books import NOON, Books, entry
from sqlalchemy import func, select

from tenants.action_kit.activities.services import log_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.db import new_id, opened
from tenants.rollups.compile import compile_marked
from tenants.rollups.models import CompileMark
from tenants.scope import ChapterScope

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)


def marks_waiting(books: Books) -> int:
    with books.as_compiler() as session:
        return session.scalars(select(func.count()).select_from(CompileMark)).one()


def test_a_second_compiler_waits_for_the_first_and_counts_nothing_twice(books):
    done = threading.Event()
    books.log(books.world.recife, {WOMEN: 10})

    def second_compiler():
        with books.world.app.app_context():
            books.compile()
        done.set()

    with ThreadPoolExecutor(1) as pool:
        with books.as_compiler() as session:
            compile_marked(session, at=NOON)
            books.log(books.world.recife, {MEN: 5})
            other = pool.submit(second_compiler)
            assert not done.wait(0.5), "the second compiler did not wait for the first"
        other.result(timeout=20)

    assert books.total("world", "world")[:2] == (15, 2)
    assert books.differences() == []


def test_a_mark_written_while_the_compiler_works_is_taken_by_the_next(books):
    books.log(books.world.recife, {WOMEN: 10})
    with books.as_compiler() as session:
        assert compile_marked(session, at=NOON) == 1
        books.log(books.world.huye, {WOMEN: 3})
        books.log(books.world.recife, {MEN: 1})
    assert books.total("world", "world")[0] == 10
    assert books.compile() == 2
    assert books.total("world", "world")[0] == 14
    assert books.differences() == []


def test_a_log_that_is_not_yet_committed_is_counted_by_the_compile_after_it(books):
    with opened(ChapterScope(books.world.recife.id)) as session:
        log_activity(session, actor_id=books.world.alice.user_id, at=NOON, form_key=new_id(), entry=entry({WOMEN: 8}))
        assert books.compile() == 0
    assert books.compile() == 1
    assert books.total("world", "world")[0] == 8


class Killed(Exception):
    """The compiler's process was killed."""


def test_a_compiler_killed_before_its_commit_leaves_the_marks_and_the_old_figures(books):
    books.log(books.world.recife, {WOMEN: 10})
    before = books.figures()
    waiting = marks_waiting(books)
    with suppress(Killed), books.as_compiler() as session:
        assert compile_marked(session, at=NOON) == 1
        raise Killed
    assert books.figures() == before
    assert marks_waiting(books) == waiting == 1
    assert books.compile() == 1
    assert books.total("world", "world")[0] == 10


def test_many_chapters_log_while_many_compilers_run(books):
    def log_some(place):
        with books.world.app.app_context():
            for people in range(1, 11):
                books.log(place, {WOMEN: people, MEN: 1})

    def compile_some(_number):
        with books.world.app.app_context():
            for _ in range(8):
                books.compile()

    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(log_some, place) for place in (books.world.recife, books.world.huye)]
        work += [pool.submit(compile_some, number) for number in range(3)]
        for each in work:
            each.result(timeout=60)
    books.compile()
    assert books.total("world", "world") == (130, 20, 2, 2)
    assert books.differences() == []
