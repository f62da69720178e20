"""Run the migrations: one advisory lock, short lock time-outs, a transaction each, as the owner of the tables.

`solidarity migrate` passes its connection in `config.attributes["connection"]`; nothing else runs this file.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

import tenants.models  # noqa: F401  (fills the metadata)
from tenants.db import Base

LOCK = 0x501_1DA  # any number, the same for all: concurrent deployments must take turns


def run(connection: Connection) -> None:
    """Upgrade the database behind `connection`."""
    connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.execute(text("set lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    finally:
        connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
        connection.commit()


def write() -> None:
    """Write the SQL of the migrations instead of running it, for review."""
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    write()
else:
    run(context.config.attributes["connection"])
