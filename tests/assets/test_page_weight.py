"""The weight of a visit: transferred bytes, caching for a year, and no requests to other sites.

The walk of test_pages_in_browser.py checks each page against its own budget. This module checks the files around it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import brotli
import pytest
from flask import Flask, request, request_started, url_for
from harness.browser.contexts import Contexts
from harness.people import Person, World
from playwright.sync_api import BrowserContext

from solidarity.assets.folders import BUILD_FOLDER, SCRIPT, SCRIPTS, SHEET

FIRST_VISIT_BYTES = 75_000
PAGE_BYTES = 15_000
FILES = [SHEET, SCRIPT, "favicon.svg"]


@pytest.fixture
def requested_paths(world: World) -> Iterator[list[str]]:
    """The paths requested from the server, in order. Files from the browser's cache do not appear."""
    paths = list[str]()

    def note(_app: Flask, **_kwargs: object) -> None:
        paths.append(request.path)

    with request_started.connected_to(note, world.app):
        yield paths


@pytest.fixture
def browser_of(
    world: World, contexts: Contexts, address: str, requested_paths: list[str]
) -> Callable[..., BrowserContext]:
    """Return a function that opens a browser with an empty cache."""

    def opened(person: Person | None, language: str) -> BrowserContext:
        context = contexts.open(address, world=world, person=person, language=language)
        requested_paths.clear()
        return context

    return opened


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("person_name", "path", "later"),
    [
        (None, "/", "/sign-in"),
        ("alice", "/c/recife/", "/c/recife/activities/new"),
        ("dana", "/desk/", "/desk/chapters"),
    ],
)
def test_first_visit_and_the_next_page_are_light(
    world: World,
    browser_of: Callable[..., BrowserContext],
    requested_paths: list[str],
    person_name: str | None,
    path: str,
    later: str,
    language: str,
    record_property: Callable[[str, object], None],
) -> None:
    context = browser_of(getattr(world, person_name) if person_name else None, language)
    page = context.new_page()
    weights, hosts = dict[str, int](), set[str]()

    def weigh(address: str) -> None:
        with page.expect_event("load"):
            page.goto(address, wait_until="commit")
        page.wait_for_load_state("networkidle")

    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on(
        "requestfinished",
        lambda request: weights.update({urlsplit(request.url).path: request.sizes()["responseBodySize"]}),
    )
    weigh(path)
    assert {name.rpartition("/")[2] for name in weights if name.startswith("/static/")} == set(FILES)
    weight = sum(weights.values())
    assert weight < FIRST_VISIT_BYTES
    record_property("figure", f"A first visit, to {path} in {language}: {weight / 1000:.1f} kB")
    assert len(hosts) == 1, "a request to another host"
    first = len(requested_paths)
    weights.clear()
    weigh(later)
    assert requested_paths[first:] == [later], "what was kept was asked for again"
    assert weights[later] < PAGE_BYTES
    assert len(hosts) == 1, "a request to another host"


@pytest.mark.parametrize("accept_encoding", ["gzip, deflate, br", "gzip", "identity"])
@pytest.mark.parametrize("name", FILES)
def test_files_are_kept_for_a_year_and_asked_for_once(bare_app: Flask, name: str, accept_encoding: str) -> None:
    client, headers = bare_app.test_client(), {"Accept-Encoding": accept_encoding}
    with bare_app.test_request_context("/"):
        address = bare_app.jinja_env.globals["static_url"](name)  # type: ignore[operator]
    fresh = client.get(address, headers=headers)
    assert fresh.status_code == 200
    assert fresh.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Accept-Encoding" in fresh.headers["Vary"]
    repeat_answer = client.get(address, headers=headers | {"If-None-Match": fresh.headers["ETag"]})
    assert repeat_answer.status_code == 304
    assert not repeat_answer.data
    identity_answer = client.get(address, headers={"Accept-Encoding": "x", "If-None-Match": fresh.headers["ETag"]})
    assert identity_answer.status_code == (304 if accept_encoding == "identity" else 200), (
        "another encoding is another thing"
    )


def test_files_are_the_same_for_everybody(world: World) -> None:
    """Otherwise a browser would fetch them again when a cookie changes, as on sign-in."""
    client = world.browser_of(world.alice)
    for name in FILES:
        answer = client.get(f"/static/{name}")
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in answer.headers
    assert "Cookie" in client.get("/c/recife/").headers["Vary"]


def test_files_arrive_whole_in_every_encoding(bare_app: Flask) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
    for name in (SHEET, SCRIPT):
        with bare_app.test_request_context("/"):
            address = url_for("static", filename=name)
        for encoding, decompress in unpack.items():
            answer = bare_app.test_client().get(address, headers={"Accept-Encoding": encoding})
            assert answer.headers.get("Content-Encoding", "") == encoding
            assert decompress(answer.data) == (BUILD_FOLDER / name).read_bytes()


def test_no_file_outside_of_the_folder_is_served(bare_app: Flask) -> None:
    for name in ("../look.py", "../built/script.js", "%2e%2e/look.py", "nothing.css"):
        assert bare_app.test_client().get(f"/static/{name}").status_code == 404
    assert bare_app.test_client().post("/static/theme.css").status_code == 405


def test_script_needs_no_eval_of_ours_and_says_nothing_in_a_language() -> None:
    """htmx would evaluate a filter, an hx-on or a js: in the markup. No template has one."""
    modules = [path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js")]
    assert modules
    for construct in ("eval(", "Function(", ".style.", "innerHTML"):
        assert not [module for module in modules if construct in module]
