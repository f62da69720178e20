"""Figures with real processes: officers who approve at the same moment, compilers that run side by side or are killed.

No approval is lost, none counts twice, and nobody who looks meanwhile sees a number that was never true.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest
from books import LAST, Books
from flow.compilers import compiling_backends, marks_waiting, owner_of, running_compilers
from flow.officers import Answer, Officer, at_once
from flow.watching import Seen, Watcher
from people import Person, Place, World, desk_person
from processes import Live, environment_of, eventually, running_live

from solidarity.embedded.processes import free_port
from tenants import clock
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import queries, services
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.people.permissions import DeskRole

WOMEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24)
QUARTERS = (LAST.previous.previous, LAST.previous, LAST)
WORLD = ("world", "world")


@pytest.fixture
def books(world: World) -> Books:
    """The standing people's chapters with their figures compiled once."""
    made = Books(world)
    made.compile()
    return made


@pytest.fixture
def erin(world: World) -> Person:
    """A second facilitator for the whole world."""
    with world.app.app_context():
        return desk_person("Erin", DeskRole.FACILITATOR, ALL_COUNTRIES)


@contextmanager
def two_webs(books: Books, folder: Path) -> Iterator[list[Live]]:
    """Run two web processes, as two machines would."""
    webs = []
    for name in ("one", "two"):
        (folder / name).mkdir()
        address = f"http://127.0.0.1:{free_port()}"
        webs.append(Live(address, environment_of(books.world.settings, BASE_URL=address), folder / name))
    try:
        for web in webs:
            web.start("web")
        for web in webs:
            eventually(partial(_answers, web), what="a web answers")
        yield webs
    finally:
        for web in webs:
            web.stop("web")


def address_of(place: Place, period: Period = LAST) -> str:
    """Return where a report is."""
    return f"/c/{place.slug}/reports/{period.code}"


def approval(officer: Officer, place: Place, period: Period = LAST) -> Callable[[], Answer]:
    """Open a report and return what approves it at once."""
    address = address_of(place, period)
    return officer.prepared(f"{address}/approval", form=address, number="1")


def test_two_officers_and_two_compilers_at_once_lose_nothing_and_count_nothing_twice(
    books: Books, erin: Person, tmp_path: Path
) -> None:
    recife, huye = books.world.recife, books.world.huye
    for quarter in QUARTERS:
        books.log(recife, {WOMEN: 1000}, quarter)
        books.send(recife, quarter)
        books.log(huye, {WOMEN: 7}, quarter)
        books.send(huye, quarter)
    books.compile()
    legal = {(None, 0, 0), (1000, 1, 0), (7, 1, 0), (1007, 2, 0)}

    def judge(seen: Seen) -> str | None:
        return None if (seen.numerator, seen.reported, seen.carried) in legal else f"never true: {seen}"

    with running_compilers(books.world.settings, tmp_path, 2) as compilers, two_webs(books, tmp_path) as webs:
        compilers.wait_until_ready()
        dana = Officer.signed_in(books.world.dana, webs[0].address)
        other = Officer.signed_in(erin, webs[1].address)
        with Watcher(books.world.settings, "participations", judge) as watcher:
            for quarter in QUARTERS:
                answers = at_once(approval(dana, recife, quarter), approval(other, huye, quarter))
                assert [answer.status for answer in answers] == [302, 302]
                eventually(partial(_counts_both, books, quarter), what="both are counted")
    assert len(watcher.different) >= len(QUARTERS) + 1
    assert not books.check()


def test_of_two_who_approve_the_same_report_at_once_one_is_told_who_was_first(
    books: Books, erin: Person, tmp_path: Path
) -> None:
    recife = books.world.recife
    books.log(recife, {WOMEN: 41})
    books.send(recife)
    with two_webs(books, tmp_path) as webs:
        officers = [
            Officer.signed_in(who, web.address) for who, web in zip((books.world.dana, erin), webs, strict=True)
        ]
        answers = at_once(*(approval(officer, recife) for officer in officers))
    assert sorted(answer.status for answer in answers) == [302, 409]
    (first,) = [officer for officer, answer in zip(officers, answers, strict=True) if answer.status == 302]
    (told,) = [answer.text for answer in answers if answer.status == 409]
    assert f"{first.person.name} approved it" in told

    assert books.compile() == 1
    assert books.total(*WORLD) == (41, 1, 0, 1)
    with books.inside(recife) as session:
        report = queries.report_for(session, LAST)
        assert report is not None
        assert [event.kind for event in queries.events_of(session, report.id)] == ["approved", "submitted"]


