"""A chapter's money: funding sources, budget, income and expenses, of which some wait and one is reversed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from solidarity.demonstration.chapters.model import Scenario
from solidarity.demonstration.days import Calendar
from solidarity.demonstration.life import Life
from solidarity.demonstration.phrases import phrase
from tenants.action_kit.funding.budgets import add_budget_line, add_source, move_source, revise_budget
from tenants.action_kit.funding.currencies import decimals_of
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import SourceKind, SourceState, TransactionKind
from tenants.action_kit.funding.services import (
    approve_expense,
    record_transaction,
    refuse_expense,
    reverse_transaction,
)
from tenants.db import new_id
from tenants.people.permissions import Permission

UN_WOMEN = "UN Women"  # not an invented funder, but its amounts are invented
PLEDGE_DAY, BUDGET_DAY, COMMITMENT_DAY, FIRST_SPENT = 20, 26, 33, 40  # days after the beginning
FROM_FUNDER, FROM_OWN, IN_KIND = 80, 15, 8  # per cent of the budget
FROM_OWN_OF_STEADY = 30  # the sources of steady chapters cover the whole budget
SHARES = (45, 35, 20)  # per cent of the budget: the two outputs, and the launch
MIN_EXPENSES, MAX_EXPENSES = 6, 10  # expenses with a decision
SPENT_OF_BUDGET = 70  # per cent
REFUSED_IN = 12
REASON = "There is no receipt yet. Please record the expense again with one."
FIRST_TRANCHE = 45  # per cent of the budget; the rest comes half-way
WAITING_SINCE = {
    Scenario.OUTSIDE: (4, 1),
    Scenario.LATE: (5, 1),
    Scenario.VACANT: (4,),
    Scenario.RETURNED: (3,),
}  # days before
WAITING_IN = 3  # of the other chapters, one in so many has an expense that waits since yesterday
OVERSPENDS = (Scenario.LATE,)
REVISES = (Scenario.STEADY, Scenario.RETURNED)


@dataclass
class MoneyIds:
    """The ids that acts about money share."""

    funder: UUID = field(default_factory=new_id)  # replaced when the source is added
    lines: list[UUID] = field(default_factory=list)


def see_to_money(life: Life) -> None:
    """Schedule a year of transactions."""
    money_ids, days = MoneyIds(), life.days
    life.on(days.after(PLEDGE_DAY), partial(_find_sources, money_ids))
    life.on(days.after(BUDGET_DAY), partial(_make_budget, money_ids))
    life.on(days.after(COMMITMENT_DAY), partial(_move, money_ids, SourceState.COMMITTED))
    life.on(days.after(COMMITMENT_DAY + 1), partial(_take_in, money_ids, is_rest=False))
    half_way = days.workday(days.payday(days.began + (days.today - days.began) / 2))
    if not days.rests(half_way):
        life.on(half_way, partial(_take_in, money_ids, is_rest=True))
        life.on(half_way, partial(_revise, money_ids))
    for number, day in enumerate(_paydays(life)):
        life.on(day, partial(_spend, money_ids, number))
    life.on(first_spent(days), partial(_spend, money_ids, 0, is_twice=True))
    for ago in WAITING_SINCE.get(life.actor.scenario, (1,) if life.rng.randrange(WAITING_IN) == 0 else ()):
        day = max(days.ago(ago), days.quarter_now.starts_on)
        if not days.rests(day):
            life.on(day, partial(_spend, money_ids, ago, is_decided=False))


def first_spent(days: Calendar) -> date:
    """Return the day of the first expense."""
    return days.workday(days.payday(days.began + timedelta(days=FIRST_SPENT)))


def _paydays(life: Life) -> list[date]:
    """Return the days of the expenses that get a decision."""
    days, times = life.days, life.rng.randrange(MIN_EXPENSES, MAX_EXPENSES)
    first = first_spent(days)
    spread = days.spread(first, days.ago(9), times, life.rng)
    return sorted({first, *(days.workday(days.payday(max(day, first))) for day in spread)})


def _find_sources(money_ids: MoneyIds, life: Life, at: datetime) -> None:
    actor = life.actor
    kind = SourceKind.UN_WOMEN if actor.funder == UN_WOMEN else SourceKind.DONOR
    money_ids.funder = _add_source(life, at, kind, actor.funder, SourceState.PLEDGED, FROM_FUNDER)
    own_share = FROM_OWN_OF_STEADY if actor.scenario is Scenario.STEADY else FROM_OWN
    source_id = _add_source(life, at, SourceKind.OWN, actor.name, SourceState.COMMITTED, own_share)
    _add_source(life, at, SourceKind.IN_KIND, actor.partner, SourceState.PLEDGED, IN_KIND)
    _record(life, at, TransactionKind.OPENING, _part(life, own_share), actor.name, source_id=source_id)


def _add_source(life: Life, at: datetime, kind: SourceKind, name: str, state: SourceState, share: int) -> UUID:
    source = add_source(
        life.session,
        actor_id=life.person_for(Permission.EDIT_FUNDING).user_id,
        at=at,
        name=name,
        kind=kind,
        state=state,
        amount_minor=_part(life, share),
        currency=life.actor.currency,
    )
    return source.id


def _make_budget(money_ids: MoneyIds, life: Life, at: datetime) -> None:
    by = life.person_for(Permission.EDIT_FUNDING).user_id
    for title, share in zip((*life.actor.outputs, life.actor.event), SHARES, strict=True):
        line = add_budget_line(life.session, actor_id=by, at=at, title=title[:120], amount_minor=_part(life, share))
        money_ids.lines.append(line.id)


def _move(money_ids: MoneyIds, state: SourceState, life: Life, at: datetime) -> None:
    by = life.person_for(Permission.EDIT_FUNDING).user_id
    move_source(life.session, actor_id=by, at=at, source_id=money_ids.funder, state=state)


def _take_in(money_ids: MoneyIds, life: Life, at: datetime, *, is_rest: bool) -> None:
    """Record a tranche from the funder. The second one completes the pledge."""
    first = _part(life, FIRST_TRANCHE)
    amount = _part(life, FROM_FUNDER) - first if is_rest else first
    _record(life, at, TransactionKind.INCOME, amount, life.actor.funder, source_id=money_ids.funder)


def _revise(money_ids: MoneyIds, life: Life, at: datetime) -> None:
    if life.actor.scenario in REVISES and life.rng.random() < 0.5:
        revise_budget(
            life.session,
            actor_id=life.person_for(Permission.EDIT_FUNDING).user_id,
            at=at,
            line_id=money_ids.lines[0],
            seen=1,
            amount_minor=_part(life, SHARES[0] + 4),
            reason=phrase("budget", life.actor),
        )


def _spend(
    money_ids: MoneyIds, number: int, life: Life, at: datetime, *, is_decided: bool = True, is_twice: bool = False
) -> None:
    """Record an expense. Another person decides on it within the next days, and rarely refuses it.

    An expense that is recorded twice is reversed on the day after its approval, in the same quarter.
    """
    place = number % len(money_ids.lines)
    variation = life.rng.uniform(0.6, 1.2) if number else 1
    share = round(SPENT_OF_BUDGET * SHARES[place] / 100 / (MAX_EXPENSES / len(SHARES)) * variation)
    if life.actor.scenario in OVERSPENDS and number == len(SHARES) - 1:
        share = SHARES[place] + 2
    planned_activity = life.actor.planned_activities[number % len(life.actor.planned_activities)]
    recorded_by = life.person_for(Permission.EDIT_FUNDING).user_id
    amount, line_id = _part(life, share), money_ids.lines[place]
    expense_id = _record(life, at, TransactionKind.EXPENSE, amount, planned_activity.title, line_id=line_id)
    if not is_decided:
        return
    is_refused = number > len(SHARES) and life.rng.randrange(REFUSED_IN) == 0

    def decide(life: Life, at: datetime) -> None:
        by, is_desk = life.decider(Permission.APPROVE_EXPENSE, but=recorded_by)
        if is_refused:
            refuse_expense(life.session, actor_id=by, at=at, transaction_id=expense_id, reason=REASON, is_desk=is_desk)
        else:
            approve_expense(life.session, actor_id=by, at=at, transaction_id=expense_id, is_desk=is_desk)
        if is_twice:
            life.on(life.days.day_of(at) + timedelta(days=1), partial(_take_back, expense_id))

    life.on(at.date() + timedelta(days=life.rng.randrange(1, 4)), decide)


def _take_back(expense_id: UUID, life: Life, at: datetime) -> None:
    by = life.person_for(Permission.EDIT_FUNDING).user_id
    reverse_transaction(life.session, actor_id=by, at=at, transaction_id=expense_id)


def _record(
    life: Life,
    at: datetime,
    kind: TransactionKind,
    amount_minor: int,
    description: str,
    *,
    line_id: UUID | None = None,
    source_id: UUID | None = None,
) -> UUID:
    entry = TransactionEntry(
        kind=kind,
        amount_minor=amount_minor,
        currency=life.actor.currency,
        dated_on=life.days.day_of(at),
        what=description,
        budget_line_id=line_id,
        source_id=source_id,
    )
    by = life.person_for(Permission.EDIT_FUNDING).user_id
    return record_transaction(life.session, actor_id=by, at=at, form_key=new_id(), entry=entry).id


def _part(life: Life, share: int) -> int:
    """Return `share` per cent of the yearly budget as a round amount in minor units."""
    whole = max(life.actor.budget * max(share, 1) // 100, 1)
    digits = max(len(str(whole)) - 2, 0)
    return int(round(whole, -digits) * 10 ** decimals_of(life.actor.currency))
