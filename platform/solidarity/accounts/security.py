"""Flask-Security over our own rows: reset links, signing in, and later second factors and passkeys.

Its pages are not registered (`register_blueprint=False`): they have no throttle, no session rows and no Arabic. Our own
views call its functions, so its addresses do not exist and its messages (SECURITY_MSG_*) are never shown. Its roles and
Flask-Principal are not used: rights come from memberships (tenants/people/permissions.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import Security, UserDatastore
from sqlalchemy import select

from solidarity.accounts.sessions import load_signed_in
from tenants.db import opened
from tenants.people import passwords
from tenants.people.models import User
from tenants.people.sessions import MEMBER
from tenants.scope import NobodyScope

RESET_WITHIN = timedelta(hours=3)

CONFIG = {
    "PERMANENT_SESSION_LIFETIME": MEMBER.longest,
    "SESSION_REFRESH_EACH_REQUEST": False,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": str.lower, "case_insensitive": True}}],
    "SECURITY_RESET_PASSWORD_WITHIN": RESET_WITHIN,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": passwords.MEMORY_KIB,
        "argon2__rounds": passwords.PASSES,
        "argon2__parallelism": passwords.LANES,
    },
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
}


class ScopedUsers(UserDatastore):
    """Our users for Flask-Security. Each call opens its own session in a NobodyScope."""

    def __init__(self) -> None:
        super().__init__(User, None)  # type: ignore[arg-type]  # our models do not use its mixins

    def find_user(self, case_insensitive: bool = False, **identity: Any) -> User | None:  # type: ignore[override]  # noqa: FBT001, FBT002
        """Return the one user with these columns, detached, or None. Stored addresses are in lower case."""
        with opened(NobodyScope()) as session:
            return session.scalars(select(User).filter_by(**identity)).one_or_none()

    def put(self, model: User) -> User:
        """Save a detached user."""
        with opened(NobodyScope()) as session:
            session.merge(model)
        return model

    def commit(self) -> None:
        """Do nothing, because `put` commits."""


def init_security(app: Flask) -> None:
    """Set up Flask-Security and Flask-Login on `app`, with sessions stored as rows."""
    app.config.update(CONFIG)
    passwords.nobodys_hash()  # made before the first request
    if app.config["SESSION_COOKIE_SECURE"]:
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
    security = Security(app, ScopedUsers(), register_blueprint=False)
    security.principal.identity_loaders.clear()  # they load the person for every request, even for static files
    security.login_manager.user_loader(load_signed_in)
    security.login_manager.request_loader(_no_one)  # no tokens in headers or addresses
    security.login_manager.session_protection = None  # phones change networks; the session's row decides


def _no_one(_request: Any) -> None:
    return None
