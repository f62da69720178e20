"""The format of a log line, and the private parts that are removed from lines of libraries and from errors."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

BEGIN = """
import logging
import structlog
from solidarity.logs import configure_logging
configure_logging("{log_format}")
log = structlog.get_logger("solidarity.test")
"""
TOKEN = "IjEyMzQ1Njc4OTAi.aSwR3w.Vb0Gf2l3mXgq9TyaT1nB0yC7Qkz6Jd8w"


def printed(code: str, log_format: str = "json") -> str:
    """Run `code` in a process with configured logging, and return its standard error."""
    program = BEGIN.format(log_format=log_format) + code
    result = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "", "standard output belongs to the commands"
    return result.stderr


def line(code: str) -> dict[str, Any]:
    """Return the only line that `code` logs."""
    (text,) = printed(code).splitlines()
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_locally_a_line_is_text_without_colours() -> None:
    text = printed("log.warning('mail.relay_away', said='it hangs up')", "text")
    assert "mail.relay_away" in text
    assert "said=it hangs up" in text.replace("'", "")
    assert "\x1b" not in text
    assert "{" not in text


def test_the_standard_librarys_loggers_write_the_same_lines() -> None:
    code = "logging.getLogger('sqlalchemy.pool').warning('Pool of %s', 5)"
    entry = line(code)
    assert (entry["logger"], entry["level"], entry["event"]) == ("sqlalchemy.pool", "warning", "Pool of 5")


def test_what_is_bound_is_in_both() -> None:
    code = """
structlog.contextvars.bind_contextvars(request_id="r1")
log.info("ours")
logging.getLogger("other").info("theirs")
"""
    assert [json.loads(text)["request_id"] for text in printed(code).splitlines()] == ["r1", "r1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 no such user <alice.b+c@people.example.org>", "550 no such user <[e-mail]>"),
        (f"GET /reset/{TOKEN} failed", "GET /reset/[token] failed"),
        ("GET /reply/short.token-1 and /me/address/x.y", "GET /reply/[token] and /me/address/[token]"),
        ("see /sign-in?next=/c/recife/ now", "see /sign-in?[query] now"),
        ("duplicate key\nDETAIL:  Key (name)=(Alice) already exists.", "duplicate key\nDETAIL removed"),
        ("Exception while serving /invitation/x", "Exception while serving"),
        ("Client disconnected while serving /c/recife/", "Client disconnected while serving"),
        ("Connected to redis://:**@127.0.0.1:6379/3", "Connected to redis://:**@127.0.0.1:6379/3"),
        ("celery@a3f9 ready.", "celery@a3f9 ready."),
        ("workers.reminders.tick[019adf2e-7d70-7cc3-98a0-3f3b6a1f4b11] received",) * 2,
    ],
)
def test_private_parts_are_removed_and_nothing_else(text: str, expected: str) -> None:
    code = f"log.info({text!r}); logging.getLogger('library').info('%s', {text!r})"
    assert [json.loads(log_line)["event"] for log_line in printed(code).splitlines()] == [expected, expected]


def test_an_error_of_the_database_is_logged_without_the_values_of_its_rows(superuser_url: str) -> None:
    code = f"""
import psycopg
try:
    with psycopg.connect({superuser_url!r}) as connection:
        connection.execute("create temporary table person (name text constraint one_name unique)")
        connection.execute("insert into person values ('Alice Silva'), ('Alice Silva')")
except psycopg.Error:
    log.exception("broken")
"""
    exception = line(code)["exception"]
    assert "psycopg.errors.UniqueViolation: SQLSTATE 23505 one_name" in exception
    assert "in <module>" in exception, "it says where"
    assert "Key (name)" not in exception
