"""Amounts of currencies that had no decimals here are rescaled by migration 0024, in every table that stores them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from harness.people import World
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from solidarity.database.migrate import become_owner, configuration
from tenants.action_kit.funding.budgets import add_budget_line, add_source, revise_budget
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import SourceKind, SourceState, TransactionKind
from tenants.action_kit.funding.services import record_transaction
from tenants.db import new_id, opened
from tenants.scope import ChapterScope

AMOUNTS = """select amount_minor from funding_sources union all select amount_minor from transactions
    union all select amount_minor from budget_revisions
    union all select (before->>'amount')::bigint from changes where kind = 'budget.revised'
    union all select (after->>'amount')::bigint from changes where kind = 'budget.revised' order by 1"""


@pytest.mark.parametrize(("currency", "factor"), [("RSD", 100), ("IQD", 1000), ("BRL", 1), ("JPY", 1)])
def test_stored_amounts_mean_the_same_before_and_after(world: World, currency: str, factor: int) -> None:
    engine = create_engine(world.settings.database("owner"), poolclass=NullPool)
    with engine.connect() as connection:
        become_owner(connection)
        connection.execute(text("update chapters set currency = :currency"), {"currency": currency})
        connection.commit()
    store_amounts(world, currency)
    with engine.connect() as connection:
        become_owner(connection)
        config = configuration(connection)
        stored_amounts = amounts(connection)
        assert stored_amounts == [3000, 12000, 12000, 15000, 15000, 20000]
        command.downgrade(config, str(ScriptDirectory.from_config(config).get_revision("0024").down_revision))
        assert amounts(connection) == [amount // factor for amount in stored_amounts]
        command.upgrade(config, "head")
        assert amounts(connection) == stored_amounts
    engine.dispose()


def store_amounts(world: World, currency: str) -> None:
    """Write a source, a revised budget and an expense."""
    alice: Any = {"actor_id": world.alice.user_id, "at": datetime(2026, 3, 2, 12, tzinfo=UTC)}
    source: Any = {"kind": SourceKind.DONOR, "state": SourceState.COMMITTED, "currency": currency}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        add_source(session, name="Donor", amount_minor=20_000, **source, **alice)
        line = add_budget_line(session, title="Hall", amount_minor=12_000, **alice)
        revise_budget(session, line_id=line.id, seen=1, amount_minor=15_000, reason="Rent", **alice)
        entry = TransactionEntry(
            TransactionKind.EXPENSE, 3_000, currency, date(2026, 3, 1), "Rent", budget_line_id=line.id
        )
        record_transaction(session, form_key=new_id(), entry=entry, **alice)


def amounts(connection: Connection) -> list[int]:
    return list(connection.execute(text(AMOUNTS)).scalars())
