"""The pages of one chapter, under /c/<chapter>/."""

from __future__ import annotations

from flask import Flask

from solidarity.chapter.activities import tally_sheet
from solidarity.chapter.activities import views as activities
from solidarity.chapter.context import chapter_context, may_undo
from solidarity.chapter.focal_point import views as focal_point
from solidarity.chapter.funding import decisions, pledges
from solidarity.chapter.funding import views as funding
from solidarity.chapter.history import undo
from solidarity.chapter.history import views as trail
from solidarity.chapter.home import help as help_page
from solidarity.chapter.home import views as home
from solidarity.chapter.launch import views as launch
from solidarity.chapter.messages import message as message_page
from solidarity.chapter.messages import preferences, reminders
from solidarity.chapter.messages import views as inbox
from solidarity.chapter.people import addresses
from solidarity.chapter.people import views as people
from solidarity.chapter.plan import views as plan
from solidarity.chapter.reports import entries
from solidarity.chapter.reports import views as evaluation
from solidarity.chapter.settings import details, languages, working_days
from solidarity.chapter.settings import lifecycle as life
from solidarity.chapter.targets import views as targets
from solidarity.forms.undo_flash import undo_address

VIEWS = (
    home,
    help_page,
    focal_point,
    plan,
    funding,
    pledges,
    decisions,
    launch,
    activities,
    tally_sheet,
    evaluation,
    entries,
    targets,
    people,
    addresses,
    details,
    working_days,
    languages,
    life,
    inbox,
    message_page,
    reminders,
    preferences,
    trail,
    undo,
)
# A module of views has its own `blueprint` or shares that of another module.
BLUEPRINTS = tuple(dict.fromkeys(module.blueprint for module in VIEWS))


def register(app: Flask) -> None:
    """Register the blueprints, context processor and template globals of chapter pages on `app`."""
    app.context_processor(chapter_context)
    app.jinja_env.globals.update(may_undo=may_undo, undo_address=undo_address)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
