"""Flask-Security over our own rows: reset links, the rite of signing in, and later second factors and passkeys.

Its pages stay out (`register_blueprint=False`): they know no brake on guessing, no session rows and no Arabic. Our thin
views call its functions instead, so none of its addresses exists and its messages (SECURITY_MSG_*) are never shown. Its
roles and Flask-Principal are not used: rights come from memberships (tenants/people/permissions.py).
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
    """Our users for Flask-Security, each call in a session of its own, bound to nobody."""

    def __init__(self) -> None:
        super().__init__(User, None)  # type: ignore[arg-type]  # our rows wear none of its mix-ins

    def find_user(self, case_insensitive: bool = False, **identity: Any) -> User | None:  # type: ignore[override]  # noqa: FBT001, FBT002
        """Return the one user with these columns, detached, or None. Addresses are kept in lower case anyway."""
        with opened(NobodyScope()) as session:
            return session.scalars(select(User).filter_by(**identity)).one_or_none()

    def put(self, model: User) -> User:
        """Save a detached user."""
        with opened(NobodyScope()) as session:
            session.merge(model)
        return model

    def commit(self) -> None:
        """Do nothing: `put` has committed."""


def init_security(app: Flask) -> None:
    """Set up Flask-Security and Flask-Login on `app`, with session rows behind the cookie."""
    app.config.update(CONFIG)
    if app.config["SESSION_COOKIE_SECURE"]:
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
    security = Security(app, ScopedUsers(), register_blueprint=False)
    security.principal.identity_loaders.clear()  # it would look the person up for every request, static files included
    security.login_manager.user_loader(load_signed_in)
    security.login_manager.request_loader(_no_one)  # no tokens in headers or addresses
    security.login_manager.session_protection = None  # telephones change networks; rows end a session


def _no_one(_request: Any) -> None:
    return None
