"""Sign-in, invitations, sessions and the profile of a person."""

from __future__ import annotations

from flask import Flask

from solidarity.accounts import contact, invitation, sign_in
from solidarity.accounts import password as my_password
from solidarity.accounts import password_reset as forgotten
from solidarity.accounts import profile as me
from solidarity.accounts.security import init_security

VIEWS = (sign_in, invitation, forgotten, me, my_password, contact)
BLUEPRINTS = tuple(dict.fromkeys(module.blueprint for module in VIEWS))  # modules share blueprints


def register(app: Flask) -> None:
    """Add the pages about accounts to `app`."""
    init_security(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
