"""An approved period is closed: the report shows what was recorded in it, also when both happen at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.people import Person, join, person, post
from reports.conftest import Desk
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.i18n.locale import format_quarter
from tenants import clock
from tenants.action_kit.evaluation.closing import PeriodClosed
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding import budgets, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import Transaction, TransactionKind, TransactionState
from tenants.action_kit.funding.queries import period_spending
from tenants.action_kit.reports import queries as reports
from tenants.action_kit.reports import services as reporting
from tenants.db import new_id
from tenants.errors import Refused
from tenants.people.permissions import Role

FUNDING = "/c/recife/funding"
Act = Callable[[Session], object]


class Finances:
    """Recife's money, in dollars, so that every amount is converted. Frida decides on what Alice records."""

    def __init__(self, quarter: Desk) -> None:
        self.quarter, self.world = quarter, quarter.world
        with self.world.app.app_context():
            self.frida = person("Frida")
            join(self.world.recife, self.frida, Role.FINANCE)
        with quarter.inside() as session:
            self.line = budgets.add_budget_line(session, **self.by(), title="Hall", amount_minor=10_000).id
        quarter.begin()
        quarter.log(7)

    @property
    def day(self) -> date:
        return self.quarter.period.ends_on

    def by(self, actor: Person | None = None) -> dict[str, Any]:
        return {"actor_id": (actor or self.world.alice).user_id, "at": clock.now()}

    def entry(self, day: date | None = None, amount: int = 1_000) -> TransactionEntry:
        return TransactionEntry(
            TransactionKind.EXPENSE, amount, "USD", day or self.day, "Sound", budget_line_id=self.line
        )

    def recorded(self, session: Session, day: date | None = None) -> Transaction:
        return services.record_transaction(session, **self.by(), form_key=new_id(), entry=self.entry(day))

    def spend(self, day: date | None = None) -> UUID:
        with self.quarter.inside() as session:
            return self.recorded(session, day).id

    def approving(self, expense: UUID) -> Act:
        return lambda session: services.approve_expense(session, **self.by(self.frida), transaction_id=expense)

    def reversing(self, expense: UUID) -> Act:
        return lambda session: services.reverse_transaction(session, **self.by(), transaction_id=expense)

    def do(self, act: Act) -> None:
        with self.quarter.inside() as session:
            act(session)

    def count(self) -> UUID:
        """Record an approved expense, and return its id."""
        expense = self.spend()
        self.do(self.approving(expense))
        return expense

    def reopen(self) -> None:
        with self.quarter.inside() as session:
            report = self.quarter.report(session)
            reporting.reopen_report(session, report_id=report.id, reason="A bill", **self.by(self.world.dana))

    def sent(self, session: Session) -> object:
        return reporting.submit_report(session, report_id=self.quarter.report(session).id, **self.by())

    def approved(self, session: Session) -> object:
        report = self.quarter.report(session)
        return reporting.approve_report(session, report_id=report.id, number=report.sent, **self.by(self.world.dana))

    def agree(self) -> bool:
        """Whether the report has the same sum as the transactions recorded in its period."""
        with self.quarter.inside() as session:
            rows = period_spending(session, self.quarter.period.starts_on, self.quarter.period.ends_on)
        return self.quarter.values()["spent", "all"] == sum(cents or 0 for _, cents in rows)


@pytest.fixture
def finances(quarter: Desk) -> Finances:
    return Finances(quarter)


def test_nothing_is_dated_in_an_approved_quarter_and_the_one_beside_is_open(finances: Finances) -> None:
    expense = finances.spend()
    finances.quarter.submit()
    finances.quarter.approve()
    for act in (finances.recorded, finances.approving(expense)):
        with pytest.raises(PeriodClosed) as error:
            finances.do(act)
        assert set(error.value.errors) == {"dated_on"}
        assert error.value.period == finances.quarter.period
    source = TransactionEntry(
        TransactionKind.OPENING, 5, "USD", finances.quarter.period.starts_on, "Start", source_id=new_id()
    )
    with pytest.raises(Refused), finances.quarter.inside() as session:
        services.record_transaction(session, **finances.by(), form_key=new_id(), entry=source)
    assert finances.spend(finances.quarter.period.previous.ends_on), "no report is begun of it"
    assert finances.spend(finances.quarter.period.following.starts_on)
    finances.do(
        lambda session: services.refuse_expense(
            session, **finances.by(finances.frida), transaction_id=expense, reason="Twice"
        )
    )
    assert finances.agree()


