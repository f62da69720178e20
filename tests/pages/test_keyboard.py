"""The product by keyboard alone, in a real browser: complete tasks, and every tab stop of a page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from harness.browser.contexts import Contexts, serving
from harness.browser.keyboard import ENOUGH, Keyboard
from harness.browser.page_checks import COMPUTER, HEIGHT, PHONE, Scheme, checked_context
from harness.people import PASSWORD, Person, World
from harness.reporting import LAST, Reporting, report_of_session
from playwright.sync_api import Page, expect

from tenants.action_kit.evaluation.models import ReportState

Windows = Callable[..., Page]
CHAPTER = ("", "plan", "activities/new", "reports/2025-Q4", "people")
DESK = ("/desk", "/desk/chapters", "/desk/approvals")


@pytest.fixture
def windows(world: World, contexts: Contexts, address: str) -> Windows:
    """Return a function that opens a page as a person."""

    def opened(person: Person | None, path: str, width: int = COMPUTER) -> Page:
        page = checked_context(contexts, address, world=world, person=person).new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(path)
        return page

    return opened


def test_the_first_stop_is_the_way_past_the_menus(world: World, windows: Windows) -> None:
    page = windows(world.alice, "/c/recife/")
    keys = Keyboard(page)
    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    keys.press("Enter", "Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_alice_signs_in_by_keyboard(world: World, windows: Windows) -> None:
    page = windows(None, "/sign-in")
    keys = Keyboard(page)
    keys.tab_to("Email")
    keys.write(world.alice.email)
    keys.tab_to("Password")
    keys.write(PASSWORD)
    keys.enter()
    expect(page.locator("h1")).to_contain_text("Alice")
    assert urlsplit(page.url).path == "/c/recife/"


def test_a_menu_opens_shuts_and_leads_on_by_keyboard(world: World, windows: Windows) -> None:
    page = windows(world.alice, "/c/recife/plan")
    keys = Keyboard(page)
    keys.tab_to("Language:")
    keys.press("Enter")
    assert page.locator("details.menu").first.get_attribute("open") is not None
    keys.press("Enter")
    assert page.locator("details.menu").first.get_attribute("open") is None
    keys.press("Space")
    keys.tab_to("العربية")
    keys.enter()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert urlsplit(page.url).path == "/c/recife/plan"


def test_alice_logs_an_activity_by_keyboard_though_she_forgot_its_name(world: World, windows: Windows) -> None:
    page = windows(world.alice, "/c/recife/activities/new", PHONE)
    keys = Keyboard(page)
    page.evaluate("document.querySelector('#activity').noValidate = true")
    page.locator("#kind input").first.focus()
    keys.press("Space")
    keys.tab_to("Save activity")
    keys.press("Enter")
    expect(page.locator(".errsum")).to_be_visible()
    if page.locator("script").count():  # without a script the browser begins again at the top of the page
        expect(page.locator(".errsum")).to_be_focused()
    keys.tab_to("Title")
    keys.press("Enter")  # the line of the summary leads to its field
    expect(page.locator("#title")).to_be_focused()
    keys.write("Roda de conversa")
    keys.tab_to("Date")
    keys.write("11202025")
    page.locator("#people_women_under_18").focus()
    keys.write("3")
    keys.tab_to("First time")
    keys.write("3")
    keys.tab_to("Save activity")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("Roda de conversa")


def test_dana_approves_a_report_by_keyboard(world: World, windows: Windows) -> None:
    reporting = Reporting(world)
    reporting.send(world.recife)
    page = windows(world.dana, f"/c/recife/reports/{LAST.code}")
    keys = Keyboard(page)
    keys.tab_to("Approve")
    keys.press("Enter")
    keys.tab_to("Yes, approve")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("Approved and locked")
    with reporting.inside(world.recife) as session:
        assert report_of_session(session, LAST).state == ReportState.APPROVED


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (COMPUTER, "light")])
@pytest.mark.parametrize("name", ["Alice", "Dana"])
def test_every_stop_shows_itself_in_the_order_of_the_page(
    reporting: Reporting, contexts: Contexts, name: str, width: int, scheme: Scheme
) -> None:
    world, faults = reporting.world, list[str]()
    with serving(world.app) as address:
        person = world.alice if name == "Alice" else world.dana
        page = checked_context(contexts, address, world=world, person=person).new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        for path in DESK if name == "Dana" else [f"/c/recife/{part}" for part in CHAPTER]:
            page.goto(path)
            faults += [f"{path} {fault}" for fault in stops(Keyboard(page))]
        contexts.close()
    assert not faults, "\n".join(faults)


def stops(keys: Keyboard) -> list[str]:
    """Tab through a whole page, and return the faults of its stops. A page that never ends is a keyboard trap."""
    faults, marks = list[str](), list[str]()
    keys.press("Tab")
    while (stop := keys.focused("pass")) is not None and len(marks) < 3 * ENOUGH and stop["mark"] not in marks[:1]:
        is_inside = stop["mark"] in marks[-1:]  # the parts of a date are separate stops with separate rings
        wrong = {
            "shows no focus": not stop["isRinged"] and not is_inside,
            "lies out of sight": stop["isHidden"],
            "comes out of turn": not stop["isLater"] and not is_inside,
        }
        faults += [f"{problem}: {stop['mark']}" for problem, is_wrong in wrong.items() if is_wrong]
        marks.append(stop["mark"])
        keys.press("Tab")
    return [*faults, *([] if 3 < len(marks) < 3 * ENOUGH else [f"has {len(marks)} stops"])]
