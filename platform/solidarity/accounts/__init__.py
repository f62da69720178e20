"""Sign-in, invitations, sessions: a person and their identity."""

from __future__ import annotations

from flask import Flask

from solidarity.accounts import invitation, sign_in
from solidarity.accounts import password as my_password
from solidarity.accounts import password_reset as forgotten
from solidarity.accounts import profile as me
from solidarity.accounts.security import init_security

VIEWS = (sign_in, invitation, forgotten, me, my_password)
BLUEPRINTS = tuple(dict.fromkeys(module.blueprint for module in VIEWS))  # which they share


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
    init_security(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
