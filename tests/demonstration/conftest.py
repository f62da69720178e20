"""Invented chapters that have lived, made once for all tests that only look at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from flask import Flask
from harness.databases import TEMPLATE, cloned, running_app

from solidarity.demonstration import simulate
from solidarity.demonstration.sign_ins import SignIn
from solidarity.settings import Settings

EVERY_SCENARIO = 11  # chapters


@dataclass(frozen=True)
class Lived:
    """A demonstration that was lived through: how long that took, who may sign in, what was told meanwhile."""

    app: Flask
    settings: Settings
    people: list[SignIn]
    told: list[str]
    seconds: float
    superuser_url: str

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what the superuser reads, whom no wall holds."""
        database = self.settings.database("owner").database
        with psycopg.connect(self.superuser_url, dbname=database) as connection:
            return connection.execute(statement).fetchall()

    def count(self, statement: str) -> int:
        """Return the one number that the superuser reads."""
        [(number,)] = self.rows(statement)
        return int(number)


def _lived(superuser_url: str, chapters: int | None) -> Iterator[Lived]:
    with cloned(TEMPLATE, superuser_url) as settings, running_app(settings) as app:
        messages: list[str] = []
        started_at = time.monotonic()
        people = simulate(settings, chapters=chapters, tell=messages.append)
        yield Lived(app, settings, people, messages, time.monotonic() - started_at, superuser_url)


@pytest.fixture(scope="module")
def small(superuser_url: str) -> Iterator[Lived]:
    """The first chapters, which have every story to tell."""
    yield from _lived(superuser_url, EVERY_SCENARIO)


@pytest.fixture(scope="module")
def whole(superuser_url: str) -> Iterator[Lived]:
    """All of them."""
    yield from _lived(superuser_url, None)


@pytest.fixture
def count_rows() -> Callable[[Lived], dict[str, int]]:
    """Return a function that counts the rows of every table."""

    def count(demonstration: Lived) -> dict[str, int]:
        tables = demonstration.rows("select tablename from pg_tables where schemaname = 'public'")
        return {table: demonstration.count(f'select count(*) from "{table}"') for (table,) in tables}

    return count
