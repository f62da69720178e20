"""What UN Women sees across chapters, under /desk."""

from __future__ import annotations

from flask import Flask

from solidarity.desk import approvals, messages
from solidarity.desk.chapters import chapter as one_chapter
from solidarity.desk.chapters import onboarding
from solidarity.desk.chapters import views as chapters
from solidarity.desk.context import desk
from solidarity.desk.figures import views as figures
from solidarity.desk.overview import countries
from solidarity.desk.overview import views as overview

# The views of these modules join the blueprint when they are imported.
__all__ = [
    "approvals",
    "chapters",
    "countries",
    "figures",
    "messages",
    "onboarding",
    "one_chapter",
    "overview",
    "register",
]


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
    app.register_blueprint(desk)
