"""Every page of the application in a real browser, in every language, on a phone and on a computer.

The pages are found from the application itself: whatever answers a GET without further knowledge is looked at, as the
person it is for. Pictures land in screenshots/.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from people import Person, World
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from solidarity import catalogues
from solidarity.access import declared_access

PICTURES = Path(__file__).resolve().parents[2] / "screenshots"
PAGE_BYTES = 15_000
FIRST_VISIT_BYTES = 75_000
NOT_PAGES = {"static", "public.healthz"}
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", e => window.refused.push(e.violatedDirective));
"""


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The application on a port of its own."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def pages_by_person(world: World) -> dict[str, list[str]]:
    """The path of every page that needs no more than a chapter to be shown, under the name of who may see it."""
    found: dict[str, list[str]] = {"nobody": [], "Alice": [], "Dana": []}
    adapter = world.app.url_map.bind("localhost")
    for rule in world.app.url_map.iter_rules():
        needs = rule.arguments - set(rule.defaults or {})
        if "GET" not in (rule.methods or ()) or not needs <= {"chapter"} or rule.endpoint in NOT_PAGES:
            continue
        access = declared_access(world.app, rule.endpoint)
        assert access is not None, f"{rule.endpoint} declares no access"
        path = adapter.build(rule.endpoint, {"chapter": world.recife.slug} if needs else {})
        if access.kind == "public":
            found["nobody"].append(path)
        elif access.kind in {"signed_in", "requires"}:
            found["Alice" if needs or access.kind == "signed_in" else "Dana"].append(path)
    return found


def open_context(
    world: World, chromium: Browser, address: str, person: Person | None, language: str, width: int
) -> BrowserContext:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        locale=language,
        base_url=address,
        extra_http_headers={"Accept-Language": language},
        java_script_enabled=True,
    )
    context.add_init_script(LISTEN)
    if person:
        name = world.app.config["SESSION_COOKIE_NAME"]
        cookie = world.browser_of(person).get_cookie(name)
        assert cookie is not None
        context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
    # The choice on the device stands above the language stored for a person.
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    return context


def faults_of(page: Page, path: str, language: str) -> list[str]:
    """What is wrong with the page just opened."""
    seen = page.evaluate(
        """() => ({
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            refused: window.refused,
            titles: document.querySelectorAll("h1").length,
            lang: document.documentElement.lang,
            dir: document.documentElement.dir,
            styles: document.querySelectorAll("[style]").length,
            lost: [...document.querySelectorAll("a[href^='#']")]
                .map(a => a.getAttribute("href").slice(1)).filter(id => !document.getElementById(id)),
            nameless: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
                .filter(i => !i.labels.length && !i.ariaLabel).map(i => i.name),
            twice: [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, n, all) => all.indexOf(id) !== n),
            small: [...document.querySelectorAll("main button, main .btn, main .input")]
                .filter(e => e.offsetParent && !e.matches(".btn-quiet") && e.getBoundingClientRect().height < 43.5)
                .map(e => e.outerHTML.slice(0, 80)),
        })"""
    )
    direction = "rtl" if language == "ar" else "ltr"
    wrong = {
        "scrolls sideways by": seen["wide"],
        "content refused by the policy:": seen["refused"],
        "style attributes:": seen["styles"],
        "links to nowhere on the page:": seen["lost"],
        "fields without a name:": seen["nameless"],
        "ids used twice:": seen["twice"],
        "targets too small:": seen["small"],
        "titles other than one:": seen["titles"] != 1 and seen["titles"],
        "language or direction:": (seen["lang"], seen["dir"]) != (language, direction) and (seen["lang"], seen["dir"]),
    }
    return [f"{path}: {what} {value}" for what, value in wrong.items() if value]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_hold_their_form(world: World, chromium: Browser, address: str, language: str, width: int) -> None:
    faults: list[str] = []
    people = {"nobody": None, "Alice": world.alice, "Dana": world.dana}
    for name, paths in pages_by_person(world).items():
        context = open_context(world, chromium, address, people[name], language, width)
        page = context.new_page()
        for path in sorted(paths):
            answer = page.goto(path)
            assert answer is not None
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            faults += [f"{path}: answers {answer.status}"] if answer.status != 200 else []
            faults += faults_of(page, path, language)
            weight = len(gzip.compress(answer.body()))
            faults += [f"{path}: weighs {weight} bytes"] if weight > PAGE_BYTES else []
            name_of_picture = urlsplit(path).path.strip("/").replace("/", "-") or "front"
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name_of_picture}-{language}-{width}.png", full_page=True)
        context.close()
    assert not faults, "\n".join(faults)


def test_first_visit_is_light(world: World, chromium: Browser, address: str) -> None:
    """Everything the browser fetches for the sign-in page, each part compressed as a proxy would."""
    context = open_context(world, chromium, address, None, "en", 390)
    page = context.new_page()
    bodies: list[bytes] = []
    page.on("response", lambda response: bodies.append(response.body()))
    answer = page.goto("/sign-in", wait_until="networkidle")
    assert answer is not None
    assert answer.ok
    context.close()
    assert len(bodies) >= 2
    assert sum(len(gzip.compress(body)) for body in bodies) < FIRST_VISIT_BYTES


def test_pages_are_whole_without_script(world: World, chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    answer = page.goto("/sign-in")
    assert answer is not None
    assert answer.ok
    assert page.locator("script").count() == 0
    page.locator(".menu summary").first.click()
    page.get_by_role("link", name="العربية").first.click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert urlsplit(page.url).path == "/sign-in"
    context.close()
