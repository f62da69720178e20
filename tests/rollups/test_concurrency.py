"""Two compilers, a compiler and an approval, a compiler that dies: no change is lost and none counts twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from books import LAST, NOON, Books, its_report
from sqlalchemy import func, select

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.reports.services import approve_report
from tenants.figures.models import CompileMark
from tenants.rollups.compiler import compile_marked

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)


def marks_waiting(books: Books) -> int:
    with books.as_compiler() as session:
        return session.scalars(select(func.count()).select_from(CompileMark)).one()


def test_a_second_compiler_waits_for_the_first_and_counts_nothing_twice(books):
    done = threading.Event()
    books.report(books.world.recife, {WOMEN: 10})

    def second_compiler():
        with books.world.app.app_context():
            books.compile()
        done.set()

    with ThreadPoolExecutor(1) as pool:
        with books.as_compiler() as session:
            compile_marked(session, at=NOON)
            books.report(books.world.huye, {MEN: 5})
            other = pool.submit(second_compiler)
            assert not done.wait(0.5), "the second compiler did not wait for the first"
        other.result(timeout=20)

    assert books.total("world", "world") == (15, 2, 0, 2)
    assert not books.check()


def test_a_mark_written_while_the_compiler_works_is_taken_by_the_next(books):
    books.report(books.world.recife, {WOMEN: 10})
    with books.as_compiler() as session:
        assert compile_marked(session, at=NOON) == 1
        books.report(books.world.huye, {WOMEN: 3})
        books.report(books.world.recife, {MEN: 1}, LAST.previous)
    assert books.world_total() == 10
    assert books.compile() == 2
    assert books.world_total() == 13
    assert books.total("world", "world", period=LAST.previous)[0] == 1
    assert not books.check()


def test_an_approval_that_is_not_yet_committed_is_counted_by_the_compile_after_it(books):
    books.log(books.world.recife, {WOMEN: 8})
    books.send(books.world.recife)
    with books.inside(books.world.recife) as session:
        report, dana = its_report(session, LAST), books.world.dana.user_id
        approve_report(session, report_id=report.id, number=report.sent, actor_id=dana, at=NOON)
        assert books.compile() == 0
    assert books.compile() == 1
    assert books.world_total() == 8


class Killed(Exception):
    """The compiler's process was killed."""


def test_a_compiler_killed_before_its_commit_leaves_the_marks_and_the_old_figures(books):
    books.report(books.world.recife, {WOMEN: 10})
    before = books.figures()
    waiting = marks_waiting(books)
    with suppress(Killed), books.as_compiler() as session:
        assert compile_marked(session, at=NOON) == 1
        raise Killed
    assert books.figures() == before
    assert marks_waiting(books) == waiting == 1
    assert books.compile() == 1
    assert books.world_total() == 10


def test_reports_are_approved_and_reopened_while_many_compilers_run(books):
    def decide_some(place):
        with books.world.app.app_context():
            for people in range(1, 6):
                books.report(place, {WOMEN: people, MEN: 1})
                books.reopen(place)
            books.send(place)
            books.approve(place)

    def compile_some(_number):
        with books.world.app.app_context():
            for _ in range(8):
                books.compile()

    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(decide_some, place) for place in (books.world.recife, books.world.huye)]
        work += [pool.submit(compile_some, number) for number in range(3)]
        for each in work:
            each.result(timeout=60)
    books.compile()
    assert books.total("world", "world") == (40, 2, 0, 2)
    assert not books.check()
