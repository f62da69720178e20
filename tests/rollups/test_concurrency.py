"""Concurrent compilers and approvals, and a compiler that is killed: no change is lost and none counts twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from harness.reporting import LAST, NOON, Reporting, report_of_session
from sqlalchemy import func, select

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.reports.services import approve_report
from tenants.figures.models import CompileMark
from tenants.rollups.compiler import compile_marked

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)


def marks_waiting(reporting: Reporting) -> int:
    with reporting.as_compiler() as session:
        return session.scalars(select(func.count()).select_from(CompileMark)).one()


def test_a_second_compiler_waits_for_the_first_and_counts_nothing_twice(reporting):
    completion = threading.Event()
    reporting.report(reporting.world.recife, {WOMEN: 10})

    def second_compiler():
        with reporting.world.app.app_context():
            reporting.compile()
        completion.set()

    with ThreadPoolExecutor(1) as pool:
        with reporting.as_compiler() as session:
            compile_marked(session, at=NOON)
            reporting.report(reporting.world.huye, {MEN: 5})
            future = pool.submit(second_compiler)
            assert not completion.wait(0.5), "the second compiler did not wait for the first"
        future.result(timeout=20)

    assert reporting.total("world", "world") == (15, 2, 0, 2)
    assert not reporting.check()


def test_a_mark_written_while_the_compiler_works_is_taken_by_the_next(reporting):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    with reporting.as_compiler() as session:
        assert compile_marked(session, at=NOON) == 1
        reporting.report(reporting.world.huye, {WOMEN: 3})
        reporting.report(reporting.world.recife, {MEN: 1}, LAST.previous)
    assert reporting.world_total() == 10
    assert reporting.compile() == 2
    assert reporting.world_total() == 13
    assert reporting.total("world", "world", period=LAST.previous)[0] == 1
    assert not reporting.check()


def test_an_approval_that_is_not_yet_committed_is_counted_by_the_compile_after_it(reporting):
    reporting.log(reporting.world.recife, {WOMEN: 8})
    reporting.send(reporting.world.recife)
    with reporting.inside(reporting.world.recife) as session:
        report, dana = report_of_session(session, LAST), reporting.world.dana.user_id
        approve_report(session, report_id=report.id, number=report.sent, actor_id=dana, at=NOON)
        assert reporting.compile() == 0
    assert reporting.compile() == 1
    assert reporting.world_total() == 8


class Killed(Exception):
    """Stands for the end of a killed compiler process."""


def test_a_compiler_killed_before_its_commit_leaves_the_marks_and_the_old_figures(reporting):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    before = reporting.figures()
    mark_count = marks_waiting(reporting)
    with suppress(Killed), reporting.as_compiler() as session:
        assert compile_marked(session, at=NOON) == 1
        raise Killed
    assert reporting.figures() == before
    assert marks_waiting(reporting) == mark_count == 1
    assert reporting.compile() == 1
    assert reporting.world_total() == 10


def test_reports_are_approved_and_reopened_while_many_compilers_run(reporting):
    def decide_some(place):
        with reporting.world.app.app_context():
            for people in range(1, 6):
                reporting.report(place, {WOMEN: people, MEN: 1})
                reporting.reopen(place)
            reporting.send(place)
            reporting.approve(place)

    def compile_some(_number):
        with reporting.world.app.app_context():
            for _ in range(8):
                reporting.compile()

    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(decide_some, place) for place in (reporting.world.recife, reporting.world.huye)]
        work += [pool.submit(compile_some, number) for number in range(3)]
        for future in work:
            future.result(timeout=60)
    reporting.compile()
    assert reporting.total("world", "world") == (40, 2, 0, 2)
    assert not reporting.check()
