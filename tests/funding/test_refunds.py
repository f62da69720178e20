"""Refunds from payees: they lower the spending on a budget line, in its sums, in the report and for the desk."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from funding.money import DAY, FUNDING, Money
from harness.people import World, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import TransactionKind
from tenants.action_kit.funding.obligations import BUDGET_TO_REVISE
from tenants.db import new_id
from tenants.errors import Refused


def refund(money: Money, amount: int, line: UUID | None = None, **changes: Any) -> UUID:
    fields = {"currency": "BRL", "dated_on": DAY, "what": "Sound, returned", "budget_line_id": line or money.line}
    entry = TransactionEntry(kind=TransactionKind.REFUND, amount_minor=amount, **{**fields, **changes})
    with money.open() as session:
        return services.record_transaction(session, **money.as_(), form_key=new_id(), entry=entry).id


def reverse(money: Money, transaction_id: UUID) -> UUID:
    with money.open() as session:
        return services.reverse_transaction(session, **money.as_(), transaction_id=transaction_id).id


def approved(money: Money, world: World, amount: int, **changes: Any) -> UUID:
    expense = money.spend(amount, **changes)
    money.decide(expense, world.dana, is_desk=True)
    return expense


def spent_on(money: Money, line: UUID) -> int:
    with money.open() as session:
        return next(row.spent for row in queries.list_lines(session) if row.line.id == line)


def test_a_refund_lowers_the_line_the_totals_and_the_report_at_once(money: Money, world: World) -> None:
    approved(money, world, 700, currency="USD")
    approved(money, world, 1_000)
    in_reais = refund(money, 400)
    in_dollars = refund(money, 200, currency="USD")
    totals = money.totals()
    assert (totals.spent, totals.usd_spent, totals.waiting) == (600, 500, 0)
    assert spent_on(money, money.line) == 600
    with money.open() as session:
        spending = dict(queries.period_spending(session, DAY, DAY))
    assert spending[in_dollars] == -200
    assert spending[in_reais] is None  # there is no rate for it


def test_a_line_that_a_refund_brings_back_into_its_budget_needs_no_revision(money: Money, world: World) -> None:
    approved(money, world, 10_500)
    assert len(money.obligations_of(BUDGET_TO_REVISE)) == 1
    refund(money, 500)
    assert money.obligations_of(BUDGET_TO_REVISE) == []


def test_a_refund_is_not_larger_than_what_was_spent_on_its_line_in_its_currency(money: Money, world: World) -> None:
    approved(money, world, 1_000)
    money.spend(5_000)  # waits, and counts nowhere
    for amount, currency in ((1_001, "BRL"), (1, "USD")):
        with pytest.raises(Refused) as error:
            refund(money, amount, currency=currency)
        assert list(error.value.errors) == ["amount"]
    refund(money, 1_000)
    assert spent_on(money, money.line) == 0


def test_of_two_refunds_at_the_same_moment_the_second_is_refused(money: Money, world: World) -> None:
    """Each has its own session. The first is not committed before both were begun."""
    approved(money, world, 1_000)
    outcomes: list[UUID | Refused] = []

    def refund_in_session() -> None:
        try:
            outcomes.append(refund(money, 700))
        except Refused as error:
            outcomes.append(error)

    second = threading.Thread(target=refund_in_session)
    with money.open() as session:
        entry = TransactionEntry(TransactionKind.REFUND, 700, "BRL", DAY, "Sound", budget_line_id=money.line)
        services.record_transaction(session, **money.as_(), form_key=new_id(), entry=entry)
        second.start()
        second.join(1)
        assert outcomes == [], "it waits for the first"
    second.join(10)
    (outcome,) = outcomes
    assert isinstance(outcome, Refused)
    assert spent_on(money, money.line) == 300


def test_a_refund_names_a_budget_line_and_no_source(money: Money, world: World) -> None:
    approved(money, world, 1_000)
    for changes in ({"budget_line_id": None, "source_id": money.source}, {"source_id": money.source}):
        with pytest.raises(Refused) as error:
            refund(money, 10, **changes)
        assert list(error.value.errors) == ["side"]


def test_a_reversed_refund_counts_as_spent_again_and_only_once(money: Money, world: World) -> None:
    approved(money, world, 1_000)
    reversal = reverse(money, refund(money, 400))
    assert (spent_on(money, money.line), money.totals().spent) == (1_000, 1_000)
    with pytest.raises(Refused):
        reverse(money, reversal)


def test_alice_records_a_refund_on_the_page_and_reads_its_kind(money: Money, world: World) -> None:
    approved(money, world, 1_000)
    fields = {"kind": "refund", "side": str(money.line), "what": "Sound, returned", "amount": "4", "currency": "BRL"}
    alice = world.browser_of(world.alice)
    answer = post(alice, f"{FUNDING}/transactions/new", **fields, dated_on=DAY.isoformat())
    assert answer.location == FUNDING
    page = alice.get(FUNDING).text
    assert "Refund from a payee" in page
    assert "<bdi>\u22124</bdi>" in page
    assert spent_on(money, money.line) == 600


def test_a_reversal_is_below_zero_and_leads_to_what_it_reverses(money: Money, world: World) -> None:
    expense = approved(money, world, 1_000)
    reverse(money, expense)
    page = world.browser_of(world.alice).get(FUNDING).text
    link = page.partition("Reversal of an earlier transaction")[0].rpartition("<a ")[2]
    assert f"/transactions/{expense}" in link
    assert ("<bdi>\u221210</bdi>" in page, "<bdi>10</bdi>" in page) == (True, True)


@given(st.lists(st.tuples(st.sampled_from(["spend", "refund", "reverse"]), st.integers(1, 900)), max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_of_a_line_adds_up_like_a_ledger(money: Money, world: World, acts: list[tuple[str, int]]) -> None:
    """The ledger is a list of signed amounts; reversing an entry sets it to nothing."""
    with money.open() as session:
        line = budgets.add_budget_line(session, **money.as_(), title="Any", amount_minor=1).id
    ledger: dict[UUID, int] = {}
    for act, amount in acts:
        if act == "spend":
            ledger[approved(money, world, amount, budget_line_id=line)] = amount
        elif act == "refund" and amount <= sum(ledger.values()):
            ledger[refund(money, amount, line)] = -amount
        elif act == "reverse" and any(ledger.values()):
            entry = [entry for entry, value in ledger.items() if value][amount % sum(map(bool, ledger.values()))]
            reverse(money, entry)
            ledger[entry] = 0
    assert spent_on(money, line) == sum(ledger.values())


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("budget_line_id = null, source_id = :source", "side_of_kind"),
        ("kind = 'refund_reversal'", "reversal_of"),
        ("state = 'pending'", "only_expenses_wait"),
        ("amount_minor = -1", "amount_reason"),
    ],
)
def test_the_database_refuses_what_is_no_refund(money: Money, world: World, changes: str, constraint: str) -> None:
    approved(money, world, 1_000)
    refund_id = refund(money, 10, dated_on=date(2026, 1, 20))
    engine = create_engine(world.settings.database("owner"))
    with pytest.raises(IntegrityError, match=constraint), engine.begin() as owner:
        owner.execute(
            text(f"update transactions set {changes} where id = :id"), {"id": refund_id, "source": money.source}
        )
    engine.dispose()
