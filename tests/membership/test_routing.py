"""Requests are routed again when a person who may decide them joins or leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.people import Person, World, join, person
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.focal_point.services import Choice, appoint, end_term
from tenants.action_kit.funding import budgets, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import Transaction, TransactionKind
from tenants.action_kit.funding.obligations import EXPENSE_TO_APPROVE
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.models import PlanVersion
from tenants.action_kit.plan.services import submit_plan
from tenants.audit import AuditEntry
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import new_id, opened
from tenants.errors import AlreadyDecided, Refused
from tenants.keyset import Window
from tenants.membership.services import accept_invitation, end_membership, invite
from tenants.overview.obligations import obligations_due
from tenants.overview.waiting import waiting
from tenants.people.models import User
from tenants.people.permissions import Role
from tenants.people.queries import present_membership
from tenants.people.terms import Rank
from tenants.scope import ChapterScope, DeskScope

Act = Callable[[Session], Any]


class Recife:
    """Recife, where Alice alone may decide, and a budget line to spend from."""

    def __init__(self, world: World) -> None:
        self.world = world
        with self.open() as session:
            self.line = budgets.add_budget_line(session, **self.by(), title="Hall", amount_minor=10_000).id

    @contextmanager
    def open(self) -> Iterator[Session]:
        with self.world.app.app_context(), opened(ChapterScope(self.world.recife.id)) as session:
            yield session

    def by(self, actor: Person | None = None) -> dict[str, Any]:
        return {"actor_id": (actor or self.world.alice).user_id, "at": clock.now()}

    def spending(self, session: Session) -> Transaction:
        day = clock.local_day(clock.now(), "America/Recife")
        entry = TransactionEntry(TransactionKind.EXPENSE, 1_000, "USD", day, "Sound", budget_line_id=self.line)
        return services.record_transaction(session, **self.by(), form_key=new_id(), entry=entry)

    def spend(self) -> UUID:
        with self.open() as session:
            return self.spending(session).id

    def newcomer(self, name: str, role: Role) -> Person:
        with self.world.app.app_context():
            member = person(name)
            join(self.world.recife, member, role)
        return member

    def leaving(self, member: Person, by: Person | None = None) -> Act:
        def leave(session: Session) -> None:
            membership = present_membership(session, user_id=member.user_id)
            assert membership is not None
            end_membership(session, **self.by(by or member), membership_id=membership.id)

        return leave

    def leave(self, member: Person, by: Person | None = None) -> None:
        with self.open() as session:
            self.leaving(member, by)(session)

    def row(self, expense: UUID) -> Transaction:
        with self.open() as session:
            return session.scalars(select(Transaction).where(Transaction.id == expense)).one()

    def at_desk(self) -> list[UUID]:
        with self.world.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
            rows = waiting(session, sorted(ALL_COUNTRIES), Window(20))
        return [row.subject_id for row in rows if row.kind is EXPENSE_TO_APPROVE]

    def owners(self) -> int:
        """Return how many obligations of the chapter to decide an expense have a responsible person in it."""
        with self.open() as session:
            due = obligations_due(session, by=clock.now().date().replace(year=2099), quiet_weeks=6)
        return sum(obligation.owner_id is not None for obligation in due if obligation.kind is EXPENSE_TO_APPROVE)

    def shifted(self) -> list[tuple[str, UUID | None, UUID | None]]:
        """Return which requests were routed again, in order: action, request, and the person who joined or left."""
        with self.open() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("request.%")))
            entries = sorted(rows, key=lambda entry: (entry.at, entry.id))
        return [(entry.action, entry.subject_id, entry.actor_id) for entry in entries]


@pytest.fixture
def recife(world: World) -> Recife:
    return Recife(world)


def test_a_lone_focal_points_expense_moves_to_the_chapter_and_back(recife: Recife) -> None:
    expense = recife.spend()
    assert (recife.at_desk(), recife.owners()) == ([expense], 0)
    frida = recife.newcomer("Frida", Role.FINANCE)
    assert not recife.row(expense).awaits_desk
    assert (recife.at_desk(), recife.owners()) == ([], 1)
    recife.leave(frida)
    assert (recife.at_desk(), recife.owners()) == ([expense], 0)
    assert recife.shifted() == [
        ("request.to_chapter", expense, frida.user_id),
        ("request.to_desk", expense, frida.user_id),
    ]


def test_whoever_may_not_decide_moves_nothing(recife: Recife) -> None:
    expense = recife.spend()
    carla = recife.newcomer("Carla", Role.COORDINATOR)
    recife.leave(carla)
    recife.leave(recife.world.bob, by=recife.world.alice)
    assert recife.at_desk() == [expense]
    assert recife.shifted() == []


def test_of_two_who_may_decide_the_first_to_leave_moves_nothing(recife: Recife) -> None:
    duda, frida = recife.newcomer("Duda", Role.DEPUTY), recife.newcomer("Frida", Role.FINANCE)
    expense = recife.spend()
    recife.leave(duda)
    assert recife.at_desk() == []
    recife.leave(frida, by=recife.world.dana)
    assert recife.at_desk() == [expense]
    assert recife.shifted() == [("request.to_desk", expense, recife.world.dana.user_id)]


def test_who_asked_counts_for_others_and_not_for_herself(recife: Recife) -> None:
    frida = recife.newcomer("Frida", Role.FINANCE)
    of_alice = recife.spend()
    with recife.open() as session:
        today = clock.local_day(clock.now(), "America/Recife")
        entry = TransactionEntry(TransactionKind.EXPENSE, 5, "USD", today, "Tape", budget_line_id=recife.line)
        of_frida = services.record_transaction(session, **recife.by(frida), form_key=new_id(), entry=entry).id
    recife.leave(frida)
    assert recife.at_desk() == [of_alice]
    assert not recife.row(of_frida).awaits_desk, "Alice still decides on it"


def test_a_role_that_changes_moves_it_as_a_coming_or_going_does(recife: Recife) -> None:
    expense = recife.spend()
    with recife.open() as session:
        bob = present_membership(session, user_id=recife.world.bob.user_id)
        assert bob is not None
        term = appoint(session, **recife.by(), choice=Choice(bob.id), rank=Rank.DEPUTY).id
    assert recife.at_desk() == []
    with recife.open() as session:
        end_term(session, **recife.by(), term_id=term)
    assert recife.at_desk() == [expense]
    assert [action for action, _, _ in recife.shifted()] == ["request.to_chapter", "request.to_desk"]


def test_a_plan_moves_too_and_what_is_decided_does_not(recife: Recife) -> None:
    expense = recife.spend()
    with recife.open() as session:
        services.approve_expense(session, **recife.by(recife.world.dana), transaction_id=expense, is_desk=True)
        start_from_template(session, **recife.by())
        version = submit_plan(session, **recife.by()).id
    frida = recife.newcomer("Frida", Role.FINANCE)
    assert recife.shifted() == [], "she may not approve plans"
    duda = recife.newcomer("Duda", Role.DEPUTY)
    with recife.open() as session:
        assert not session.get_one(PlanVersion, (recife.world.recife.id, version)).awaits_desk
    recife.leave(duda)
    with recife.open() as session:
        assert session.get_one(PlanVersion, (recife.world.recife.id, version)).awaits_desk
    assert recife.row(expense).awaits_desk, "as it was when UN Women decided"
    transfers = [("request.to_chapter", version, duda.user_id), ("request.to_desk", version, duda.user_id)]
    assert recife.shifted() == transfers
    recife.leave(frida)
    assert recife.shifted() == transfers


def test_another_chapters_requests_stay_where_they_are(recife: Recife) -> None:
    expense = recife.spend()
    with recife.world.app.app_context():
        join(recife.world.huye, person("Eve"), Role.DEPUTY)
    assert recife.at_desk() == [expense]
    assert recife.shifted() == []


def test_dana_and_the_newcomer_decide_at_once_and_make_one_decision(recife: Recife) -> None:
    frida = recife.newcomer("Frida", Role.FINANCE)
    expense = recife.spend()
    outcomes = list[str]()

    def decide(actor: Person, *, is_desk: bool) -> None:
        try:
            with recife.open() as session:
                services.approve_expense(session, **recife.by(actor), transaction_id=expense, is_desk=is_desk)
        except (AlreadyDecided, Refused) as late:
            outcomes.append(type(late).__name__)
        else:
            outcomes.append("approved")

    threads = [
        Thread(target=decide, args=(actor,), kwargs={"is_desk": is_desk})
        for actor, is_desk in ((recife.world.dana, True), (frida, False))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("approved") == 1
    row = recife.row(expense)
    assert (row.state, row.is_outside) == ("approved", False), "somebody in the chapter may, so UN Women may not"


class InFlight:
    """An act on its own connection: it is done, and its commit waits for `may_land`."""

    def __init__(self, recife: Recife, act: Act, *, is_paused: bool) -> None:
        self.done, self.may_land, self.result = Event(), Event(), None
        if not is_paused:
            self.may_land.set()
        self.thread = Thread(target=self._fly, args=(recife, act))
        self.thread.start()

    def _fly(self, recife: Recife, act: Act) -> None:
        with recife.open() as session:
            self.result = getattr(act(session), "id", None)
            session.flush()
            self.done.set()
            self.may_land.wait(10)


@pytest.mark.parametrize("first", ["expense", "joining", "leaving"])
def test_an_expense_and_a_coming_or_going_at_once_route_it_right(
    recife: Recife, first: str, superuser_url: str
) -> None:
    with recife.world.app.app_context():
        frida = person("Frida")
    if first == "leaving":
        with recife.world.app.app_context():
            join(recife.world.recife, frida, Role.FINANCE)

    def joining(session: Session) -> None:
        offer = invite(session, **recife.by(), email=frida.email, name="Frida", role=Role.FINANCE, language="en")
        user = session.get(User, frida.user_id)
        assert user is not None
        accept_invitation(session, invitation_id=offer.id, user=user, at=clock.now())

    acts: dict[str, tuple[Act, Act]] = {
        "expense": (recife.spending, joining),
        "joining": (joining, recife.spending),
        "leaving": (recife.leaving(frida), recife.spending),
    }
    first_flight = InFlight(recife, acts[first][0], is_paused=True)
    assert first_flight.done.wait(10)
    second_flight = InFlight(recife, acts[first][1], is_paused=False)
    database = recife.world.settings.database("web").database
    query = "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        while admin.execute(query, (database,)).fetchone() != (1,):
            assert time.monotonic() < until, "it does not wait"
            time.sleep(0.02)
    first_flight.may_land.set()
    first_flight.thread.join()
    second_flight.thread.join()
    expense = first_flight.result if first == "expense" else second_flight.result
    assert recife.at_desk() == ([expense] if first == "leaving" else [])
