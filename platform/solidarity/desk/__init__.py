"""What UN Women sees across chapters, under /desk."""

from __future__ import annotations

from flask import Flask

from solidarity.desk import (  # noqa: F401  (their views join the blueprint)
    approvals,
    chapters,
    countries,
    figures,
    messages,
    onboarding,
    one_chapter,
    overview,
)
from solidarity.desk.pages import desk


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
    app.register_blueprint(desk)
