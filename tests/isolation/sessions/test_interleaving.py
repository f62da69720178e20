"""Sessions of two chapters and the desk, interleaved on pools of two connections, see exactly their own rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import pytest
from harness.databases import cloned, owner_connection, superuser_connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from isolation.database.mutations import database_mutations
from isolation.kernel import kernel
from isolation.rows import SampleChapter, TwoChapters, fresh
from isolation.sessions.scope_checks import SETTINGS_QUERY
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import Activity
from tenants.db import db, opened
from tenants.people.models import Invitation
from tenants.scope import BoundSession, ChapterLogin, ChapterScope, DeskScope, NobodyScope, bind

MOST_OPEN = 2  # for each login; a third session would wait for a connection


class Misplaced(Exception):
    """The error of a failing request."""


@dataclass
class Open:
    """An open session: its login and chapter or countries, and the uncommitted rows that only it may see."""

    session: Session
    login: str
    chapter: SampleChapter | None
    countries: tuple[str, ...] = ()
    written: set[UUID] = field(default_factory=set)


class Interleaving(RuleBasedStateMachine):
    """The model is the set of committed activities of each chapter. The database must always agree with it."""

    two_chapters: ClassVar[TwoChapters]
    working = Bundle("working")

    def __init__(self) -> None:
        super().__init__()
        self.both = (self.two_chapters.amber, self.two_chapters.birch)
        with owner_connection(self.two_chapters.settings) as owner:
            rows = owner.execute("select chapter_id, id from activities").fetchall()
        self.kept = {
            chapter.chapter_id: {id_ for chapter_id, id_ in rows if chapter_id == chapter.chapter_id}
            for chapter in self.both
        }
        self.opened: list[Open] = []

    @rule(target=working, index=st.integers(0, 1), login=st.sampled_from(("web", "worker")))
    def begin_in_a_chapter(self, index: int, login: ChapterLogin) -> Any:
        chapter = self.both[index]
        return self._begin(
            Open(BoundSession(db), login, chapter), ChapterScope(chapter.chapter_id, chapter.user_id, login)
        )

    @rule(target=working, countries=st.sampled_from((("BR",), ("RW",), ("BR", "RW"), ("AE",))))
    def begin_at_the_desk(self, countries: tuple[str, ...]) -> Any:
        return self._begin(Open(BoundSession(db), "desk", None, countries), DeskScope(countries))

    @rule(target=working)
    def begin_as_nobody(self) -> Any:
        return self._begin(Open(BoundSession(db), "web", None), NobodyScope())

    @rule(work=working, at=st.sampled_from(("plain", "savepoint", "lost savepoint")))
    def write(self, work: Open, at: str) -> None:
        if work.chapter is None or work.login != "web":
            return
        row = fresh(work.chapter, "activities")
        if at == "plain":
            work.session.add(Activity(**row))
            work.session.flush()
        else:
            nested = work.session.begin_nested()
            work.session.add(Activity(**row))
            work.session.flush()
            nested.rollback() if at == "lost savepoint" else nested.commit()
        if at != "lost savepoint":
            work.written.add(row["id"])

    @rule(work=working, way=st.sampled_from(("insert", "update", "delete")))
    def write_elsewhere(self, work: Open, way: str) -> None:
        """Try to write rows of the other chapter: no row is affected, or the transaction fails."""
        if work.chapter is None:
            return
        (foreign_chapter,) = [chapter for chapter in self.both if chapter is not work.chapter]
        try:
            if way == "insert":
                work.session.add(Activity(**fresh(foreign_chapter, "activities")))
                work.session.flush()
                raise AssertionError("a row was written for another chapter")
            of_other = Invitation.chapter_id == foreign_chapter.chapter_id
            statement = update(Invitation).values(name="x") if way == "update" else delete(Invitation)
            result: Any = work.session.execute(
                statement.where(of_other), execution_options={"synchronize_session": False}
            )
            assert result.rowcount == 0
        except DBAPIError:
            work.session.rollback()
            work.written.clear()

    @rule(work=working)
    def commit(self, work: Open) -> None:
        work.session.commit()
        if work.chapter is not None:
            self.kept[work.chapter.chapter_id] |= work.written
        work.written.clear()

    @rule(work=working, end=st.sampled_from(("rollback", "error", "close")))
    def give_up(self, work: Open, end: str) -> None:
        if end == "error":
            with pytest.raises(DBAPIError):
                work.session.execute(text("select 1 / 0"))
        work.session.close() if end == "close" else work.session.rollback()
        work.written.clear()

    @rule(work=consumes(working))
    def end(self, work: Open) -> None:
        work.session.close()
        self.opened.remove(work)

    @precondition(lambda self: self._free("web"))
    @rule(index=st.integers(0, 1), fails=st.booleans())
    def answer_a_request(self, index: int, fails: bool) -> None:
        row = fresh(self.both[index], "activities")
        try:
            with opened(ChapterScope(self.both[index].chapter_id)) as session:
                session.add(Activity(**row))
                session.flush()
                if fails:
                    raise Misplaced  # noqa: TRY301  (a request fails inside its session)
        except Misplaced:
            return
        self.kept[self.both[index].chapter_id].add(row["id"])

    @precondition(lambda self: self._free("web"))
    @rule()
    def take_a_bare_connection(self) -> None:
        """A connection from the pool is unbound and sees no rows."""
        with db.engines["web"].connect() as connection:
            assert tuple(connection.execute(SETTINGS_QUERY).one()) == ("", "", "")
            assert connection.execute(text("select id from activities")).all() == []

    @invariant()
    def everybody_sees_their_own(self) -> None:
        for work in self.opened:
            rows = work.session.execute(select(Activity.chapter_id, Activity.id)).all()
            plain = work.session.execute(text("select chapter_id, id from activities")).all()
            expected = {(chapter, id_) for chapter in self._chapters_of(work) for id_ in self.kept[chapter]}
            if work.chapter is not None:
                expected |= {(work.chapter.chapter_id, id_) for id_ in work.written}
            assert {tuple(row) for row in rows} == {tuple(row) for row in plain} == expected
            assert len(rows) == len(plain) == len(expected)

    def teardown(self) -> None:
        for work in self.opened:
            work.session.close()

    def _begin(self, work: Open, scope: ChapterScope | DeskScope | NobodyScope) -> Any:
        if not self._free(work.login):
            return multiple()
        bind(work.session, scope)
        self.opened.append(work)
        return work

    def _free(self, login: str) -> bool:
        return sum(work.login == login for work in self.opened) < MOST_OPEN

    def _chapters_of(self, work: Open) -> list[UUID]:
        if work.chapter is not None:
            return [work.chapter.chapter_id]
        return [chapter.chapter_id for chapter in self.both if chapter.country in work.countries]


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def _by_turns(two_chapters: TwoChapters, superuser_url: str, *mutations: str) -> Iterator[type[Interleaving]]:
    with cloned(two_chapters.template, superuser_url) as settings:
        with superuser_connection(settings, superuser_url) as connection:
            for mutation in (mutation for mutation in database_mutations() if mutation.name in mutations):
                for statement in mutation.statements:
                    connection.execute(statement.encode())
        with kernel(settings, pool_size=MOST_OPEN):
            cloned_chapters = TwoChapters(two_chapters.amber, two_chapters.birch, two_chapters.template, settings)
            yield type("OverTheTwins", (Interleaving,), {"two_chapters": cloned_chapters})


@pytest.mark.parametrize(
    ("examples", "steps"), [(20, 25), pytest.param(400, 60, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_turns_in_any_order_mix_nothing(
    two_chapters: TwoChapters, superuser_url: str, examples: int, steps: int
) -> None:
    with _by_turns(two_chapters, superuser_url) as machine:
        run_state_machine_as_test(machine, settings=_settings(examples, steps))


@pytest.mark.parametrize("mutation", ["use_chapter: set", "activities: the desk reads all"])
def test_the_machine_finds_a_hole(two_chapters: TwoChapters, superuser_url: str, mutation: str) -> None:
    with (
        _by_turns(two_chapters, superuser_url, mutation) as machine,
        # Hypothesis reports all distinct failures as a group. If a binding outlives its example, a repeated example
        # behaves differently, which Hypothesis reports as Flaky. Without a mutation neither happens (see above).
        pytest.raises((AssertionError, ExceptionGroup, Flaky)),
    ):
        run_state_machine_as_test(machine, settings=settings(_settings(50, 25), phases=[Phase.generate]))
