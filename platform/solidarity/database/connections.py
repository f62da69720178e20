"""Connections that can be interrupted, and the limits that PostgreSQL holds for each login."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from sqlalchemy import Engine, event

from solidarity.settings import Login

Value = TypeVar("Value")

LOOK_EVERY = 0.5  # seconds
CONNECT_SECONDS = 3
# Seconds of a statement, of waiting for a lock, and of a transaction in which nothing happens. A request ends sooner.
LIMITS: dict[Login, tuple[int, int, int]] = {
    "web": (15, 5, 60),
    "desk": (15, 5, 60),
    "worker": (300, 30, 600),
    "compiler": (900, 900, 900),  # compilers wait for each other
}


reason_to_end: ContextVar[Callable[[], type[BaseException] | None] | None] = ContextVar("reason_to_end", default=None)
"""What the code that runs now asks, while it waits for PostgreSQL, for the exception that ends it."""


class InterruptibleConnection(psycopg.Connection[Any]):
    """A connection that ends its waiting when there is a reason (`reason_to_end`).

    It is closed then, because PostgreSQL may not answer any more.
    """

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Complete the operation `gen`, as psycopg does."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, LOOK_EVERY)
            except _WaitTimeout:
                ask = reason_to_end.get()
                if ask and (reason := ask()):
                    self.pgconn.finish()
                    raise reason from None


def connect_args(login: Login) -> dict[str, Any]:
    """Return the options of a connection of `login`."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    limits = " ".join(f"-c {name}={seconds}s" for name, seconds in zip(names, LIMITS[login], strict=True))
    return {"connect_timeout": CONNECT_SECONDS, "options": limits}


def make_interruptible(engine: Engine) -> None:
    """Let `engine` open interruptible connections."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, parameters: dict[str, Any]) -> InterruptibleConnection:
        return InterruptibleConnection.connect(*args, **parameters)
