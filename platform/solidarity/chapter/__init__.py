"""What a chapter's own people see, under /c/<chapter>/."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
