"""Every date of every table has bounds, and migration 0032 moves those that were stored without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from alembic import command
from harness.people import World
from sqlalchemy import CheckConstraint, Connection, Date, Table, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

import tenants.models  # noqa: F401  (completes the metadata)
from solidarity.database.migrate import become_owner, configuration
from tenants.action_kit.plan.lines import start_from_template
from tenants.clock import now
from tenants.db import Base, opened
from tenants.scope import ChapterScope

BOUNDS = "between date '2014-01-01' and date '2100-01-01'"
TABLES = [table for table in Base.metadata.sorted_tables if any(isinstance(c.type, Date) for c in table.columns)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_date_of_a_table_has_bounds(table: Table) -> None:
    checks = " ".join(str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint))
    dates = [column.name for column in table.columns if isinstance(column.type, Date)]
    assert [name for name in dates if f"{name} {BOUNDS}" not in checks] == []


@pytest.mark.parametrize("day", ["0206-01-01", "2100-01-02", "infinity", "-infinity"])
def test_postgresql_refuses_a_day_out_of_bounds(world: World, day: str) -> None:
    with owner(world) as connection, pytest.raises(IntegrityError, match="days_in_bounds"):
        connection.execute(text("insert into exchange_rates values ('BRL', :day, 5.42)"), {"day": day})


def test_days_that_were_typed_before_are_moved(world: World) -> None:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        start_from_template(session, actor_id=world.alice.user_id, at=now())
    with owner(world) as connection:
        config = configuration(connection)
        command.downgrade(config, "0031")
        connection.execute(text("update plan_lines set starts_on = '0206-01-01' where kind = 'activity'"))
        connection.commit()
        command.upgrade(config, "head")
        days = connection.scalars(text("select starts_on from plan_lines where kind = 'activity'")).all()
    assert set(days) == {date(2014, 1, 1)}


@contextmanager
def owner(world: World) -> Iterator[Connection]:
    engine = create_engine(world.settings.database("owner"), poolclass=NullPool)
    with engine.connect() as connection:
        become_owner(connection)
        yield connection
