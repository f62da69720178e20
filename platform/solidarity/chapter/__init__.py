"""What a chapter's own people see, under /c/<chapter>/."""

from __future__ import annotations

from flask import Flask

from solidarity.chapter import help_page, message_page, tally_sheet  # their views add themselves to blueprints here
from solidarity.chapter.activities import activities
from solidarity.chapter.addresses import addresses
from solidarity.chapter.context import chapter_context, may_undo
from solidarity.chapter.evaluation import evaluation
from solidarity.chapter.focal_point import focal_point
from solidarity.chapter.funding import funding
from solidarity.chapter.home import home
from solidarity.chapter.inbox import inbox
from solidarity.chapter.languages import languages
from solidarity.chapter.launch import launch
from solidarity.chapter.life import life
from solidarity.chapter.people import people
from solidarity.chapter.plan import plan
from solidarity.chapter.reminders import reminders
from solidarity.chapter.targets import targets
from solidarity.chapter.trail import trail
from solidarity.chapter.undo import undo
from solidarity.chapter.working_days import calendar
from solidarity.undoing import about_change, undo_address

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
