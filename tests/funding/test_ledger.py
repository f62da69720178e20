"""For any pledges and payments, the totals and the rows of sources are those of a simple ledger kept beside them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest
from funding.money import DAY, FUNDING, Money
from funding.test_funding import load
from harness.people import World, post
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import SourceKind, SourceState, TransactionKind
from tenants.action_kit.funding.sources import list_sources
from tenants.db import new_id
from tenants.errors import Refused, VersionConflict
from tenants.overview.steps import step_states

OWN_CURRENCY = "BRL"
EARLY, LATE = date(2026, 1, 5), date(2026, 1, 20)
DECIMALS = {"BRL": 2, "USD": 2, "EUR": 2, "JPY": 0, "CHF": 2}
RATES = {
    ("BRL", EARLY): Decimal("5.42"),
    ("BRL", LATE): Decimal("5.91"),
    ("EUR", EARLY): Decimal("0.87"),
    ("EUR", LATE): Decimal("0.93"),
    ("JPY", LATE): Decimal("157.3"),
}  # none for CHF, and none for JPY early
BEFORE_RATES = date(2026, 1, 2)


@dataclass
class Pledge:
    """A source in the simple ledger: what is pledged, and each payment that stands."""

    currency: str
    amount: int
    state: SourceState
    payments: list[tuple[int, str, date]] = field(default_factory=list)


@dataclass
class Book:
    """The simple ledger: the pledges, the expenses that stand, and all entries that count."""

    pledges: dict[UUID, Pledge] = field(default_factory=dict)
    expenses: list[tuple[int, str, date]] = field(default_factory=list)
    entries: list[tuple[int, str, date]] = field(default_factory=list)


def rate(currency: str, on: date) -> Decimal | None:
    """Return the units of a currency for a dollar."""
    if currency == "USD":
        return Decimal(1)
    days = [day for code, day in RATES if code == currency and day <= on]
    return RATES[currency, max(days)] if days else None


def worth(amount: int, currency: str, on: date, target: str) -> int | None:
    """Return an amount in another currency, by way of whole cents; None without both rates."""
    if currency == target:
        return amount
    rate_from, rate_to = rate(currency, on), rate(target, on)
    if rate_from is None or (target != "USD" and rate_to is None):
        return None
    cents = (Decimal(amount).scaleb(2 - DECIMALS[currency]) / rate_from).quantize(Decimal(1), ROUND_HALF_EVEN)
    if target == "USD" or rate_to is None:
        return int(cents)
    return int((cents * rate_to).scaleb(DECIMALS[target] - 2).quantize(Decimal(1), ROUND_HALF_UP))


def total(entries: list[tuple[int, str, date]], target: str) -> int:
    """Return the sum of all amounts with a rate."""
    return sum(worth(*entry, target) or 0 for entry in entries)


CURRENCIES = st.sampled_from(sorted(DECIMALS))
ACTIONS = st.one_of(
    st.tuples(st.just("pledge"), st.integers(1, 9_999), CURRENCIES, st.just(0)),
    st.tuples(st.sampled_from(["pay", "spend"]), st.integers(1, 9_999), CURRENCIES, st.integers(0, 2)),
    st.tuples(st.sampled_from(["agree", "revise", "cancel", "reverse"]), st.integers(1, 9_999), CURRENCIES, st.just(0)),
)
Action = tuple[str, int, str, int]


class Recorder:
    """Records each action in the product and in the book."""

    def __init__(self, money: Money, session: Session) -> None:
        self.money, self.session, self.book = money, session, Book()
        self.reversible: list[tuple[UUID, list[Any], Any]] = []
        line = budgets.add_budget_line(session, **money.as_(), title="Hall", amount_minor=5_000)
        self.line_id = line.id

    def record(self, action: Action, index: int) -> None:
        name, amount, currency, number = action
        day, ids = (BEFORE_RATES, EARLY, LATE)[number], list(self.book.pledges)
        if name == "pledge" or not ids:
            source = self.money.add_source(
                self.session, state=SourceState.PLEDGED, amount_minor=amount, currency=currency
            )
            self.book.pledges[source.id] = Pledge(currency, amount, SourceState.PLEDGED)
        elif name in ("pay", "spend"):
            self._record(name, (amount, currency, day), ids[index % len(ids)])
        elif name == "reverse":
            self._reverse(index)
        else:
            self._change(name, amount, ids[index % len(ids)])

    def _record(self, name: str, values: tuple[int, str, date], source_id: UUID) -> None:
        side: dict[str, Any] = {"source_id": source_id} if name == "pay" else {"budget_line_id": self.line_id}
        kind = TransactionKind.INCOME if name == "pay" else TransactionKind.EXPENSE
        entry = TransactionEntry(kind, *values, "Transfer", **side)
        row = services.record_transaction(self.session, **self.money.as_(), form_key=new_id(), entry=entry)
        if name == "spend":
            dana = self.money.world.dana
            services.approve_expense(self.session, **self.money.as_(dana), transaction_id=row.id, is_desk=True)
        entries = self.book.pledges[source_id].payments if name == "pay" else self.book.expenses
        entries.append(values)
        self.book.entries.append(values)
        self.reversible.append((row.id, entries, values))

    def _reverse(self, index: int) -> None:
        if self.reversible:
            transaction_id, entries, values = self.reversible.pop(index % len(self.reversible))
            services.reverse_transaction(self.session, **self.money.as_(), transaction_id=transaction_id)
            entries.remove(values)
            self.book.entries.append(values)

    def _change(self, name: str, amount: int, source_id: UUID) -> None:
        pledge, by = self.book.pledges[source_id], {"source_id": source_id, **self.money.as_()}
        if pledge.state is SourceState.CANCELLED:
            return
        if name == "agree":
            budgets.move_source(self.session, state=SourceState.COMMITTED, **by)
            pledge.state = SourceState.COMMITTED
        elif name == "revise":
            row = next(row for row in list_sources(self.session, currency=OWN_CURRENCY) if row.source.id == source_id)
            budgets.revise_pledge(self.session, seen=row.source.number, amount_minor=amount, reason="Other", **by)
            pledge.amount = amount
        else:
            budgets.cancel_source(self.session, reason="Nothing comes", **by)
            pledge.state = SourceState.CANCELLED


def expected_sums(book: Book) -> dict[str, int]:
    """Return the totals of the simple ledger."""
    sums: dict[str, int] = defaultdict(int)
    for pledge in book.pledges.values():
        paid_amount = total(pledge.payments, OWN_CURRENCY)
        missing = max(pledge.amount - paid_amount, 0) if pledge.currency == OWN_CURRENCY else 0
        sums["arrived"] += paid_amount
        sums["coming"] += missing if pledge.state is SourceState.COMMITTED else 0
        sums["pledged"] += missing if pledge.state is SourceState.PLEDGED else 0
    sums["agreed"] = sums["arrived"] + sums["coming"]
    sums["spent"], sums["usd_spent"] = total(book.expenses, OWN_CURRENCY), total(book.expenses, "USD")
    sums["in_hand"] = sums["arrived"] - sums["spent"]
    sums["elsewhere"] = sum(worth(*entry, OWN_CURRENCY) is None for entry in book.entries)
    return sums


def check(session: Session, book: Book) -> None:
    """Compare the product with the book."""
    totals = queries.totals(session, currency=OWN_CURRENCY)
    sums = expected_sums(book)
    names = ("arrived", "coming", "pledged", "agreed", "spent", "usd_spent", "in_hand", "elsewhere")
    assert {name: getattr(totals, name) for name in names} == {name: sums[name] for name in names}
    rows = {row.source.id: row for row in list_sources(session, currency=OWN_CURRENCY)}
    for source_id, pledge in book.pledges.items():
        row = rows.pop(source_id)
        assert (row.arrived, row.paid) == (
            total(pledge.payments, OWN_CURRENCY),
            total(pledge.payments, pledge.currency),
        )
        amounts: dict[str, int] = defaultdict(int)
        for amount, currency, _day in pledge.payments:
            amounts[currency] += amount
        row_amounts: dict[str, int] = defaultdict(int)
        for part in row.receipts:
            row_amounts[part.currency] += part.amount
        assert row_amounts == amounts, "what came is in the row, with a rate or without"
        assert row.missing == (
            0
            if pledge.state is SourceState.CANCELLED
            else max(pledge.amount - total(pledge.payments, pledge.currency), 0)
        )
    assert (totals.needed <= totals.agreed) == (step_states(session, today=DAY, obligations=[])[2] == "done")


TROUBLES: list[list[Action]] = [
    [
        ("pledge", 100, OWN_CURRENCY, 0),
        ("agree", 1, OWN_CURRENCY, 0),
        ("pay", 150, OWN_CURRENCY, 1),
    ],  # more than pledged
    [
        ("pledge", 100, OWN_CURRENCY, 0),
        ("agree", 1, OWN_CURRENCY, 0),
        ("pay", 40, OWN_CURRENCY, 1),
        ("cancel", 1, OWN_CURRENCY, 0),
    ],  # less, then given up
    [
        ("pledge", 100, OWN_CURRENCY, 0),
        ("pay", 60, OWN_CURRENCY, 1),
        ("agree", 1, OWN_CURRENCY, 0),
    ],  # paid before it was agreed
    [
        ("pledge", 100, "USD", 0),
        ("agree", 1, OWN_CURRENCY, 0),
        ("pay", 591, OWN_CURRENCY, 2),
    ],  # another currency than pledged
    [
        ("pledge", 9_000, OWN_CURRENCY, 0),
        ("agree", 1, OWN_CURRENCY, 0),
        ("pay", 1_000, "JPY", 0),
        ("pay", 1_000, "JPY", 2),
    ],
]


@pytest.fixture
def rated_money(money: Money, world: World) -> Money:
    """Money with the rates of the simple ledger."""
    load(world, *(f"{code},{day},{value}\n" for (code, day), value in RATES.items()))
    with money.open() as session:  # the fixture's own source, out of the way of the sums
        budgets.cancel_source(session, **money.as_(), source_id=money.source, reason="Not in the book")
    return money


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(st.tuples(ACTIONS, st.integers(0, 5)), min_size=1, max_size=14))
@example(actions=[(action, 0) for action in TROUBLES[0]])
@example(actions=[(action, 0) for action in TROUBLES[1]])
@example(actions=[(action, 0) for action in TROUBLES[2]])
@example(actions=[(action, 0) for action in TROUBLES[3]])
@example(actions=[(action, 0) for action in TROUBLES[4]])
def test_cash_is_what_the_ledger_says(rated_money: Money, actions: list[tuple[Action, int]]) -> None:
    with rated_money.open() as session:
        savepoint = session.begin_nested()
        recorder = Recorder(rated_money, session)
        for action, index in actions:
            recorder.record(action, index)
        session.expire_all()
        check(session, recorder.book)
        savepoint.rollback()


def test_a_status_brings_no_money(money: Money, world: World) -> None:
    before = money.totals()
    with money.open() as session, pytest.raises(Refused):
        budgets.move_source(session, **money.as_(), source_id=money.source, state=SourceState.RECEIVED)
    with money.open() as session, pytest.raises(Refused) as error:
        money.add_source(session, state=SourceState.RECEIVED)
    assert set(error.value.errors) == {"state"}
    with money.open() as session:
        hall = money.add_source(session, kind=SourceKind.IN_KIND).id
        budgets.move_source(session, **money.as_(), source_id=hall, state=SourceState.RECEIVED)
    assert money.totals().arrived == before.arrived == 0
    page = world.browser_of(world.alice).get(FUNDING).text
    table = page[page.index("Sources of funding</h2>") : page.index("In-kind contributions")]
    assert "Mark as received" not in table
    assert "Record a payment" in table


def test_alice_adds_received_money_and_records_its_payment_next(money: Money, world: World) -> None:
    alice = world.browser_of(world.alice)
    fields = {"name": "Port", "kind": "sponsor", "state": "received", "amount": "12.50", "currency": "BRL"}
    answer = post(alice, f"{FUNDING}/sources/new", **fields)
    assert "/transactions/new?kind=income&side=" in str(answer.location)
    assert money.totals().arrived == 0, "nothing counts before it is recorded"
    page = alice.get(answer.location).text
    assert 'value="12.50"' in page
    side = str(answer.location).rpartition("=")[2]
    payment = {"kind": "income", "side": side, "what": "Cheque", "amount": "12.50", "currency": "BRL"}
    post(alice, f"{FUNDING}/transactions/new", **payment, dated_on=str(DAY), form_key=str(new_id()))
    assert money.totals().arrived == 1_250


def test_alice_lowers_a_pledge_and_cancels_the_rest_with_a_reason(money: Money, world: World) -> None:
    alice, source_url = world.browser_of(world.alice), f"{FUNDING}/sources/{money.source}"
    money.earn(1_000)
    assert post(alice, f"{source_url}/pledge", seen="1", amount="40", reason=" ").status_code == 422
    assert post(alice, f"{source_url}/pledge", seen="1", amount="40", reason="Less in the town").location == FUNDING
    assert (money.totals().arrived, money.totals().coming) == (1_000, 3_000)
    assert "Less in the town" in alice.get(FUNDING).text
    late = post(alice, f"{source_url}/pledge", seen="1", amount="70", reason="More")
    assert late.status_code == 409
    assert 'value="70"' in late.text
    assert post(alice, f"{source_url}/cancellation", reason="").status_code == 422
    assert post(alice, f"{source_url}/cancellation", reason="The mayor left").location == FUNDING
    totals = money.totals()
    assert (totals.arrived, totals.coming, totals.agreed) == (1_000, 0, 1_000), "what came stays"
    page = alice.get(FUNDING).text
    assert "The mayor left" in page
    assert "Cancelled" in page
    with money.open() as session, pytest.raises(Refused):
        budgets.revise_pledge(
            session, **money.as_(), source_id=money.source, seen=3, amount_minor=1, reason="Yet something"
        )


def test_two_people_change_a_pledge_and_the_second_sees_it(money: Money) -> None:
    values = {"source_id": money.source, "seen": 1, "reason": "Other", **money.as_()}
    with money.open() as session:
        budgets.revise_pledge(session, amount_minor=1, **values)
    with money.open() as session, pytest.raises(VersionConflict):
        budgets.revise_pledge(session, amount_minor=2, **values)
