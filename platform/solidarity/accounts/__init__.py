"""Sign-in, invitations, sessions: a person and her identity."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
