"""Compilers as separate processes that a test can kill. As a program, this module is such a process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from harness.processes import PYTHON, ProcessGroup, environment_of
from harness.reporting import Reporting
from sqlalchemy import func, select

from solidarity.database.engines import init_database
from solidarity.settings import Settings
from tenants import clock
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import opened
from tenants.figures.models import CompileMark
from tenants.rollups.compiler import compile_marked
from tenants.scope import DeskScope

READY = "ready"
ROOT = Path(__file__).parents[2]
PYTHONPATH = f"{ROOT / 'tests'}:{ROOT}:{ROOT / 'platform'}"


def compile_on_and_on() -> None:
    """Compile marked figures until this process is ended."""
    app = Flask(__name__)  # that of the web takes seconds to load, and a compiler needs only its database
    init_database(app, Settings(), logins=("compiler",))
    with app.app_context():
        print(READY, flush=True)  # noqa: T201 - the test reads it
        while True:
            with opened(DeskScope(ALL_COUNTRIES, login="compiler")) as session:
                compile_marked(session, at=clock.now())
            time.sleep(0.005)


@dataclass
class Compilers(ProcessGroup):
    """Compilers that run at the same time. Each has its name as its application name in PostgreSQL."""

    def command(self, name: str) -> Sequence[str | Path]:
        """Return the command, which is the same for all compilers."""
        return [*PYTHON, __file__]

    def start_another(self) -> None:
        """Start another compiler."""
        name = f"compiler-{self.starts.total()}"
        self.start(name, PGAPPNAME=name)

    def wait_until_ready(self) -> None:
        """Wait until all running compilers have begun to compile."""
        self.eventually(
            lambda: all(READY in self.log(name) for name in self.running), description="the compilers are ready"
        )


@contextmanager
def running_compilers(settings: Settings, folder: Path, number: int) -> Iterator[Compilers]:
    """Start `number` compilers and kill them at the end. Fail if one has exited by itself."""
    with Compilers(folder, environment_of(settings, PYTHONPATH=PYTHONPATH)) as compilers:
        for _ in range(number):
            compilers.start_another()
        yield compilers
        assert compilers.ended() == []


def compiling_backends(
    admin: psycopg.Connection[tuple[Any, ...]], settings: Settings, *, is_waiting: bool = False
) -> dict[int, str]:
    """Return the names of the active compilers by backend pid; with `is_waiting`, only those that wait for a row."""
    rows = admin.execute(
        """select pid, application_name from pg_stat_activity
           where usename = 'solidarity_compiler' and datname = %s and state <> 'idle'
             and (not %s or (wait_event_type = 'Lock' and wait_event <> 'advisory'))""",
        [settings.database("owner").database, is_waiting],
    )
    return dict(rows.fetchall())


def marks_waiting(reporting: Reporting) -> int:
    """Return the number of marks that are not compiled yet."""
    with reporting.as_compiler() as session:
        return session.scalars(select(func.count()).select_from(CompileMark)).one()


if __name__ == "__main__":
    compile_on_and_on()
