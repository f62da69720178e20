"""Days without a worker or a relay, and days off. One mail is sent on the next day, with the rung of that day.

Worker and beat are real processes whose clock the test sets from day to day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from harness.deliveries import deliveries
from harness.mail_server import MailServer
from harness.mail_sink import point_mail_at
from harness.people import World
from harness.worker_processes import ShortWaits, WorkerProcesses
from sqlalchemy import select, update

from tenants.action_kit.focal_point.obligations import TERM_ENDING
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.mail.ledger import PLAIN
from tenants.mail.models import Delivery, DeliveryState, Notification, Reason
from tenants.people.terms import FocalPointTerm
from tenants.reminders.models import ChapterClock
from tenants.scope import ChapterScope, NobodyScope

A_DAY = timedelta(days=1)
TEN_THERE = time(13, tzinfo=UTC)  # ten o'clock in Recife
FIRST_DAY = date(2026, 1, 16)  # a Friday


@dataclass
class Days:
    """Recife, day by day, whose focal point's term ends on `ends_on`. The mail server counts alice's mails."""

    world: World
    mail_server: MailServer
    workers: WorkerProcesses
    clock: Path
    relay: ExitStack
    ends_on: date = FIRST_DAY
    today: date = FIRST_DAY

    def until(self, days: int) -> date:
        """Return the day that is `days` after the end of the term (before it if negative)."""
        return self.ends_on + timedelta(days=days)

    def end_on(self, day: date) -> None:
        """Set the end of all terms in Recife to `day`."""
        self.ends_on = day
        with self.world.app.app_context(), opened(ChapterScope(self.world.recife.id)) as session:
            session.execute(update(FocalPointTerm).values(ends_on=day), execution_options=PLAIN)

    def owe_nothing_else(self) -> None:
        """Set the start of the chapter after all days of the test, so that it has no other obligations."""
        with self.world.app.app_context(), opened(ChapterScope(self.world.recife.id)) as session:
            session.scalars(select(Chapter)).one().active_since = datetime(2026, 6, 1, tzinfo=UTC)

    def let_it_be(self, day: date) -> None:
        """Advance the clock to ten o'clock of each day until `day`, and wait for a running worker on each."""
        while self.today < day:
            self.set_clock(self.today + A_DAY)
            if "worker" in self.workers.running:
                self.settle()

    def set_clock(self, day: date) -> None:
        """Set the clock of all processes to ten o'clock of a day."""
        self.today = day
        new_file = self.clock.with_suffix(".new")
        new_file.write_text(datetime.combine(day, TEN_THERE).isoformat())
        new_file.replace(self.clock)

    def settle(self) -> None:
        """Wait until the mails of the day are written, and sent if there is a relay."""
        now = datetime.combine(self.today, TEN_THERE)
        self.workers.eventually(
            lambda: self._next_morning() > now, description=f"the morning of {self.today} has been seen to"
        )
        if self.relay_listens:
            self.workers.eventually(lambda: not self.unfinished(), description=f"the mails of {self.today} are sent")

    @property
    def relay_listens(self) -> bool:
        """Whether the mail server is listening."""
        return not self.mail_server.closing.is_set()

    def unfinished(self) -> list[object]:
        """Return the ids of the mails that may still be sent."""
        final_states = {DeliveryState.SENT, DeliveryState.HELD, DeliveryState.LAPSED}
        with self.world.app.app_context():
            return [row.id for row in self._digests() if row.state not in final_states]

    def rungs_sent(self) -> list[tuple[str, list[int]]]:
        """Return the mails sent to alice: the day, and the rungs of the obligation about the term of alice."""
        with self.world.app.app_context(), opened(ChapterScope(self.world.recife.id)) as session:
            statement = select(Notification).where(Notification.state == DeliveryState.SENT)
            rows = session.scalars(statement.order_by(Notification.local_day)).all()
            return [(str(row.local_day), _rungs(row)) for row in rows if row.local_day]

    def arrived(self) -> int:
        """Return the number of mails that arrived for alice. Fails if one arrived twice."""
        assert set(self.mail_server.ids().values()) <= {1}
        return self.mail_server.to(self.world.alice.email).total()

    def reasons(self) -> Counter[str]:
        """Return the reasons of held mails."""
        with self.world.app.app_context():
            return Counter(str(row.reason) for row in self._digests() if row.state == DeliveryState.HELD)

    def _digests(self) -> list[Delivery]:
        return [row for row in deliveries() if row.chapter_id == self.world.recife.id]

    def _next_morning(self) -> datetime:
        with self.world.app.app_context(), opened(NobodyScope(login="worker")) as session:
            return session.get_one(ChapterClock, self.world.recife.id).next_at


def _rungs(row: Notification) -> list[int]:
    return [item["rung"] for item in row.items if item["kind"] == TERM_ENDING.code]


@pytest.fixture
def days(world: World, tmp_path: Path) -> Iterator[Days]:
    """The days before the end of a term on the 28th, a Wednesday, without other obligations. No process runs yet."""
    clock, mail_server = tmp_path / "clock", MailServer(tmp_path / "mail", patience=1.5)
    with ExitStack() as relay:
        relay.enter_context(mail_server.listening())
        settings = point_mail_at(world.app, port=mail_server.port, outbox=mail_server.folder)
        with WorkerProcesses.over(settings, tmp_path / "logs", ShortWaits(clock=str(clock), tick=0.3)) as workers:
            days = Days(world, mail_server, workers, clock, relay)
            days.end_on(date(2026, 1, 28))
            days.owe_nothing_else()
            days.set_clock(FIRST_DAY)
            yield days


def test_a_worker_off_from_eight_to_five_days_before_sends_one_mail_the_rung_of_seven(days: Days) -> None:
    days.workers.start("worker", "beat")
    days.settle()
    days.let_it_be(days.until(-9))
    assert days.rungs_sent() == [("2026-01-16", [-14])]
    days.workers.kill("worker")
    days.let_it_be(days.until(-5))
    assert days.arrived() == 1

    days.workers.start("worker")
    days.settle()
    assert days.rungs_sent()[1:] == [("2026-01-23", [-7])]
    days.let_it_be(days.until(-1))
    assert days.arrived() == 2, "the next days have nothing new to tell"
    days.let_it_be(days.until(0))
    assert days.rungs_sent()[2:] == [("2026-01-28", [0])]
    assert days.arrived() == 3


def test_a_weekend_and_a_relay_away_for_two_days_delay_a_rung_and_drop_none(days: Days) -> None:
    days.end_on(date(2026, 1, 31))  # a Saturday, and so are the days seven and fourteen days before
    days.workers.start("worker", "beat")
    days.settle()
    days.let_it_be(date(2026, 1, 23))
    assert days.rungs_sent() == [("2026-01-16", [-21]), ("2026-01-19", [-14])]

    days.relay.close()
    days.let_it_be(date(2026, 1, 27))
    assert (days.arrived(), len(days.unfinished())) == (2, 2)
    days.set_clock(date(2026, 1, 28))
    days.workers.eventually(lambda: len(days.unfinished()) == 3, description="the third morning has been seen to")
    days.relay.enter_context(days.mail_server.listening())
    days.settle()
    assert days.rungs_sent()[2:] == [("2026-01-28", [-7])]
    assert days.reasons() == {Reason.OVERTAKEN: 2}
    days.let_it_be(date(2026, 1, 29))
    assert days.arrived() == 3
