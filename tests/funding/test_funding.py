"""Transactions of Recife: recorded once, decided by another person, reversed, and never overwritten."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from funding.money import DAY, FUNDING, NOW
from harness.people import World, post
from psycopg import errors as refused_by
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.models import SourceKind, SourceState
from tenants.action_kit.funding.obligations import BUDGET_TO_REVISE, EXPENSE_TO_APPROVE, KINDS
from tenants.action_kit.funding.rates import load_rates
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import db, new_id, opened
from tenants.errors import AlreadyDecided, Refused, VersionConflict
from tenants.obligations.models import selects_of
from tenants.obligations.selects import StatementScope
from tenants.overview.steps import states_of, step_states
from tenants.scope import ChapterScope, DeskScope


def load(world: World, *lines: str) -> None:
    engine = create_engine(world.settings.database("owner"))
    with engine.begin() as owner:
        load_rates(owner, ["currency,starts_on,per_usd\n", *lines])
    engine.dispose()


def test_the_same_form_twice_counts_once(money):
    key = new_id()
    assert money.spend(key=key) == money.spend(key=key)


def test_no_rate_stays_unconverted_and_is_listed_until_there_is_one(money, world, as_person):
    expense = money.spend(54_200, what="Hall")
    assert money.row(expense).usd_minor is None
    alice = as_person(world.alice)
    assert "There was no exchange rate for these dates" in alice.get(FUNDING).get_data(as_text=True)
    load(world, f"BRL,{DAY + timedelta(days=1)},2\n")
    post(alice, f"{FUNDING}/conversions", form=FUNDING)
    assert money.row(expense).usd_minor is None
    load(world, "BRL,2026-01-01,9\n", f"BRL,{DAY},5.42\n")
    post(alice, f"{FUNDING}/conversions", form=FUNDING)
    assert (money.row(expense).usd_minor, money.row(expense).rate_starts_on) == (10_000, DAY)
    page = alice.get(FUNDING).get_data(as_text=True)
    assert "There was no exchange rate for these dates" not in page
    assert "USD\u00a0100" in page
    with money.open() as session:
        assert queries.period_spending(session, DAY, DAY) == []
    money.decide(expense, world.dana, is_desk=True)
    with money.open() as session:
        assert queries.period_spending(session, DAY, DAY) == [(expense, 10_000)]
        assert queries.period_spending(session, date(2026, 1, 1), date(2026, 1, 2)) == []


def test_dollars_are_dollars_and_not_in_the_chapters_own_sum(money, world):
    expense = money.spend(700, currency="USD")
    money.decide(expense, world.dana, is_desk=True)
    assert (money.row(expense).usd_minor, money.row(expense).rate_per_usd) == (700, 1)
    totals = money.totals()
    assert (totals.spent, totals.usd_spent, totals.elsewhere) == (0, 700, 1)


def test_a_reversal_cancels_its_original_once(money, world):
    load(world, "BRL,2026-01-01,3\n")
    expense = money.spend(1_001)
    with money.open() as session, pytest.raises(Refused):
        services.reverse_transaction(session, **money.as_(), transaction_id=expense)
    money.decide(expense, world.dana, is_desk=True)
    with money.open() as session:
        reversal = services.reverse_transaction(session, **money.as_(), transaction_id=expense)
        assert (reversal.amount_minor, reversal.dated_on) == (1_001, DAY)
    totals = money.totals()
    assert (totals.spent, totals.usd_spent) == (0, 0)
    with pytest.raises(AlreadyDecided), money.open() as session:
        services.reverse_transaction(session, **money.as_(), transaction_id=expense)
    with pytest.raises(Refused), money.open() as session:
        services.reverse_transaction(session, **money.as_(), transaction_id=reversal.id)


def test_a_revised_budget_replaces_the_one_before(money, world, as_person):
    alice = as_person(world.alice)
    address = f"{FUNDING}/budget/{money.line}/revision"
    assert post(alice, address, seen="1", amount="250.50", reason="The hall").location == FUNDING
    assert money.totals().needed == 25_050
    late = post(alice, address, seen="1", amount="7", reason="Cheaper")
    assert late.status_code == 409
    assert 'value="7"' in late.get_data(as_text=True)
    assert money.totals().needed == 25_050
    with money.open() as session:
        assert [row.amount_minor for row in queries.budgets_of(session, money.line)] == [25_050, 10_000]
    with pytest.raises(VersionConflict), money.open() as session:
        budgets.revise_budget(session, **money.as_(), line_id=money.line, seen=1, amount_minor=1, reason="x")


def test_alice_sees_what_is_still_to_find(money, world, as_person):
    money.earn(2_500)
    with money.open() as session:
        money.add_source(session, name="Port", state=SourceState.PLEDGED, amount_minor=900)
        money.add_source(session, name="Hall", kind=SourceKind.IN_KIND, amount_minor=50_000)
        fund = money.add_source(session, name="Fund", amount_minor=500).id
    money.earn(500, source_id=fund)
    totals = money.totals()
    assert (totals.needed, totals.agreed, totals.to_find) == (10_000, 6_500, 3_500)
    assert (totals.arrived, totals.coming, totals.pledged, totals.in_kind) == (3_000, 3_500, 900, 50_000)
    page = as_person(world.alice).get(FUNDING).get_data(as_text=True)
    assert re.search(r"<h1>BRL\s35 still to find</h1>", page)
    assert "are not included in these totals" not in page


def test_the_step_is_done_once_agreed_money_covers_the_budget(money):
    def step_state() -> str:
        with money.open() as session:
            return step_states(session, today=DAY, obligations=[])[2]

    assert step_state() == "prog"
    with money.open() as session:
        hall = money.add_source(session, name="Hall", kind=SourceKind.IN_KIND, amount_minor=4_000).id
        port = money.add_source(session, name="Port", state=SourceState.PLEDGED, amount_minor=4_000).id
    assert hall
    assert step_state() == "prog"
    with money.open() as session:
        budgets.move_source(session, **money.as_(), source_id=port, state=SourceState.COMMITTED)
    assert step_state() == "done"
    with pytest.raises(Refused), money.open() as session:
        budgets.move_source(session, **money.as_(), source_id=port, state=SourceState.PLEDGED)
    expense = money.spend()
    assert step_state() == "wait", "an expense waits for a decision"
    money.decide(expense, money.world.bob)
    assert step_state() == "done"


def test_the_desk_counts_a_source_in_the_currencies_of_its_own_chapters_budget_alone(money, world):
    with money.open() as session:
        money.add_source(session, name="Kigali", amount_minor=9_000, currency="RWF")
    with world.app.app_context(), opened(ChapterScope(world.huye.id)) as session:
        by_charlie = {"actor_id": world.charlie.user_id, "at": NOW}
        budgets.add_budget_line(session, **by_charlie, title="Launch event", amount_minor=5_000)

    chapters = [world.recife.id, world.huye.id]
    with world.app.app_context(), opened(DeskScope(ALL_COUNTRIES, actor_id=world.dana.user_id)) as session:
        states = states_of(session, chapters, today=DAY, obligations=[])
    assert [states[chapter][2] for chapter in chapters] == ["prog", "prog"]


def test_an_overspent_line_is_to_be_revised_until_it_is(money, world):
    expense = money.spend(10_001)
    assert money.obligations_of(BUDGET_TO_REVISE) == []
    money.decide(expense, world.dana, is_desk=True)
    (due,) = money.obligations_of(BUDGET_TO_REVISE)
    assert (due.subject_id, due.due_on, due.title) == (money.line, DAY, "Launch event")
    with money.open() as session:
        budgets.revise_budget(session, **money.as_(), line_id=money.line, seen=1, amount_minor=10_001, reason="More")
    assert money.obligations_of(BUDGET_TO_REVISE) == []


def test_an_expense_is_on_a_line_and_money_is_from_a_source_of_cash(money):
    for changes in ({"budget_line_id": None}, {"budget_line_id": new_id()}):
        with pytest.raises(Refused) as error:
            money.spend(**changes)
        assert set(error.value.errors) == {"side"}
    with money.open() as session:
        hall = money.add_source(session, kind=SourceKind.IN_KIND).id
    with pytest.raises(Refused):
        money.earn(1, source_id=hall)
    with pytest.raises(Refused) as error:
        money.spend(0, what=" ", dated_on=DAY + timedelta(days=1))
    assert set(error.value.errors) == {"what", "amount", "dated_on"}


def test_alice_records_an_expense_and_what_was_typed_stays_when_it_is_wrong(money, world, as_person):
    alice, address = as_person(world.alice), f"{FUNDING}/transactions/new"
    fields = {"kind": "expense", "side": str(money.line), "what": "Cards", "currency": "brl", "dated_on": str(DAY)}
    wrong = post(alice, address, **fields, amount="12.345", form_key=str(new_id()))
    assert wrong.status_code == 422
    page = wrong.get_data(as_text=True)
    assert 'value="12.345"' in page
    assert "This number can be read in two ways. Enter 12,345 or 12.34." in page
    exact = post(alice, address, **fields, amount="0.345", form_key=str(new_id()))
    assert "Use fewer decimal places for this currency." in exact.get_data(as_text=True)
    assert post(alice, address, **fields, amount="1,200.50", form_key=str(new_id())).location == FUNDING
    assert "BRL\u00a01,200.50" in alice.get(FUNDING).get_data(as_text=True)


def test_all_problems_of_a_transaction_are_named_at_once(money, world, as_person):
    tomorrow, source = str(DAY + timedelta(days=1)), str(money.source)
    fields = {"kind": "expense", "side": source, "what": "", "amount": "many", "currency": "zz", "dated_on": tomorrow}
    alice = as_person(world.alice)
    page = post(alice, f"{FUNDING}/transactions/new", **fields, form_key=str(new_id())).text
    assert "There are 4 problems" in page
    fields |= {"currency": "BRL"}
    page = post(alice, f"{FUNDING}/transactions/new", **fields, form_key=str(new_id())).text
    assert "There are 4 problems" in page
    assert "Choose the budget line for this expense or refund." in page
    assert '<optgroup label="Sources, for other money">' in page


def test_bob_reads_and_does_not_write_and_charlie_sees_nothing(money, world, as_person):
    expense = money.spend()
    bob, charlie = as_person(world.bob), as_person(world.charlie)
    page = bob.get(FUNDING).get_data(as_text=True)
    assert "Sound" in page
    assert "Approve<" not in page
    assert "Add an expense" not in page
    assert charlie.get(FUNDING).status_code == 404
    for client in (bob, charlie):
        for path in ("sources/new", "budget/new", f"budget/{money.line}/revision", "transactions/new"):
            assert client.get(f"{FUNDING}/{path}").status_code == 404
        for act in ("approval", "refusal", "reversal"):
            assert post(client, f"{FUNDING}/transactions/{expense}/{act}", form="/me").status_code == 404
    huye_address = f"/c/huye/funding/transactions/{expense}/reversal"
    assert post(charlie, huye_address, form="/c/huye/funding").status_code == 404


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("state = 'approved'", "decided_whole"),
        ("decided_at = now()", "decided_whole"),
        ("usd_minor = 5", "converted_whole"),
        ("usd_minor = 5, rate_per_usd = 1, rate_starts_on = dated_on + 1", "converted_whole"),
        ("amount_minor = 0", "amount_reason"),
        ("budget_line_id = null", "one_side"),
        ("kind = 'income', state = 'pending', awaits_desk = false", "only_expenses_wait|side_of_kind"),
        ("reverses_id = id", "reversal_of"),
        ("kind = 'reversal', state = 'approved', awaits_desk = false", "reversal_of"),
        ("is_outside = true", "decided_whole"),
    ],
)
def test_the_database_refuses_what_cannot_be(money, world, changes, constraint):
    expense = money.spend()
    engine = create_engine(world.settings.database("owner"))
    with pytest.raises(IntegrityError, match=constraint) as error, engine.begin() as owner:
        owner.execute(text(f"update transactions set {changes} where id = :id"), {"id": expense})
    engine.dispose()
    assert isinstance(error.value.orig, refused_by.CheckViolation)


def test_the_desk_sees_what_waits_without_a_word_or_a_name(money, world):
    expense = money.spend(10_001)
    scope = DeskScope(ALL_COUNTRIES, actor_id=world.dana.user_id)

    def seen() -> list[tuple[str, UUID, str | None, UUID | None]]:
        with world.app.app_context(), opened(scope) as session:
            parameters = {"chapters": [world.recife.id]}
            selects = selects_of(KINDS, StatementScope(names_owners=False))
            due = [row for select in selects for row in session.execute(select, parameters)]
        return [(row.kind, row.subject_id, row.title, row.owner_id) for row in due]

    assert seen() == [(EXPENSE_TO_APPROVE.code, expense, None, None)]
    money.decide(expense, world.dana, is_desk=True)
    assert seen() == [(BUDGET_TO_REVISE.code, money.line, None, None)]


def test_the_page_takes_as_many_statements_with_much_money_as_with_little(money, world, as_person):
    load(world, "BRL,2026-01-01,5\n")
    alice = as_person(world.alice)
    sql_log: list[str] = []

    def statements() -> int:
        sql_log.clear()
        assert alice.get(FUNDING).status_code == 200
        return len(sql_log)

    with world.app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *args: sql_log.append(args[2]))
    baseline = statements()
    for _ in range(30):
        money.spend()
    assert statements() == baseline <= 12


def test_two_transactions_that_look_alike_get_a_hint_and_both_count(money, world, as_person):
    alice, address = as_person(world.alice), f"{FUNDING}/transactions/new"
    hint = "Another transaction has the same day and amount."
    fields = {
        "kind": "income",
        "side": str(money.source),
        "what": "First part",
        "currency": "BRL",
        "dated_on": f"{DAY}",
    }
    for amount, is_hinted in (("10", False), ("11", False), ("10", True)):
        page = alice.get(post(alice, address, **fields, amount=amount).location).get_data(as_text=True)
        assert (hint in page) == is_hinted
    assert money.totals().arrived == 3_100
