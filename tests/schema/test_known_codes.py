"""Every code of a table is in its list, and migration 0033 replaces the codes that were stored without."""

from __future__ import annotations

import psycopg
import pytest
from alembic import command
from harness.databases import owner_connection
from harness.people import World
from sqlalchemy import CheckConstraint, Table

import tenants.models  # noqa: F401  (completes the metadata)
from solidarity.database.engines import unpooled_engine
from solidarity.database.migrate import become_owner, configuration
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.codes import CURRENCIES, LANGUAGES, ZONES
from tenants.db import Base, known

LISTS = {
    "zone": ZONES,
    "currency": CURRENCIES,
    "language": LANGUAGES,
    "languages": LANGUAGES,
    "country": AREA_OF_COUNTRY,
    "countries": AREA_OF_COUNTRY,
}
TABLES = [table for table in Base.metadata.sorted_tables if LISTS.keys() & table.columns.keys()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_code_of_a_table_is_in_its_list(table: Table) -> None:
    checks = {str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)}
    keys = {key.constraint.name for key in table.foreign_keys if key.constraint is not None}
    for column in LISTS.keys() & table.columns.keys():
        if column == "country" and f"fk_{table.name}_country" in keys:
            continue  # the country of its chapter
        check = known(column, LISTS[column], is_array=column in {"languages", "countries"})
        assert str(check.sqltext) in checks, column


@pytest.mark.parametrize(
    "statement",
    [
        *(f"update chapters set {change}" for change in (
            "zone = 'Factory'", "currency = 'ZZZ'", "languages = '{zxx}'", "country = 'ZZ'")),
        "update chapter_slugs set country = 'ZZ'",
        "update memberships set zone = 'localtime'",
        "update memberships set language = 'xx'",
        "update users set zone = 'Factory'",
        "update users set language = 'xx'",
        "update desk_appointments set countries = '{BR,ZZ}'",
        "insert into exchange_rates values ('ZZZ', '2026-01-01', 5.42)",
    ],
)  # fmt: skip
def test_postgresql_refuses_what_is_not_in_the_lists(world: World, statement: str) -> None:
    with owner_connection(world.settings) as connection, pytest.raises(psycopg.errors.CheckViolation, match="_known"):
        connection.execute(statement.encode())


def test_unknown_codes_that_were_stored_before_are_replaced(world: World) -> None:
    with unpooled_engine(world.settings, "owner").connect() as connection:
        become_owner(connection)
        config = configuration(connection)
        command.downgrade(config, "0032")
        for table in ("chapters", "memberships", "users"):
            connection.exec_driver_sql(f"update {table} set zone = 'Factory'")
        connection.exec_driver_sql("update memberships set language = 'xx'")
        connection.exec_driver_sql("update users set language = 'xx'")
        connection.exec_driver_sql("update chapters set languages = '{xx,pt}' where slug = 'recife'")
        connection.commit()
        command.upgrade(config, "head")
        zones = "select zone from chapters union select zone from memberships union select zone from users"
        assert set(connection.exec_driver_sql(zones).scalars()) == {"UTC", None}
        languages = "select language from memberships union select language from users"
        assert set(connection.exec_driver_sql(languages).scalars()) == {"en"}
        recife = "select languages from chapters where slug = 'recife'"
        assert connection.exec_driver_sql(recife).scalar_one() == ["en"]
