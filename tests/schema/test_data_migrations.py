"""Data migrations run for one chapter at a time, although the owner who runs them bypasses the wall."""

from __future__ import annotations

import pytest
from harness.people import World
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tenants.errors import ScopeError
from tenants.policies import each_chapter_bound


def test_one_statement_a_chapter_bound_to_it(world: World) -> None:
    engine = create_engine(world.settings.database("owner"), poolclass=NullPool)
    with engine.connect() as connection:
        with each_chapter_bound(connection) as run:
            run(
                "update chapters set campaign_name = campaign_name || current_setting('app.chapter') "
                "where id = :chapter"
            )
        names = connection.execute(text("select id, campaign_name from chapters")).all()
    assert len(names) == 2
    assert all(name.endswith(str(chapter_id)) and name.count("-") == 4 for chapter_id, name in names)


def test_a_statement_that_names_no_chapter_is_refused(world: World) -> None:
    engine = create_engine(world.settings.database("owner"), poolclass=NullPool)
    with (
        engine.connect() as connection,
        each_chapter_bound(connection) as run,
        pytest.raises(ScopeError),
    ):
        run("update chapters set campaign_name = 'the same for all'")
