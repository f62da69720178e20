"""What is looked at: an application with the look and nothing else, and one with a world behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import flask_login
import pytest
from books import Books
from browser import serving
from flask import Flask
from look.shelf import fill
from people import World

from solidarity.assets import files as assets
from solidarity.forms.undo_flash import undo_address
from solidarity.http.error_pages import register_error_pages
from solidarity.i18n.locale import init_language
from solidarity.templating import init_look


def make_bare_app() -> Flask:
    """No database, nobody signed in."""
    app = Flask("solidarity")
    app.config.update(SECRET_KEY="for tests only", TESTING=False)
    flask_login.LoginManager(app).user_loader(lambda _user_id: None)
    init_language(app)
    init_look(app)
    app.jinja_env.globals.update(undo_address=undo_address)
    register_error_pages(app)
    return app


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    return make_bare_app()


@pytest.fixture
def bare_app_without_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """As where neither script nor style sheet could be built."""
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    return make_bare_app()


@pytest.fixture(scope="module")
def books(worlds: Callable[[], AbstractContextManager[World]]) -> Iterator[Books]:
    """A world with something to see, shared by the tests of a file that only read it."""
    with worlds() as world:
        yield fill(Books(world))


@pytest.fixture(scope="module")
def there(books: Books) -> Iterator[str]:
    """Where a browser finds it."""
    with serving(books.world.app) as address:
        yield address
