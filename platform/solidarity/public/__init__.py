"""What everybody sees, and what machines ask: front page, health, the local outbox."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
