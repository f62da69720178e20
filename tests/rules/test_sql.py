"""SQL that the code must not contain, and the modules that may open connections and sessions."""

from __future__ import annotations

import re
from pathlib import Path

from rules.sources import calls, python_files, strings

BANNED_PATTERNS = {
    r"set_config\s*\(": "only SET LOCAL travels and ends with its transaction; use_chapter() says it",
    r"\bset\s+(session\s+)?\"?app\"?\.": "a plain SET outlives its transaction",
    r"\bset\s+(local\s+)?role\b": "a login is chosen by its scope, never by SET ROLE",
    r"\bon\s+delete\s+set\s+(null|default)\b": "over a key that carries the chapter it blanks the chapter",
    r"\btruncate\b": "it asks no policy",
    r"\bdisable\s+row\s+level\s+security\b": "it takes a wall down",
    r"\bno\s+force\s+row\b": "it takes a wall down",
    r"\bas\s+restrictive\b": "a distributed database drops the word without saying so",
    r"\bsecurity\s+definer\b": "it runs with the rights of its owner",
    r"\bgrant\s+all\b": "grants are listed one by one",
    r"\bon\s+all\s+tables\b": "grants are listed one by one",
    r"\bcreate\s+materialized\s+view\b": "no policy holds one",
    r"\bserial\b|\bgenerated\s+(always|by\s+default)\s+as\s+identity\b": "ids are made in Python",
    r"\bset\s+\w+\s*=\s*now\(\)": "time comes from tenants/clock.py",
}
ALLOWED = {
    ("migrate.py", r"\bset\s+(local\s+)?role\b"): "a superuser migrates in the owner's name",
}

# The modules that may create or take an engine, or open a session. All others get a bound session.
ENGINES = {
    "tenants/scope.py": "chooses the engine by the scope",
    "tenants/db.py": "keeps a connection for many sessions, each with a scope of its own",
    "platform/solidarity/database/engines.py": "makes the engines and asks each login what it may",
    "platform/solidarity/database/verification/refusal.py": "compares the walls before a process starts",
    "platform/solidarity/cli/exchange_rates.py": "rates are written by the owner alone",
    "platform/solidarity/database/migrate.py": "connects as the owner",
    "platform/solidarity/embedded/preparing.py": "asks, as the owner, whether anything is there yet",
    "platform/solidarity/cli/doctor.py": "asks each login whether it works",
    "platform/solidarity/public/health.py": "asks whether the database answers, without waiting in the pool",
    "platform/solidarity/demonstration/rates.py": "rates are written by the owner alone",
    "platform/solidarity/embedded/servers/postgres.py": "asks our own server whether it is up",
}
SESSIONS = {
    "tenants/db.py": "`opened`, beside the request's session",
    "workers/base.py": "a task's session",
}


def test_no_string_of_ours_says_what_is_banned() -> None:
    matches = [
        f"{path}:{line}: {reason}"
        for path in python_files()
        for line, text in strings(path)
        for pattern, reason in BANNED_PATTERNS.items()
        if re.search(pattern, text, re.IGNORECASE) and (path.name, pattern) not in ALLOWED
    ]
    assert matches == []


def test_the_rule_would_find_it() -> None:
    statements = "select set_config('app.chapter', '', false); SET app.chapter = ''; truncate x; set role y"
    assert sum(bool(re.search(pattern, statements, re.IGNORECASE)) for pattern in BANNED_PATTERNS) == 4


def test_only_these_open_a_way_to_the_database() -> None:
    engines = {
        str(path)
        for path in python_files("platform", "tenants", "workers")
        for name in _names(path)
        if re.search(r"(^|\.)(engines?|get_engine)$", name) and name.startswith(("db.", "self._db."))
    } | _callers(r"(^|\.)(create_engine|unpooled_engine)$|^psycopg\.connect$")
    assert engines - set(ENGINES) == set()
    assert _callers(r"^(BoundSession|sessionmaker|scoped_session|Session)$") - set(SESSIONS) == set()


def test_business_time_comes_from_the_clock() -> None:
    reads = _callers(r"(^|\.)(datetime\.now|datetime\.utcnow|datetime\.today|date\.today)$", "tenants", "workers")
    assert reads - {"tenants/clock.py"} == set()
    assert _callers(r"^func\.(now|current_timestamp|localtimestamp|current_date)$") == set()


def _names(path: Path) -> list[str]:
    import ast

    from rules.sources import tree

    return [ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]


def _callers(pattern: str, *folders: str) -> set[str]:
    return {
        str(path)
        for path in python_files(*(folders or ("platform", "tenants", "workers")))
        for _, name, _ in calls(path)
        if re.search(pattern, name)
    }
