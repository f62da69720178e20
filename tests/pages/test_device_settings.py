"""Device settings: less motion, few colours, large letters and wide spaces lose no content."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harness.browser.contexts import Contexts
from harness.browser.page_checks import COMPUTER, HEIGHT, PHONE, PageChecker
from harness.reporting import Reporting
from playwright.sync_api import Page

Opening = Callable[[str, str], PageChecker]
PAGES = {
    "Alice": (
        "/c/recife/",
        "/c/recife/plan",
        "/c/recife/activities/new",
        "/c/recife/reports/2025-Q4",
        "/c/recife/funding",
    ),
    "Dana": ("/desk", "/desk/chapters", "/desk/figures/participations/2025-Q4/world/world"),
}
# WCAG 1.4.12; and text at 200 per cent, as a browser that enlarges only text shows it (1.4.4).
WIDE_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }"""
LARGE = "html { font-size: 200% !important }"
DRESS = "(rules) => { const own = new CSSStyleSheet(); own.replaceSync(rules); document.adoptedStyleSheets = [own] }"
ANIMATIONS = """() => [...document.querySelectorAll("*")].filter(e => ["", "::before", "::after"].some(part => {
    const style = getComputedStyle(e, part);
    const seconds = `${style.animationDuration}, ${style.transitionDuration}`.split(", ").map(parseFloat);
    return Math.max(...seconds) > 0.01;
})).map(e => e.outerHTML.slice(0, 80))"""
SQUASHED_ELEMENTS = """() => [...document.querySelectorAll("main *, header *, nav *")].filter(e => {
    const style = getComputedStyle(e);
    return e.checkVisibility() && !e.closest(".visually-hidden, svg, .skip") && !e.matches("input, select, textarea")
        && /hidden|clip/.test(style.overflowY) && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 2;
}).map(e => e.outerHTML.slice(0, 80))"""
# With two colours left, a control has an edge, the current menu item a line, and a state its mark and its word.
PLAIN = """() => {
    const shown = e => e.checkVisibility() && !e.closest(".visually-hidden");
    const all = selector => [...document.querySelectorAll(selector)].filter(shown);
    const edged = e => parseFloat(getComputedStyle(e).borderTopWidth) > 0;
    const lined = e => parseFloat(getComputedStyle(e).borderBottomWidth) > 0;
    return [
        ...all("main .btn:not(.btn-quiet), main .input").filter(e => !edged(e)),
        ...all(".stepnav [aria-current]").filter(e => !lined(e)),
        ...all(".stepnav a:not([aria-current])").filter(lined),
        ...all(".st").filter(e => !e.textContent.trim()),
    ].map(e => e.outerHTML.slice(0, 110));
}"""


@pytest.fixture
def opening(reporting: Reporting, reporting_address: str, contexts: Contexts) -> Opening:
    """Return a function that opens a window as a reader, in a language."""
    world = reporting.world
    readers = {"Alice": world.alice, "Dana": world.dana}
    return lambda name, language: PageChecker.open(
        contexts, reporting_address, world=world, person=readers[name], language=language
    )


def each(checker: PageChecker, name: str, width: int) -> Iterator[tuple[str, Page]]:
    """Open the main pages of a reader in turn."""
    checker.page.set_viewport_size({"width": width, "height": HEIGHT})
    for path in PAGES[name]:
        answer = checker.page.goto(path)
        assert answer is not None
        assert answer.ok, path
        yield path, checker.page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_for_whoever_asks_for_less_motion(opening: Opening, name: str) -> None:
    faults = {
        path: elements
        for path, page in each(opening(name, "en"), name, PHONE)
        if (elements := page.evaluate(ANIMATIONS))
    }
    assert not faults


@pytest.mark.parametrize("name", PAGES)
def test_two_colours_suffice(opening: Opening, name: str) -> None:
    checker = opening(name, "en")
    checker.page.emulate_media(forced_colors="active")
    faults = {path: elements for path, page in each(checker, name, COMPUTER) if (elements := page.evaluate(PLAIN))}
    assert not faults


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("rules", "width"), [(WIDE_SPACING, PHONE), (WIDE_SPACING, COMPUTER), (LARGE, COMPUTER)])
@pytest.mark.parametrize("name", PAGES)
def test_large_letters_and_wide_spaces_cut_nothing_off(
    opening: Opening, name: str, rules: str, width: int, language: str
) -> None:
    checker, faults = opening(name, language), list[str]()
    for path, page in each(checker, name, width):
        page.evaluate(DRESS, rules)
        page_faults = [*checker.faults(), *(f"squashes {element}" for element in page.evaluate(SQUASHED_ELEMENTS))]
        faults += [f"{path}: {fault}" for fault in page_faults]
    assert not faults, "\n".join(faults)