@pytest.mark.parametrize("how", ["its backend is ended", "its backend finds nobody"])
def test_a_compile_killed_in_the_middle_leaves_old_figures_and_its_marks(
    books: Books, superuser_url: str, how: str
) -> None:
    books.report(books.world.recife, {WOMEN: 10})
    books.compile()
    books.report(books.world.huye, {WOMEN: 5})
    before, waiting, settings = books.figures(), marks_waiting(books), books.world.settings
    with owner_of(books.world.settings) as other, psycopg.connect(superuser_url, autocommit=True) as admin:
        other.execute("begin")
        other.execute("select 1 from figures where level = 'world' for update")  # so that it is slow
        compiling = subprocess.Popen(
            cli("compile"), env=environment_of(books.world.settings), stdout=subprocess.DEVNULL
        )
        try:
            eventually(
                lambda: compiling_backends(admin, settings, stuck=True) != {},
                what="the compiler waits in the middle of its work",
            )
        finally:
            compiling.send_signal(signal.SIGKILL)
            assert compiling.wait(10) == -signal.SIGKILL
        if how == "its backend is ended":
            backends = list(compiling_backends(admin, settings))
            admin.execute("select pg_terminate_backend(pid) from unnest(%s::int[]) pid", [backends])
        assert books.figures() == before
        other.execute("rollback")
        eventually(lambda: compiling_backends(admin, settings) == {}, what="nobody compiles any more")

    assert books.figures() == before
    assert marks_waiting(books) == waiting > 0
    assert books.compile() == 1
    assert books.total(*WORLD) == (15, 2, 0, 2)
    assert not books.check()


def test_an_approval_that_is_rolled_back_leaves_no_mark_and_no_change(books: Books) -> None:
    recife = books.world.recife
    books.report(books.world.huye, {WOMEN: 5})
    books.log(recife, {WOMEN: 41})
    books.send(recife)
    books.compile()
    before = books.figures()

    class Undone(Exception):
        """Something else of the request has failed."""

    with suppress(Undone), books.inside(recife) as session:
        report = queries.report_for(session, LAST)
        assert report is not None
        services.approve_report(
            session, report_id=report.id, number=1, actor_id=books.world.dana.user_id, at=clock.now()
        )
        session.flush()
        assert books.compile() == 0, "what is not committed is not there"
        raise Undone

    assert marks_waiting(books) == 0
    assert books.compile() == 0
    assert books.figures() == before
    assert not books.check()
    books.approve(recife)
    assert books.compile() == 1
    assert books.total(*WORLD) == (46, 2, 0, 2)


def test_an_approval_moves_the_world_within_three_seconds(
    books: Books, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    recife, huye = books.world.recife, books.world.huye
    for place, people in ((recife, 41), (huye, 5)):
        books.log(place, {WOMEN: people})
        books.send(place)
    books.compile()
    legal = {None, 41, 46}

    def judge(seen: Seen) -> str | None:
        return None if seen.level != "world" or seen.numerator in legal else f"never true: {seen}"

    with (
        running_live(books.world.settings, tmp_path, ("web", "worker")) as live,
        Watcher(books.world.settings, "participations", judge),
    ):
        dana = Officer.signed_in(books.world.dana, live.address)
        assert approval(dana, recife)().status == 302
        eventually(lambda: books.world_total() == 41, what="the worker is awake")
        approve = approval(dana, huye)
        began = time.monotonic()
        assert approve().status == 302
        answered = time.monotonic() - began
        eventually(lambda: books.world_total() == 46, what="the world has moved")
        moved = time.monotonic() - began
    record_property("figure", f"approved -> world figure moved: {moved:.2f} s (answered after {answered:.2f} s)")
    assert moved < 15, "within 3 s on a machine that does nothing else"


def _answers(web: Live) -> bool:
    return web.health()[0] in {200, 503}


def _counts_both(books: Books, quarter: Period) -> bool:
    return books.total(*WORLD, period=quarter) == (1007, 2, 0, 2)


def cli(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "solidarity.cli.main", *arguments]
