"""An application with the look and nothing else: no database, nobody signed in."""

from __future__ import annotations

import flask_login
import pytest
from flask import Flask

from solidarity.error_pages import register_error_pages
from solidarity.language import init_language
from solidarity.look import init_look
from solidarity.undoing import undo_address


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    app = Flask("solidarity")
    app.config.update(SECRET_KEY="for tests only", TESTING=False)
    flask_login.LoginManager(app).user_loader(lambda _user_id: None)
    init_language(app)
    init_look(app)
    app.jinja_env.globals.update(undo_address=undo_address)
    register_error_pages(app)
    return app
