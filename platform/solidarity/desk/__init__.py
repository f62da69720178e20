"""The pages of the desk about many chapters, under /desk."""

from __future__ import annotations

from flask import Flask

from solidarity.desk import approvals, messages
from solidarity.desk.chapters import chapter as one_chapter
from solidarity.desk.chapters import onboarding
from solidarity.desk.chapters import views as chapters
from solidarity.desk.figures import views as figures
from solidarity.desk.overview import countries
from solidarity.desk.overview import views as overview

VIEWS = (overview, countries, chapters, one_chapter, onboarding, figures, approvals, messages)
BLUEPRINTS = tuple(dict.fromkeys(module.blueprint for module in VIEWS))  # shared by some of them


def register(app: Flask) -> None:
    """Register the blueprints of the desk pages on `app`."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
