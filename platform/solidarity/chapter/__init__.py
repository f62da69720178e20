"""What a chapter's own people see, under /c/<chapter>/."""

from __future__ import annotations

from flask import Flask

from solidarity.chapter.activities import tally_sheet  # their views add themselves to blueprints here
from solidarity.chapter.activities.views import activities
from solidarity.chapter.context import chapter_context, may_undo
from solidarity.chapter.focal_point.views import focal_point
from solidarity.chapter.funding.views import funding
from solidarity.chapter.history.undo import undo
from solidarity.chapter.history.views import trail
from solidarity.chapter.home import help as help_page
from solidarity.chapter.home.views import home
from solidarity.chapter.launch.views import launch
from solidarity.chapter.messages import message as message_page
from solidarity.chapter.messages.reminders import reminders
from solidarity.chapter.messages.views import inbox
from solidarity.chapter.people.addresses import addresses
from solidarity.chapter.people.views import people
from solidarity.chapter.plan.views import plan
from solidarity.chapter.reports.views import evaluation
from solidarity.chapter.settings.languages import languages
from solidarity.chapter.settings.lifecycle import life
from solidarity.chapter.settings.working_days import calendar
from solidarity.chapter.targets.views import targets
from solidarity.forms.undo_flash import about_change, undo_address

__all__ = ["help_page", "message_page", "register", "tally_sheet"]


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
    app.context_processor(chapter_context)
    app.jinja_env.globals.update(about_change=about_change, may_undo=may_undo, undo_address=undo_address)
    app.register_blueprint(home)
    app.register_blueprint(focal_point)
    app.register_blueprint(activities)
    app.register_blueprint(funding)
    app.register_blueprint(evaluation)
    app.register_blueprint(targets)
    app.register_blueprint(launch)
    app.register_blueprint(people)
    app.register_blueprint(addresses)
    app.register_blueprint(calendar)
    app.register_blueprint(languages)
    app.register_blueprint(plan)
    app.register_blueprint(inbox)
    app.register_blueprint(reminders)
    app.register_blueprint(trail)
    app.register_blueprint(undo)
    app.register_blueprint(life)
