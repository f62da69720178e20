"""The pages on a phone: what is due comes first, tabs stand beside each other, and dates stay in their column."""

from __future__ import annotations

from harness.browser.contexts import Contexts
from harness.browser.page_checks import NARROWEST, PHONE, PageChecker, View
from harness.reporting import Reporting
from playwright.sync_api import Page

BOXES = "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"
FITS = """(all, date) => all.map(e => {
    e.textContent = date;
    const height = e.getBoundingClientRect().height;
    e.style.whiteSpace = "nowrap";
    return height === e.getBoundingClientRect().height;
})"""
SQUEEZE = """() => {
    const own = new CSSStyleSheet();
    own.replaceSync(".scope a { flex: 0 0 2rem !important; white-space: nowrap }");
    document.adoptedStyleSheets = [own];
}"""
LONGEST_DATE = "28 تشرين الثاني"  # November in Jordan, Lebanon, Palestine and Syria


def phone(contexts: Contexts, address: str, width: int = PHONE, language: str = "en", **people: object) -> Page:
    """Open a page of a phone."""
    context = contexts.open(address, language=language, viewport={"width": width, "height": 844}, **people)  # type: ignore[arg-type]
    return context.new_page()


def test_what_is_due_stands_above_the_wheel(reporting: Reporting, contexts: Contexts, reporting_address: str) -> None:
    page = phone(contexts, reporting_address, world=reporting.world, person=reporting.world.alice)
    page.goto("/c/recife/")
    tops = [page.locator(part).bounding_box()["y"] for part in ("h1", ".due", ".wheelbox")]  # type: ignore[index]
    assert tops == sorted(tops)
    page.set_viewport_size({"width": 1280, "height": 860})
    due, wheel = (page.locator(part).bounding_box()["y"] for part in (".due", ".wheelbox"))  # type: ignore[index]
    assert wheel < due, "on a computer the wheel stands beside the title"


def test_the_area_tabs_stand_beside_each_other(
    reporting: Reporting, contexts: Contexts, reporting_address: str
) -> None:
    page = phone(contexts, reporting_address, world=reporting.world, person=reporting.world.dana)
    page.goto("/desk/")
    boxes = page.locator(".scope a").evaluate_all(BOXES)
    assert len(boxes) > 5
    assert all(0 <= left < right <= PHONE for left, _top, right, _bottom in boxes)
    assert all(
        box[2] <= other_box[0] or box[3] <= other_box[1] for i, box in enumerate(boxes) for other_box in boxes[i + 1 :]
    ), "a tab lies over another"


def test_a_month_of_two_words_stays_on_the_line_of_its_day(
    reporting: Reporting, contexts: Contexts, reporting_address: str
) -> None:
    for width in (NARROWEST, PHONE, 1280):
        page = phone(contexts, reporting_address, width, "ar", world=reporting.world, person=reporting.world.alice)
        page.goto("/c/recife/")
        fits = page.locator(".due-d time").evaluate_all(FITS, LONGEST_DATE)
        assert fits
        assert all(fits), f"two lines at {width} px"


def test_words_over_their_neighbour_are_found(reporting: Reporting, contexts: Contexts, reporting_address: str) -> None:
    checker = PageChecker.open(contexts, reporting_address, world=reporting.world, person=reporting.world.dana)
    checker.page.goto("/desk/")
    checker._show(View(PHONE, "light"))
    assert checker.faults() == []
    checker.page.evaluate(SQUEEZE)
    assert any("beyond their box" in fault for fault in checker.faults())
