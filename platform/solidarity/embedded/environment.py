"""The environment of the processes. Settings that the user does not give are generated."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import make_url

from solidarity.embedded.servers.secret_files import read_or_make
from solidarity.settings import LOGIN_PREFIX

PASSWORDS = tuple(f"{login}_DB_PASSWORD" for login in ("WEB", "WORKER", "DESK", "COMPILER", "BACKUP"))
PUBLISHED_SETTINGS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SMTP_URL",
    "BASE_URL",
    "FILES_DIR",
    "OUTBOX_DIR",
    "LOG_FORMAT",
    "SECRET_KEY",
    *PASSWORDS,
)
RUNNING_FILE = "running.json"  # in `var` while `up` runs there


def given(environment: Mapping[str, str], name: str) -> str | None:
    """Return a setting's value from the file that NAME_FILE names or from NAME, or None if neither is set."""
    path = environment.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else environment.get(name) or None


def with_secrets(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Add the session key and the passwords of the logins, if not given. New ones are stored in `folder`."""
    names = ("SECRET_KEY", *PASSWORDS)
    new_secrets = {name: read_or_make(folder / name) for name in names if given(environment, name) is None}
    return {**environment, **new_secrets}


def without_owner_password(environment: Mapping[str, str]) -> dict[str, str]:
    """Remove the owner's password. Only migrations need it, so other processes cannot disclose it."""
    settings = {name: value for name, value in environment.items() if name != "DATABASE_URL_FILE"}
    url = make_url(given(environment, "DATABASE_URL") or "")._replace(username=f"{LOGIN_PREFIX}owner", password=None)
    return {**settings, "DATABASE_URL": url.render_as_string(hide_password=False)}


def publish(var: Path, environment: Mapping[str, str]) -> Path:
    """Write the settings of a running Solidarity to a file in `var` for other commands, and return its path."""
    settings = {name: environment[name] for name in PUBLISHED_SETTINGS if name in environment}
    file = var / RUNNING_FILE
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


def adopt(var: Path) -> None:
    """Use the settings of the Solidarity that runs in `var`, unless DATABASE_URL is given."""
    file = var / RUNNING_FILE
    if given(os.environ, "DATABASE_URL") is None and file.exists():
        for name, value in json.loads(file.read_text(encoding="utf-8")).items():
            os.environ.setdefault(name, value)
