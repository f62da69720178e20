"""Printed pages, on A4 and Letter and in black and white: nothing is cut off or lost, and no button is left."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness.browser.contexts import Contexts
from harness.people import Person, World
from harness.reporting import Reporting
from playwright.sync_api import Page

from solidarity.i18n import catalogues
from tenants import clock
from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.funding import budgets, services
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import SourceKind, SourceState, TransactionKind
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.services import plan_event
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.services import submit_plan
from tenants.action_kit.reports.services import TypedValue
from tenants.db import new_id

PDF_FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
PRINTABLE = {"A4": 673, "Letter": 695}  # pixels: 178 and 184 mm, the sheet without margins of 16 mm
PRINTED_PAGES = tuple(
    f"/c/recife/{page}"
    for page in ("plan", "funding", "reports/2025-Q4", "launch", "activities", "activities/tally-sheet", "targets")
)
OF_THE_DESK = ("/desk/figures/participations/2025-Q4/world/world",)
MOST_SHEETS = 6
READ_PRINTED_PAGE = (Path(__file__).with_name("printed_page.js")).read_text(encoding="utf-8")


@pytest.fixture
def filled_world(world: World) -> World:
    """Recife with a plan sent, a budget partly covered and spent, a launch ahead, and an approved report."""
    reporting, now = Reporting(world), clock.now()
    alice: dict[str, Any] = {"actor_id": world.alice.user_id, "at": now}
    today = clock.local_day(now, "America/Recife")
    counts = {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.FROM_60): 25}
    reporting.report(world.recife, counts, values={"would_speak_up": TypedValue(31, 38)})
    reporting.compile()
    with reporting.inside(world.recife) as session:
        start_from_template(session, **alice)
        submit_plan(session, **alice)
        for title, minor in (("Public launch, and everything that belongs to it", 3_800_000), ("Print", 2_200_050)):
            line = budgets.add_budget_line(session, **alice, title=title, amount_minor=minor)
        for kind, state, minor in (
            (SourceKind.DONOR, SourceState.COMMITTED, 4_000_000),
            (SourceKind.OWN, SourceState.COMMITTED, 1_000_000),
            (SourceKind.IN_KIND, SourceState.PLEDGED, 900_000),
        ):
            source: dict[str, Any] = {"name": f"Cooperativa {kind}", "kind": kind, "state": state}
            budgets.add_source(session, **alice, **source, amount_minor=minor, currency="BRL")
        for number in range(12):
            expense = TransactionEntry(
                TransactionKind.EXPENSE, 10_000, "BRL", today, f"Cards {number}", budget_line_id=line.id
            )
            services.record_transaction(session, **alice, form_key=new_id(), entry=expense)
        event = EventEntry("Recife speaks", "Teatro", "City", "America/Recife", now + timedelta(days=40), 300)
        plan_event(session, **alice, entry=event)
    return world


def open_page(world: World, contexts: Contexts, address: str, person: Person, language: str) -> Page:
    return contexts.open(address, world=world, person=person, language=language, color_scheme="dark").new_page()


def sheets(pdf: bytes) -> int:
    """Return the number of pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_keep_their_words_and_their_place_on_paper(
    filled_world: World, contexts: Contexts, address: str, language: str
) -> None:
    faults = list[str]()
    for reader, paths in ((filled_world.alice, PRINTED_PAGES), (filled_world.dana, OF_THE_DESK)):
        page = open_page(filled_world, contexts, address, reader, language)
        for path in paths:
            faults += print_out(page, path, language)
    assert not faults, "\n".join(faults)


def print_out(page: Page, path: str, language: str) -> list[str]:
    """Print a page on both sizes of paper, save the PDFs, and return its faults."""
    faults = list[str]()
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    page.evaluate(READ_PRINTED_PAGE)
    page.evaluate("markWords()")
    for sheet, width in PRINTABLE.items():
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": width, "height": 1000})
        faults += [f"{path} on {sheet}: {fault}" for fault in page.evaluate("paperFaults()")]
        name = path.strip("/").replace("/", "-")
        pdf = page.pdf(format=sheet, path=PDF_FOLDER / f"{name}-{language}-{sheet}.pdf")
        faults += [f"{path} on {sheet}: {sheets(pdf)} sheets"] if sheets(pdf) > MOST_SHEETS else []
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
    return faults


@pytest.mark.parametrize("sheet", PRINTABLE)
@pytest.mark.parametrize("language", catalogues.languages())
def test_tally_sheet_is_one_page(world: World, contexts: Contexts, address: str, language: str, sheet: str) -> None:
    page = open_page(world, contexts, address, world.bob, "en")
    page.goto(f"/c/recife/activities/tally-sheet?language={language}")
    assert sheets(page.pdf(format=sheet)) == 1
    box = page.locator(".tally")
    assert box.get_attribute("lang") == language
    assert box.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.locator("html").get_attribute("lang") == "en", "the page around it is the reader's"
    assert page.locator(".tally tbody").first.locator("td").count() == len(Sex) * len(AgeBand)
    assert page.locator(".tally .ticks").first.locator("li").count() == len(ActivityKind)


def test_tally_sheet_speaks_the_chapters_language(world: World) -> None:
    """Huye's Kinyarwanda has no catalogue: its sheet is in the reader's language. An unknown language is ignored."""
    browser = world.browser_of(world.charlie)
    browser.set_cookie("language", "ar")
    assert '<section class="tally" lang="ar" dir="rtl"' in browser.get("/c/huye/activities/tally-sheet").text
    page = browser.get("/c/huye/activities/tally-sheet?language=en").text
    assert '<section class="tally" lang="en" dir="ltr"' in page
    assert '<html lang="ar"' in page
    assert '<section class="tally" lang="ar"' in browser.get("/c/huye/activities/tally-sheet?language=xx").text


def test_fills_differ_without_colour(filled_world: World, contexts: Contexts, address: str) -> None:
    page = open_page(filled_world, contexts, address, filled_world.alice, "en")
    page.goto("/c/recife/plan")
    page.emulate_media(media="print")
    shapes = page.evaluate(
        """() => ["solid", "mid", "hatch", "open"].map(name => {
            const box = document.createElement("i"); box.className = "f-" + name; document.body.append(box);
            const seen = getComputedStyle(box);
            return [seen.backgroundColor, seen.backgroundImage, seen.borderStyle].join(" ");
        })"""
    )
    assert len(set(shapes)) == len(shapes), shapes
    assert not [shape for shape in shapes if re.search(r"rgb\((?!0, 0, 0\)|255, 255, 255\))", shape)], shapes
