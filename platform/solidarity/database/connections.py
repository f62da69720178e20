"""Connections that can be interrupted, and the limits that PostgreSQL holds for each login."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from psycopg.pq import TransactionStatus
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


class InterruptibleConnection(psycopg.Connection[Any]):
    """A connection whose waiting ends when another thread raises an exception in its own.

    It returns to Python at intervals. If it is interrupted during a statement it is closed, because PostgreSQL may not
    answer any more.
    """

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Complete the operation `gen`, as psycopg does."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            while True:
                try:
                    return super().wait(gen, interval, LOOK_EVERY)
                except _WaitTimeout:
                    continue
        except BaseException as error:
            if not isinstance(error, Exception) and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


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
