"""Invented chapters after their simulated year, made once for all tests that only read them."""

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
    """A finished simulation: its duration, the people who can sign in, and the messages it printed."""

    app: Flask
    settings: Settings
    people: list[SignIn]
    told: list[str]
    seconds: float
    superuser_url: str

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows as the superuser reads them, without row-level security."""
        database = self.settings.database("owner").database
        with psycopg.connect(self.superuser_url, dbname=database) as connection:
            return connection.execute(statement).fetchall()

    def count(self, statement: str) -> int:
        """Return a single number as the superuser reads it."""
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
    """The first chapters, which cover every scenario."""
    yield from _lived(superuser_url, EVERY_SCENARIO)


@pytest.fixture(scope="module")
def whole(superuser_url: str) -> Iterator[Lived]:
    """All invented chapters."""
    yield from _lived(superuser_url, None)


@pytest.fixture
def count_rows() -> Callable[[Lived], dict[str, int]]:
    """Return a function that counts the rows of every table."""

    def count(demonstration: Lived) -> dict[str, int]:
        tables = demonstration.rows("select tablename from pg_tables where schemaname = 'public'")
        return {table: demonstration.count(f'select count(*) from "{table}"') for (table,) in tables}

    return count
