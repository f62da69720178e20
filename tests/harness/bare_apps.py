"""Applications without a database: one with the page frame only, and one in which every page fails."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import flask_login
import pytest
from flask import Flask, abort
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError

from solidarity.assets import files
from solidarity.forms.undo_flash import undo_address
from solidarity.http.error_pages import register_error_pages
from solidarity.i18n.locale import init_language
from solidarity.templating import init_look


def make_bare_app() -> Flask:
    """Return an application with languages, templates, static files and error pages, without a signed-in person."""
    app = Flask("solidarity")
    app.config.update(SECRET_KEY="for tests only", TESTING=False)
    flask_login.LoginManager(app).user_loader(lambda _user_id: None)
    init_language(app)
    init_look(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(undo_address=undo_address)
    register_error_pages(app)
    return app


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    """The bare application, shared by the tests of a module."""
    return make_bare_app()


@pytest.fixture
def bare_app_without_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """The bare application, without built scripts and style sheets."""
    monkeypatch.setattr(files, "BUILD_FOLDER", tmp_path)
    return make_bare_app()


@pytest.fixture(scope="module")
def failing_app() -> Flask:
    """An application in which every page fails, and loading the signed-in person fails too."""
    app = Flask("solidarity")
    app.config.update(SECRET_KEY="for tests only")

    def broken(*_arguments: object) -> NoReturn:
        raise OperationalError("select", {}, Exception("the server closed the connection"))

    def divided() -> str:
        return str(1 / 0)

    def signed_out() -> NoReturn:
        abort(401)

    flask_login.LoginManager(app).user_loader(broken)
    init_language(app)
    init_look(app)
    app.jinja_env.undefined = StrictUndefined
    protection = CSRFProtect(app)
    app.context_processor(broken)
    register_error_pages(app)
    app.add_url_rule("/abort/<int:code>", view_func=abort)
    app.add_url_rule("/broken", view_func=divided)
    app.add_url_rule("/away", view_func=broken)
    app.add_url_rule("/signed-out", view_func=protection.exempt(signed_out), methods=["POST"])
    app.add_url_rule("/form", endpoint="form", view_func=lambda: "", methods=["GET", "POST"])
    return app
