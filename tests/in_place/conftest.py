"""Windows of a real browser, with and without the script. Complaints of the browser fail the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from harness.browser.contexts import Contexts
from harness.people import Person, World
from in_place.actions import MARK
from playwright.sync_api import ConsoleMessage, Page, Route

SAMPLE_HTML = """<!doctype html><html lang="en" dir="ltr"><head><title>Own</title>
<script defer src="{script}"></script></head><body>
<main id="main" data-hx-sync="replace"><h1>Own</h1>
<form method="get" class="filter"><input type="search" name="q" value="{q}" aria-label="Look for"></form>
<p id="found">{q}</p>
<form method="post"><textarea id="said-here" name="said" aria-label="Say"></textarea></form>
<form method="post" action="/own"><button>Press</button></form></main>
<div id="live" data-hx-preserve data-list="Changed."><p id="lost"></p><p id="said"></p></div></body></html>"""


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def complaints() -> list[str]:
    """The complaints of the browser. A test that expects one removes it."""
    return []


@pytest.fixture
def open_page(world: World, contexts: Contexts, address: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a path as a person. Complaints of the browser fail the test."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def open_page(person: Person | None, path: str, *, has_script: bool = True) -> Page:
        size = {"width": 390, "height": 800}
        context = contexts.open(address, world=world, person=person, java_script_enabled=has_script, viewport=size)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)
        page.goto(path)
        if has_script:
            page.evaluate(MARK)
        return page

    yield open_page
    contexts.close()
    assert not [complaint for complaint in complaints if "responded with a status of 4" not in complaint]


@pytest.fixture
def sample_page(world: World, open_page: Callable[..., Page]) -> Page:
    """A page with a search box, a text field and a button that posts: more than any page of the product has."""
    with world.app.test_request_context("/"):
        script = world.app.jinja_env.globals["static_url"]("script.js")  # type: ignore[operator]
    page = open_page(None, "/sign-in")

    def answer(route: Route) -> None:
        query = dict(parse_qsl(urlsplit(route.request.url).query))
        route.fulfill(content_type="text/html", body=SAMPLE_HTML.format(script=script, q=query.get("q", "")))

    page.route(re.compile(r"/own(\?|$)"), answer)
    page.goto("/own")
    page.evaluate(MARK)
    return page
