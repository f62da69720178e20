"""Compilers as processes of their own, which can be killed with -9; run as a program, this is one of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from books import Books
from flask import Flask
from processes import environment_of, eventually
from sqlalchemy import func, select

from solidarity.database.engines import init_database
from solidarity.embedded.processes import end, spawn
from solidarity.settings import Settings
from tenants import clock
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import opened
from tenants.figures.models import CompileMark
from tenants.rollups.compiler import compile_marked
from tenants.scope import DeskScope

READY = "ready"


def compile_on_and_on() -> None:
    """Compile whatever waits, until somebody ends this process."""
    app = Flask(__name__)  # the web's takes seconds to load, and a compiler needs its database alone
    init_database(app, Settings(), logins=("compiler",))
    with app.app_context():
        print(READY, flush=True)  # noqa: T201 - whoever started us reads it
        while True:
            with opened(DeskScope(ALL_COUNTRIES, login="compiler")) as session:
                compile_marked(session, at=clock.now())
            time.sleep(0.005)


@dataclass
class Compilers:
    """Some compilers that run side by side, by the name that PostgreSQL knows each by; logs are in `folder`."""

    settings: Settings
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: int = 0

    def start(self) -> None:
        """Start one more; call it from a thread that outlives it."""
        name, self.started = f"compiler-{self.started}", self.started + 1
        home = Path(__file__).parents[1]
        path = f"{home}:{home.parent}:{home.parent / 'platform'}"
        environment = environment_of(self.settings, PYTHONPATH=path, PGAPPNAME=name)
        command = [sys.executable, "-P", str(Path(__file__))]
        self.running[name] = spawn(
            command, log=self.folder / f"{name}.log", death_signal=signal.SIGKILL, environment=environment
        )

    def kill(self, name: str) -> None:
        """Kill one with -9, whatever it is doing."""
        process = self.running.pop(name)
        assert process.poll() is None, "a compiler has stumbled"
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def wait_until_ready(self) -> None:
        """Wait until every one that runs has begun to compile."""
        logs = [self.folder / f"{name}.log" for name in self.running]
        eventually(lambda: all(READY in log.read_text() for log in logs), what="the compilers are ready")


@contextmanager
def running_compilers(settings: Settings, folder: Path, number: int) -> Iterator[Compilers]:
    """Start some compilers, and end them all; fail where one has ended by itself, or stumbled over another."""
    made = Compilers(settings, folder)
    try:
        for _each in range(number):
            made.start()
        yield made
        assert [process.poll() for process in made.running.values()] == [None] * len(made.running), "one has stumbled"
    finally:
        for process in made.running.values():
            end(process, (signal.SIGKILL, 5.0))


@contextmanager
def owner_of(settings: Settings) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Open a connection as the owner, who may hold rows back from a compiler."""
    url = settings.database("owner").set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as owner:
        yield owner


def compiling_backends(
    admin: psycopg.Connection[tuple[Any, ...]], settings: Settings, *, stuck: bool = False
) -> dict[int, str]:
    """Return who is in the middle of compiling, by the number of the backend; or only who waits for a row there."""
    rows = admin.execute(
        """select pid, application_name from pg_stat_activity
           where usename = 'solidarity_compiler' and datname = %s and state <> 'idle'
             and (not %s or (wait_event_type = 'Lock' and wait_event <> 'advisory'))""",
        [settings.database("owner").database, stuck],
    )
    return dict(rows.fetchall())


def marks_waiting(books: Books) -> int:
    """Return how many marks nobody has compiled."""
    with books.as_compiler() as session:
        return session.scalars(select(func.count()).select_from(CompileMark)).one()


if __name__ == "__main__":
    compile_on_and_on()