def test_another_chapters_approved_report_closes_nothing_here(finances: Finances) -> None:
    finances.quarter.begin(finances.world.huye)
    with finances.quarter.inside(finances.world.huye) as session:
        report = finances.quarter.report(session)
        reporting.submit_report(session, report_id=report.id, **finances.by(finances.world.charlie), is_nil=True)
        reporting.approve_report(session, report_id=report.id, number=1, **finances.by(finances.world.dana))
    assert finances.spend()


def test_a_report_that_is_sent_does_not_close_and_one_that_is_reopened_opens(finances: Finances) -> None:
    finances.quarter.submit()
    assert finances.spend()
    finances.quarter.approve()
    with pytest.raises(PeriodClosed):
        finances.spend()
    finances.reopen()
    expense = finances.count()
    finances.quarter.submit()
    finances.quarter.approve(2)
    assert finances.quarter.values()["spent", "all"] == 1_000
    with pytest.raises(PeriodClosed):
        finances.do(finances.approving(finances.spend()))
    assert expense


def test_what_counts_in_a_closed_quarter_is_taken_back_today(finances: Finances) -> None:
    expense = finances.count()
    finances.quarter.submit()
    finances.quarter.approve()
    finances.do(finances.reversing(expense))
    with finances.quarter.inside() as session:
        reversal = session.scalars(select(Transaction).where(Transaction.reverses_id == expense)).one()
    assert reversal.dated_on == clock.local_day(clock.now(), "America/Recife")
    assert Period.of(reversal.dated_on) > finances.quarter.period
    assert finances.quarter.values()["spent", "all"] == 1_000
    assert finances.agree()


def test_money_that_moved_after_sending_keeps_the_report_from_being_approved(finances: Finances) -> None:
    finances.quarter.submit()
    finances.count()
    dana = finances.world.browser_of(finances.world.dana)
    post(dana, f"{finances.quarter.address}/approval", form=finances.quarter.address, number="1")
    page = dana.get(finances.quarter.address).get_data(as_text=True)
    assert "Transactions in this period have changed since the report was sent." in page
    with pytest.raises(Refused):
        finances.quarter.approve()
    post(dana, f"{finances.quarter.address}/return", number="1", reason="Money moved.")
    finances.quarter.submit()
    finances.quarter.approve(2)
    assert finances.agree()


def test_alice_is_told_which_quarter_is_closed_and_what_she_typed_stays(finances: Finances) -> None:
    pending_expense, approved_expense = finances.spend(), finances.count()
    finances.quarter.submit()
    finances.quarter.approve()
    alice, frida = finances.world.browser_of(finances.world.alice), finances.world.browser_of(finances.frida)
    fields = {
        "kind": "expense",
        "side": str(finances.line),
        "what": "Cards",
        "currency": "USD",
        "form_key": str(new_id()),
    }
    answer = post(alice, f"{FUNDING}/transactions/new", **fields, amount="12.50", dated_on=str(finances.day))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="12.50"' in page
    with finances.world.app.test_request_context():
        quarter = format_quarter(finances.quarter.period.starts_on, "BR")
    assert f"The report for {quarter} is approved, so that quarter is closed. Use today’s date" in page
    funding_page = frida.get(FUNDING).get_data(as_text=True)
    assert f"transactions/{pending_expense}/approval" not in funding_page
    assert f"transactions/{pending_expense}/refusal" in funding_page
    assert (
        "The quarter of this expense is closed, so it can only be refused. Record it again with today’s date."
    ) in funding_page
    post(frida, f"{FUNDING}/transactions/{pending_expense}/approval", form=FUNDING)
    assert "so that quarter is closed" in frida.get(FUNDING).get_data(as_text=True)
    funding_page = alice.get(FUNDING).get_data(as_text=True)
    assert "A transaction in a closed quarter is reversed by a new transaction dated today." in funding_page
    assert post(alice, f"{FUNDING}/transactions/{approved_expense}/reversal", form=FUNDING).status_code == 302
    assert "Reversed by a later transaction." in alice.get(FUNDING).get_data(as_text=True)


