"""A printed figure keeps its place, coverage, time and rows, on A4 and on Letter."""

from __future__ import annotations

import re

from desk.figure_pages import MEN, WOMEN
from harness.browser.contexts import Contexts
from harness.reporting import Reporting

PRINTABLE = {"A4": 673, "Letter": 695}  # pixels between margins of 16 mm
FIGURE = "/desk/figures/participations/2025-Q4/world/world?open=BR"


def test_a_printed_figure_says_where_when_and_of_how_many_it_is(
    reporting: Reporting, contexts: Contexts, address: str
) -> None:
    reporting.report(reporting.world.recife, {WOMEN: 10, MEN: 4})
    reporting.compile()
    world = reporting.world
    page = contexts.open(address, world=world, person=world.dana, color_scheme="dark").new_page()
    page.goto(FIGURE)
    page.emulate_media(media="print")
    for sheet, width in PRINTABLE.items():
        page.set_viewport_size({"width": width, "height": 900})
        text = " ".join(page.locator("body").inner_text().split())
        for words in (
            "World · October to December 2025",
            "Participations: 14",
            "1 of 2 chapters reported, as of 12 Feb 2026, 12:00 UTC",
            "1 in this number 0 waiting for UN Women 0 returned 1 not sent",
            "ElesPorElas Recife Reported 14",
            "Not in this number: 1 chapter",
        ):
            assert words in text, (sheet, words)
        for control in ("Approvals", "Other figures", "Sign out"):
            assert control not in text, (sheet, control)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, sheet
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        pdf = page.pdf(format=sheet)
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 3, sheet
