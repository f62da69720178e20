"""The faults of a page: those of axe-core, of our own rules (page_checks.js), and the browser's complaints.

A page is checked in views: a width and a colour scheme. The views of the languages together cover all pairs of
language, width and scheme. `make test-slow` checks all combinations.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from harness.browser.contexts import Contexts
from harness.people import Person, World
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

Scheme = Literal["light", "dark"]
AXE = Path(__file__).resolve().parents[3] / "platform" / "front" / "node_modules" / "axe-core" / "axe.min.js"
FAULTS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (rules) => {
    const options = { runOnly: rules, resultTypes: ["violations"], preload: false };
    const { violations, passes } = await axe.run(document, options);
    const tell = (nodes) => nodes.slice(0, 3).map(n => n.target.join(" ") + " " + n.failureSummary).join(" | ");
    return [passes.length, violations.map(({ id, nodes }) => `axe ${id}, ${nodes.length}: ${tell(nodes)}`)];
}"""
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
    window.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
# A bar at the edge of the window covers a control only until the page is scrolled.
UNSTICK = """() => {
    const own = new CSSStyleSheet();
    own.replaceSync(".bottombar, .savebar { position: static !important }");
    document.adoptedStyleSheets = [own];
}"""
NARROWEST, PHONE, COMPUTER = 320, 390, 1280  # 320 is a computer's page at 400 %, which WCAG requires
HEIGHT = 900
PAGE_BYTES = 15_000


@dataclass(frozen=True)
class View:
    """The width in pixels and the colour scheme of a page."""

    width: int
    scheme: Scheme

    def __str__(self) -> str:
        return f"{self.width} px {self.scheme}"


EVERY_VIEW = tuple(View(width, scheme) for width in (PHONE, COMPUTER) for scheme in ("light", "dark"))


def views_of(language: str) -> tuple[View, ...]:
    """Return two views that differ in width and scheme: one pair for English, the other for all other languages."""
    phone: Scheme = "light" if language == "en" else "dark"
    return View(PHONE, phone), View(COMPUTER, "dark" if phone == "light" else "light")


def checked_context(
    contexts: Contexts,
    address: str,
    *,
    world: World | None = None,
    person: Person | None = None,
    language: str = "en",
) -> BrowserContext:
    """Open a context for pages to check, with reduced motion and a listener for policy violations."""
    context = contexts.open(
        address,
        world=world,
        person=person,
        language=language,
        reduced_motion="reduce",  # no colours in transition
        extra_http_headers={"Accept-Language": language},
    )
    context.add_init_script(LISTEN)
    return context


def view_of(language: str) -> tuple[View]:
    """Return one view, for pages that differ little from a page that is checked in more."""
    return (View(PHONE, "light") if language == "en" else View(COMPUTER, "dark"),)


@dataclass
class PageChecker:
    """One browser page, and its complaints since the last check."""

    page: Page
    address: str
    language: str
    complaints: list[str] = field(default_factory=list)
    checked: int = 0

    @classmethod
    def open(
        cls,
        contexts: Contexts,
        address: str,
        *,
        world: World | None = None,
        person: Person | None = None,
        language: str = "en",
    ) -> PageChecker:
        """Open a page for a person, or for a visitor who is not signed in."""
        context = checked_context(contexts, address, world=world, person=person, language=language)
        return cls(context.new_page(), address, language)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("request", self._watch)

    def visit(self, path: str, views: Sequence[View] | None = None, status: int = 200) -> list[str]:
        """Open a path that should answer `status`, and return its faults."""
        answer = self.page.goto(path)
        assert answer is not None
        return self.check(answer, path, views, status)

    def check(self, answer: Response, name: str, views: Sequence[View] | None = None, status: int = 200) -> list[str]:
        """Return the faults of the current page, whose response is `answer`. A response that is not HTML has none."""
        if answer.status != status:
            return [f"{name}: answers {answer.status}, not {status}"]
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        self.checked += 1
        self.page.evaluate(UNSTICK)
        faults = self._everywhere(answer)
        self.page.evaluate(_axe())
        for view in views or views_of(self.language):
            self._show(view)
            faults += [f"at {view}: {fault}" for fault in (*self.faults(), *self._violations())]
        faults += [f"refused by the policy: {violation}" for violation in self.page.evaluate("window.refused")]
        faults += self.complaints
        self.complaints.clear()
        return [f"{name}, {self.language}: {fault}" for fault in faults]

    def _everywhere(self, answer: Response) -> list[str]:
        """Return the faults that do not depend on a view, and those at the narrowest width."""
        weight = len(gzip.compress(answer.body()))
        heavy = [f"weighs {weight} bytes"] if weight > PAGE_BYTES else []
        self.page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
        return heavy + [f"at {NARROWEST} px: {fault}" for fault in self.faults()]

    def _show(self, view: View) -> None:
        """Set the width and the colour scheme, and open all details elements."""
        self.page.set_viewport_size({"width": view.width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=view.scheme)
        self.page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")

    def faults(self) -> list[str]:
        """Return the faults that our own rules find on the current page."""
        direction = "rtl" if self.language == "ar" else "ltr"
        return list(self.page.evaluate(FAULTS, {"language": self.language, "direction": direction}))

    def _violations(self) -> list[str]:
        passes, violations = self.page.evaluate(RUN_AXE, RULES)
        assert passes, "axe has found nothing to look at"
        return list(violations)

    def _hear(self, message: ConsoleMessage) -> None:
        is_refusal = "Failed to load resource" in message.text and message.location.get("url") == self.page.url
        if message.type in {"error", "warning"} and not is_refusal:  # the page may be an error page
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        target = urlsplit(request.url)
        if target.scheme != "data" and f"{target.scheme}://{target.netloc}" != self.address:
            self.complaints.append(f"asks elsewhere: {request.url}")


@cache
def _axe() -> Any:
    assert AXE.exists(), f"{AXE} is missing: make lint fetches it"
    return AXE.read_text(encoding="utf-8")
