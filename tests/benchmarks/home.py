"""The chapter's home page: among thousands of chapters against among ten, and against a bare page.

The page is requested by a signed-in person through WSGI, as by a server, and read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus

from benchmarks.environment import Environment, production_app
from benchmarks.sample_rows import fill_world
from benchmarks.timing import Goal, Outcome, by_turns
from flask import Flask, session
from harness.databases import disconnect
from harness.people import World, make_world
from harness.statements import logged
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from solidarity.accounts.sessions import load_signed_in
from solidarity.database.engines import init_database
from tenants.chapters.models import Chapter
from tenants.db import db, opened
from tenants.scope import ChapterScope

ADDRESS = "/c/recife/"


def among_many(environment: Environment) -> Outcome:
    """Compare the page of the same chapter in a large world and in a small one."""
    chapters, activities = environment.size(10_000, 30), environment.size(100, 5)
    with ExitStack() as stack:
        large_world, small_world = (
            stack.enter_context(_alice(environment, size, activities)) for size in (chapters, 10)
        )
        statements = large_world.statements()
        seconds = by_turns(large_world.home, small_world.home, repeats=environment.size(300, 2))
    return Outcome(
        "home-among-many",
        f"chapter home among {chapters:,} chapters and about {chapters * activities:,} activities",
        "among 10 chapters",
        Goal(1.2, statements=12),
        *seconds,
        statements=len(statements),
    )


def against_bare(environment: Environment) -> Outcome:
    """Compare the page with one that looks up the session, sends one query and shows its result."""
    with _alice(environment, 10, environment.size(100, 5)) as alice, _bare(alice) as bare:
        seconds = by_turns(alice.home, bare, repeats=environment.size(300, 2))
    return Outcome(
        "home-against-bare",
        "chapter home",
        "a bare Flask page with the same session look-up and one query",
        Goal(4.0),
        *seconds,
    )


class Alice:
    """The browser of Alice, the focal point of Recife, who is signed in."""

    def __init__(self, app: Flask, world: World, cookie: str) -> None:
        self.app, self.world, self.cookie = app, world, cookie

    def home(self) -> bytes:
        """Request the home page, and return its body."""
        return asked(self.app, ADDRESS, self.cookie)

    def statements(self) -> list[str]:
        """Return the SQL statements of a second request."""
        self.home()
        with self.app.app_context():
            engines = list(db.engines.values())
        with logged(engines) as sent_statements:
            self.home()
        return sent_statements


@contextmanager
def _alice(environment: Environment, chapters: int, activities: int) -> Iterator[Alice]:
    with environment.database() as settings, production_app(settings) as app:
        with app.app_context():
            world = make_world().placed(app, settings)
        fill_world(settings, chapters=chapters, activities=activities)
        browser = world.browser_of(world.alice)
        cookie = browser.get_cookie("session")
        assert cookie is not None
        yield Alice(app, world, f"session={cookie.value}")


@contextmanager
def _bare(alice: Alice) -> Iterator[Callable[[], bytes]]:
    """Yield a function that requests the bare page, over the same database and with the same cookie."""
    app = Flask("bare")
    app.secret_key = alice.app.secret_key
    init_database(app, alice.world.settings)
    scope = ChapterScope(alice.world.recife.id, actor_id=alice.world.alice.user_id)

    @app.get(ADDRESS)
    def page() -> str:
        person = load_signed_in(session["_user_id"])
        assert person is not None
        with opened(scope) as db_session:
            chapter = db_session.scalars(select(Chapter)).one()
            return f"<!doctype html><title>{chapter.name}</title><h1>{person.principal.name}</h1>"

    try:
        yield lambda: asked(app, ADDRESS, alice.cookie)
    finally:
        disconnect(app)


def asked(app: Flask, address: str, cookie: str) -> bytes:
    """Return the body of a page, requested as by a server. Fails unless the status is 200."""
    environ = EnvironBuilder(address, headers=Headers({"Cookie": cookie, "Accept-Language": "en"})).get_environ()
    body, status, _ = run_wsgi_app(app.wsgi_app, environ)
    page = b"".join(body)
    assert status.startswith(str(HTTPStatus.OK.value)), status
    return page
