"""What people set on their devices: less motion, few colours, large letters, wide spaces. Nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from books import Books
from look.judging import COMPUTER, HEIGHT, PHONE, Judge, open_context
from playwright.sync_api import Browser, Page

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
# WCAG 1.4.12; and letters twice as large, as a browser that enlarges only text has them (1.4.4).
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }"""
LARGE = "html { font-size: 200% !important }"
DRESS = "(rules) => { const own = new CSSStyleSheet(); own.replaceSync(rules); document.adoptedStyleSheets = [own] }"
MOVES = """() => [...document.querySelectorAll("*")].filter(e => ["", "::before", "::after"].some(part => {
    const style = getComputedStyle(e, part);
    const seconds = `${style.animationDuration}, ${style.transitionDuration}`.split(", ").map(parseFloat);
    return Math.max(...seconds) > 0.01;
})).map(e => e.outerHTML.slice(0, 80))"""
SQUASHED = """() => [...document.querySelectorAll("main *, header *, nav *")].filter(e => {
    const style = getComputedStyle(e);
    return e.checkVisibility() && !e.closest(".visually-hidden, svg, .skip") && !e.matches("input, select, textarea")
        && /hidden|clip/.test(style.overflowY) && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 2;
}).map(e => e.outerHTML.slice(0, 80))"""
# With two colours left, a control has an edge, the place in a menu a line, a state its mark and its word.
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
def judges(books: Books, there: str, chromium: Browser) -> Iterator[Callable[[str, str], Judge]]:
    """Return what opens a window of a reader in a language."""
    contexts, world = [], books.world

    def opened(name: str, language: str) -> Judge:
        person = {"Alice": world.alice, "Dana": world.dana}[name]
        contexts.append(open_context(world, chromium, there, person, language))
        return Judge(contexts[-1].new_page(), there, language)

    yield opened
    for context in contexts:
        context.close()


def each(judge: Judge, name: str, width: int) -> Iterator[tuple[str, Page]]:
    """Open the main pages of a reader in turn."""
    judge.page.set_viewport_size({"width": width, "height": HEIGHT})
    for path in PAGES[name]:
        answer = judge.page.goto(path)
        assert answer is not None
        assert answer.ok, path
        yield path, judge.page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_for_whoever_asks_for_less_motion(judges: Callable[[str, str], Judge], name: str) -> None:
    moving = {path: found for path, page in each(judges(name, "en"), name, PHONE) if (found := page.evaluate(MOVES))}
    assert not moving


@pytest.mark.parametrize("name", PAGES)
def test_two_colours_suffice(judges: Callable[[str, str], Judge], name: str) -> None:
    judge = judges(name, "en")
    judge.page.emulate_media(forced_colors="active")
    faults = {path: found for path, page in each(judge, name, COMPUTER) if (found := page.evaluate(PLAIN))}
    assert not faults


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("rules", "width"), [(SPACED, PHONE), (SPACED, COMPUTER), (LARGE, COMPUTER)])
@pytest.mark.parametrize("name", PAGES)
def test_large_letters_and_wide_spaces_cut_nothing_off(
    judges: Callable[[str, str], Judge], name: str, rules: str, width: int, language: str
) -> None:
    judge, faults = judges(name, language), list[str]()
    for path, page in each(judge, name, width):
        page.evaluate(DRESS, rules)
        found = [*judge.faults(), *(f"squashes {one}" for one in page.evaluate(SQUASHED))]
        faults += [f"{path}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)
