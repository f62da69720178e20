"""Sign-in, invitations, sessions: a person and her identity."""

from __future__ import annotations

from flask import Flask

from solidarity.accounts import invitation, sign_in
from solidarity.accounts import password as my_password
from solidarity.accounts import password_reset as forgotten  # their views add themselves to `pages`
from solidarity.accounts import profile as me
from solidarity.accounts.blueprint import pages
from solidarity.accounts.security import init_security

__all__ = ["forgotten", "invitation", "me", "my_password", "register", "sign_in"]


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
    init_security(app)
    app.register_blueprint(pages)
