"""Money of Recife: a budget and a source, and what its people do with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from harness.people import Person, World, join, person
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import FundingSource, SourceKind, SourceState, Transaction, TransactionKind
from tenants.db import new_id, opened
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.obligations import obligations_due
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

FUNDING = "/c/recife/funding"
NOW = clock.now()
DAY = clock.local_day(NOW, "America/Recife")


class Money:
    def __init__(self, world: World) -> None:
        self.world = world
        with self.open() as session:
            self.line = budgets.add_budget_line(session, **self.as_(), title="Launch event", amount_minor=10_000).id
            self.source = self.add_source(session).id

    @contextmanager
    def open(self) -> Iterator[Session]:
        scope = ChapterScope(self.world.recife.id, actor_id=self.world.alice.user_id)
        with self.world.app.app_context(), opened(scope) as session:
            yield session

    def as_(self, actor: Person | None = None) -> dict[str, Any]:
        return {"actor_id": (actor or self.world.alice).user_id, "at": NOW}

    def add_source(self, session: Session, **changes: Any) -> FundingSource:
        defaults = {"kind": SourceKind.DONOR, "state": SourceState.COMMITTED, "amount_minor": 6_000, "currency": "BRL"}
        return budgets.add_source(session, **self.as_(), **{"name": "City", **defaults, **changes})

    def spend(self, amount: int = 1_000, *, key: UUID | None = None, **changes: Any) -> UUID:
        fields = {"currency": "BRL", "dated_on": DAY, "what": "Sound", "budget_line_id": self.line, **changes}
        entry = TransactionEntry(kind=TransactionKind.EXPENSE, amount_minor=amount, **fields)
        with self.open() as session:
            row = services.record_transaction(session, **self.as_(), form_key=key or new_id(), entry=entry)
            return row.id

    def earn(self, amount: int, **changes: Any) -> UUID:
        fields = {"currency": "BRL", "dated_on": DAY, "what": "Transfer", "source_id": self.source, **changes}
        entry = TransactionEntry(kind=TransactionKind.INCOME, amount_minor=amount, **fields)
        with self.open() as session:
            return services.record_transaction(session, **self.as_(), form_key=new_id(), entry=entry).id

    def decide(
        self, expense: UUID, actor: Person, *, is_desk: bool = False, act: Any = services.approve_expense
    ) -> None:
        with self.open() as session:
            act(session, **self.as_(actor), transaction_id=expense, is_desk=is_desk)

    def row(self, transaction_id: UUID) -> Transaction:
        with self.open() as session:
            return session.scalars(select(Transaction).where(Transaction.id == transaction_id)).one()

    def totals(self) -> queries.Totals:
        with self.open() as session:
            return queries.totals(session, currency="BRL")

    def obligations_of(self, kind: ObligationKind) -> list[Obligation]:
        with self.open() as session:
            due = obligations_due(session, by=DAY + timedelta(days=60), quiet_weeks=6)
            return [obligation for obligation in due if obligation.kind is kind]

    def second(self) -> Person:
        with self.world.app.app_context():
            frida = person("Frida")
            join(self.world.recife, frida, Role.FINANCE)
        return frida
