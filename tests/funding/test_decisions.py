"""Expenses are approved or rejected once, by a person who did not record them."""

from __future__ import annotations

from functools import partial
from threading import Barrier, Thread

import pytest
from funding.money import FUNDING
from harness.people import post

from tenants.action_kit.funding import services
from tenants.action_kit.funding.obligations import EXPENSE_TO_APPROVE
from tenants.errors import AlreadyDecided, Refused

REFUSE = partial(services.refuse_expense, reason="No receipt")


def test_the_only_focal_points_expense_is_approved_by_dana_outside_the_chapter(money, world, as_person):
    expense = money.spend()
    assert money.row(expense).awaits_desk
    assert [obligation.owner_id for obligation in money.obligations_of(EXPENSE_TO_APPROVE)] == [None]
    dana = as_person(world.dana)
    assert "Waiting for UN Women" in dana.get(FUNDING).get_data(as_text=True)
    answer = post(dana, f"{FUNDING}/transactions/{expense}/approval", form=FUNDING)
    assert answer.location == f"{FUNDING}/transactions/{expense}"
    page = as_person(world.alice).get(FUNDING).get_data(as_text=True)
    assert "Approved outside the chapter" in page
    assert "Dana" in page
    assert money.obligations_of(EXPENSE_TO_APPROVE) == []
    assert money.totals().spent == 1_000


def test_where_somebody_in_the_chapter_decides_dana_is_refused_and_she_is_not(money, world, as_person):
    frida = money.second()
    expense = money.spend()
    assert not money.row(expense).awaits_desk
    assert len(money.obligations_of(EXPENSE_TO_APPROVE)) == 1
    assert money.obligations_of(EXPENSE_TO_APPROVE)[0].owner_id is not None
    dana = as_person(world.dana)
    answer = post(dana, f"{FUNDING}/transactions/{expense}/approval", form=FUNDING)
    assert answer.location == f"{FUNDING}/transactions/{expense}"
    assert "so UN Women cannot" in dana.get(answer.location).get_data(as_text=True)
    assert money.row(expense).state == "pending"
    post(as_person(frida), f"{FUNDING}/transactions/{expense}/approval", form=FUNDING)
    row = money.row(expense)
    assert (row.state, row.is_outside, row.decided_by) == ("approved", False, frida.user_id)


def test_alice_does_not_decide_on_her_own_expense(money, world):
    expense = money.spend()
    with pytest.raises(Refused):
        money.decide(expense, world.alice)
    assert money.row(expense).state == "pending"


def test_what_is_refused_counts_nowhere(money, world):
    expense = money.spend()
    money.decide(expense, world.dana, is_desk=True, act=REFUSE)
    assert money.totals().spent == 0
    with pytest.raises(AlreadyDecided) as earlier:
        money.decide(expense, world.dana, is_desk=True)
    assert (earlier.value.decision, earlier.value.by) == ("refused", "Dana")


def test_an_expense_is_refused_with_a_reason_that_the_chapter_reads(money, world, as_person):
    expense = money.spend()
    dana, address = as_person(world.dana), f"{FUNDING}/transactions/{expense}"
    assert f'href="{address}/refusal"' in dana.get(address).text
    for reason in ("", " \u200b"):
        answer = post(dana, f"{address}/refusal", reason=reason)
        assert answer.status_code == 422
        assert "Fill in this field." in answer.text
    assert money.row(expense).state == "pending"
    assert post(dana, f"{address}/refusal", reason="The receipt is of another month.").location == address
    assert (money.row(expense).state, money.totals().spent) == ("refused", 0)
    alice = as_person(world.alice)
    for path in (address, FUNDING):
        assert "The receipt is of another month." in alice.get(path).text


def test_alice_withdraws_an_expense_of_her_own_that_waits_and_nobody_else_does(money, world, as_person):
    frida, expense = money.second(), money.spend()
    address, alice = f"{FUNDING}/transactions/{expense}", as_person(world.alice)
    other = as_person(frida)
    assert f'action="{address}/withdrawal"' not in other.get(address).text
    answer = post(other, f"{address}/withdrawal", form=FUNDING)
    assert "Only the person who recorded an expense can withdraw it." in other.get(answer.location).text
    assert money.row(expense).state == "pending"
    assert f'action="{address}/withdrawal"' in alice.get(address).text
    assert post(alice, f"{address}/withdrawal", form=FUNDING).location == address
    page = alice.get(address).get_data(as_text=True)
    assert "Expense withdrawn. It is not counted anywhere." in page
    assert "Withdrawn" in page
    assert "Refused" not in page
    assert money.totals().spent == 0
    assert money.obligations_of(EXPENSE_TO_APPROVE) == []
    with pytest.raises(AlreadyDecided):
        money.decide(expense, frida)


def test_two_approvals_at_once_give_one(money, world):
    expense, start, outcomes = money.spend(), Barrier(2), []

    def approve():
        with world.app.app_context():
            start.wait()
            try:
                money.decide(expense, world.dana, is_desk=True)
                outcomes.append("approved")
            except AlreadyDecided:
                outcomes.append("already")

    threads = [Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already", "approved"]
