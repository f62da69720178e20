"""Every page of the application in a real browser, in every language, on a phone and on a computer.

The pages are found from the application itself: whatever answers a GET without further knowledge is looked at, as the
person it is for. Pictures land in screenshots/.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from books import Books
from people import Person, World
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.serving import make_server

from solidarity import catalogues
from solidarity.access import declared_access
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.services import Said
from tenants.people.permissions import OF_ROLE, Role

PICTURES = Path(__file__).resolve().parents[2] / "screenshots"
NARROWEST, PHONE, COMPUTER = 320, 390, 1280  # 320 is a computer's page at 400 %, as WCAG asks
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


@pytest.fixture
def books(world: World) -> Books:
    """A world with something to see: two approved reports, an entry corrected since, one not counted, a report due."""
    books = Books(world)
    books.expect(books.onboard("amman", "JO"))
    first = books.log(world.recife, {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.UNDER_18): 25})
    books.log(world.recife, None)
    said = {"workplaces_with_policy": Said(3), "would_speak_up": Said(31, 38), "facilitators_trained": Said(9)}
    books.send(world.recife, said=said)
    books.approve(world.recife)
    books.revise(world.recife, first, {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.FROM_18_TO_24): 26})
    books.report(world.huye, {(Sex.UNKNOWN, AgeBand.UNKNOWN): 310})
    books.compile()
    return books


def first_pages(world: World) -> dict[str, list[str]]:
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
            is_alices = access.kind == "signed_in" or (needs and access.permission in OF_ROLE[Role.FOCAL_POINT])
            found["Alice" if is_alices else "Dana"].append(path)
    return found


@dataclass
class Walk:
    """One person's way through the pages: those given, then one page of each further kind that they link to."""

    world: World
    todo: list[str]
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.todo = [path for path in sorted(self.todo) if self.is_new(path)]

    def is_new(self, path: str) -> bool:
        """Whether no page of this kind has been met; a figure is of its level's kind."""
        try:
            endpoint, values = self.world.app.url_map.bind("localhost").match(urlsplit(path).path)
        except (NotFound, MethodNotAllowed, RequestRedirect):
            return False
        kind = (str(endpoint), str(values.get("level", "")))
        is_page = endpoint not in NOT_PAGES and not str(endpoint).startswith("language.") and kind not in self.seen
        self.seen.add(kind)
        return is_page

    def follow(self, links: list[str]) -> None:
        """Take up what a page links to."""
        self.todo += [link for link in links if link.startswith("/") and self.is_new(link)]


def open_context(world: World, chromium: Browser, address: str, person: Person | None, language: str) -> BrowserContext:
    context = chromium.new_context(
        locale=language,
        base_url=address,
        extra_http_headers={"Accept-Language": language},
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


@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_hold_their_form(books: Books, chromium: Browser, address: str, language: str) -> None:
    world, faults, count = books.world, list[str](), 0
    people = {"nobody": None, "Alice": world.alice, "Dana": world.dana}
    for name, paths in first_pages(world).items():
        context = open_context(world, chromium, address, people[name], language)
        page, walk = context.new_page(), Walk(world, paths)
        while walk.todo:
            path = walk.todo.pop(0)
            faults += look_at(page, path, language, name)
            walk.follow(page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"))
            count += 1
        context.close()
    assert not faults, "\n".join(faults)
    assert count > 15, "the walk has lost its way"


def look_at(page: Page, path: str, language: str, reader: str) -> list[str]:
    """Open a page, keep its pictures, and return what is wrong with it, wide and on a phone."""
    answer = page.goto(path)
    assert answer is not None
    if "text/html" not in answer.headers.get("content-type", ""):
        return []
    name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", urlsplit(path).path).strip("/").replace("/", "-") or "front"
    weight = len(gzip.compress(answer.body()))
    faults = [f"{path}: answers {answer.status}"] if answer.status != 200 else []
    faults += [f"{path}: weighs {weight} bytes"] if weight > PAGE_BYTES else []
    for width in (NARROWEST, PHONE, COMPUTER):
        page.set_viewport_size({"width": width, "height": 900})
        faults += faults_of(page, f"{path} at {width}", language)
    for width in (PHONE, COMPUTER):  # afterwards, because taking a picture puts style attributes into the page
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{reader}-{language}-{width}.png", full_page=True)
    return faults


def test_first_visit_is_light(world: World, chromium: Browser, address: str) -> None:
    """Everything the browser fetches for the sign-in page, each part compressed as a proxy would."""
    context = open_context(world, chromium, address, None, "en")
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