class InFlight:
    """An act on its own connection that is flushed, and not committed before `land`."""

    def __init__(self, finances: Finances, act: Act) -> None:
        self.done, self.may_land = Event(), Event()
        self.thread = Thread(target=self._fly, args=(finances, act))
        self.thread.start()
        assert self.done.wait(10)

    def _fly(self, finances: Finances, act: Act) -> None:
        with finances.quarter.inside() as session:
            act(session)
            session.flush()
            self.done.set()
            self.may_land.wait(10)

    def land(self) -> None:
        self.may_land.set()
        self.thread.join()


class Later:
    """An act on another connection, which has to wait for the first."""

    def __init__(self, finances: Finances, act: Act) -> None:
        self.error: Exception | None = None
        self.thread = Thread(target=self._try, args=(finances, act))
        self.thread.start()

    def _try(self, finances: Finances, act: Act) -> None:
        try:
            finances.do(act)
        except Exception as error:  # noqa: BLE001  (handed to the test)
            self.error = error

    def after(self, first: InFlight, admin: psycopg.Connection[tuple[int]], database: str | None) -> Exception | None:
        """Commit `first` once this act is seen waiting for it. Return the error of this act, if any."""
        statement = "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'"
        until = time.monotonic() + 10
        while admin.execute(statement, (database,)).fetchone() != (1,):
            assert time.monotonic() < until, "it does not wait"
            time.sleep(0.02)
        first.land()
        self.thread.join()
        return self.error


@pytest.mark.parametrize("action", ["send", "approve"])
def test_a_report_waits_for_money_in_flight(finances: Finances, action: str, superuser_url: str) -> None:
    act = finances.approving(finances.spend())
    if action == "approve":
        finances.quarter.submit()
    database = finances.world.settings.database("web").database
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        first = InFlight(finances, act)
        error = Later(finances, finances.sent if action == "send" else finances.approved).after(first, admin, database)
    if action == "send":
        assert error is None
        assert finances.agree()
    else:
        assert isinstance(error, Refused)
        assert "have changed since the report was sent" in str(error)


@pytest.mark.parametrize("case", ["record", "count"])
def test_money_waits_for_an_approval_in_flight_and_finds_the_book_closed(
    finances: Finances, case: str, superuser_url: str
) -> None:
    act = finances.recorded if case == "record" else finances.approving(finances.spend())
    finances.quarter.submit()
    database = finances.world.settings.database("web").database
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        first = InFlight(finances, finances.approved)
        error = Later(finances, act).after(first, admin, database)
    assert isinstance(error, PeriodClosed)
    assert finances.agree()


def test_whoever_is_faster_the_books_agree(finances: Finances) -> None:
    for _ in range(6):
        expense = finances.spend()
        finances.quarter.submit()
        first, second = Later(finances, finances.approving(expense)), Later(finances, finances.approved)
        first.thread.join()
        second.thread.join()
        with finances.quarter.inside() as session:
            report, row = (
                finances.quarter.report(session),
                session.get_one(Transaction, (finances.world.recife.id, expense)),
            )
            is_closed, counts = report.state == "approved", row.state == TransactionState.APPROVED
            assert is_closed != counts, "one of the two came second"
            assert reports.last_decision(session, report.id) is not None
            number = report.sent
        if is_closed:
            assert finances.agree()
            finances.reopen()
        else:
            with finances.quarter.inside() as session:
                reporting.return_report(
                    session,
                    report_id=finances.quarter.report(session).id,
                    number=number,
                    reason="Moved",
                    **finances.by(finances.world.dana),
                )
