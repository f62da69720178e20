"""Saving in place and lists without a jump, in Chromium; and the same ways with the script off."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from people import Person, World
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from tenants import clock

MARK = "window.isFirstPage = true"  # lost as soon as a page is loaded anew
IS_FIRST = "window.isFirstPage === true"

Opened = Callable[..., Page]


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser has complained of; a test that expects something takes it out."""
    return []


@pytest.fixture
def opened(world: World, chromium: Browser, address: str, complaints: list[str]) -> Iterator[Opened]:
    """Open a path as somebody; whatever the browser complains of fails the test."""
    contexts = list[BrowserContext]()

    def open_page(person: Person | None, path: str, *, scripted: bool = True) -> Page:
        context = chromium.new_context(
            base_url=address, java_script_enabled=scripted, locale="en", viewport={"width": 390, "height": 800}
        )
        contexts.append(context)
        if person:
            name = world.app.config["SESSION_COOKIE_NAME"]
            cookie = world.browser_of(person).get_cookie(name)
            assert cookie is not None
            context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type in {"error", "warning"} and complaints.append(said.text))
        page.goto(path)
        if scripted:
            page.evaluate(MARK)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not [said for said in complaints if "responded with a status of 4" not in said]


def fill_in(page: Page, title: str, *, first_time: str) -> None:
    """Fill in an activity of 46 people."""
    page.get_by_label("School dialogue").check()
    page.get_by_label("Name it").fill(title)
    page.get_by_label("Date").fill((clock.now() - timedelta(days=3)).date().isoformat())
    page.locator("[name=people_women_under_18]").fill("40")
    page.locator("[name=people_men_under_18]").fill("6")
    page.get_by_label("First time").fill(first_time)
    page.get_by_label("Came before").fill("30")
    page.get_by_label("Not sure").fill("4")


def is_in_place(page: Page, scripted: bool) -> None:
    """With the script the page was never loaded anew; without it, it was."""
    if scripted:
        assert page.evaluate(IS_FIRST)


def test_wrong_sum_is_put_right_and_saved(world: World, opened: Opened, scripted: bool) -> None:
    page = opened(world.alice, "/c/recife/activities/new", scripted=scripted)
    fill_in(page, "A talk at the market", first_time="10")
    page.get_by_role("button", name="Save activity").click()
    problems = page.locator(".errsum")
    expect(problems).to_contain_text("10 + 30 + 4 is 44, but you counted 46 people.")
    is_in_place(page, scripted)
    if scripted:
        expect(problems).to_be_focused()
    assert urlsplit(page.url).path == "/c/recife/activities/new"
    expect(page.get_by_label("Name it")).to_have_value("A talk at the market")
    expect(page.locator("[name=people_women_under_18]")).to_have_value("40")
    page.get_by_label("First time").fill("12")
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator("main")).to_contain_text("A talk at the market")
    is_in_place(page, scripted)
    path = urlsplit(page.url).path
    assert path != "/c/recife/activities/new"
    if scripted:
        expect(page.locator(".flash")).to_be_focused()
        assert page.evaluate("scrollY") == 0
    page.reload()
    assert urlsplit(page.url).path == path
    page.goto("/c/recife/activities")
    expect(page.locator("table.log tbody tr")).to_have_count(1)


def test_sums_are_shown_while_one_counts(world: World, opened: Opened) -> None:
    page = opened(world.alice, "/c/recife/activities/new")
    differs, adds = page.locator("[data-differs]"), page.locator("[data-adds]")
    expect(differs).to_be_hidden()
    fill_in(page, "A talk at the market", first_time="10")
    foot = page.locator("table.cells tfoot")
    assert foot.inner_text().split() == ["Together", "46", "40", "6", "0", "0"]
    expect(differs).to_have_text("10 + 30 + 4 is 44, but you counted 46 people.")
    expect(adds).to_be_hidden()
    page.get_by_label("First time").fill("١٢")
    expect(adds).to_have_text("12 + 30 + 4 = 46")
    expect(differs).to_be_hidden()
    page.locator("[name=people_women_under_18]").fill("1,040")
    expect(foot.locator("td").first).to_have_text("1,040")
    page.locator("[name=people_women_under_18]").fill("many")
    expect(foot.locator("td").first).to_have_text("–")
    expect(adds).to_be_hidden()


def test_desk_filters_chapters(world: World, opened: Opened, scripted: bool) -> None:
    page = opened(world.dana, "/desk/chapters", scripted=scripted)
    rows = page.locator("table.chapters tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("Country").focus()
    page.get_by_label("Country").select_option("RW")
    if not scripted:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("HeForShe Huye")
    is_in_place(page, scripted)
    assert "country=RW" in page.url
    if scripted:
        assert page.url.endswith("?country=RW"), "fields left empty say nothing"
        expect(page.get_by_label("Country")).to_be_focused()
        expect(page.locator("#said")).not_to_be_empty()
    page.go_back()
    expect(rows).to_have_count(2)
    assert "country=RW" not in page.url
    if scripted:  # without it the browser's own memory of forms decides
        expect(page.get_by_label("Country")).to_have_value("")
    page.go_forward()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Country")).to_have_value("RW")
    page.get_by_role("link", name="Show all").first.click()
    expect(rows).to_have_count(2)
    expect(page.get_by_label("Country")).to_have_value("")


def test_one_press_on_home_leaves_it_where_it_is(world: World, opened: Opened, scripted: bool) -> None:
    page = opened(world.alice, "/c/recife/", scripted=scripted)
    button = page.locator("main form[method=post] button").first
    button.scroll_into_view_if_needed()
    before = page.evaluate("scrollY") if scripted else 0
    button.click()
    expect(page.locator(".flash")).to_be_visible()
    assert urlsplit(page.url).path == "/c/recife/"
    is_in_place(page, scripted)
    if scripted:
        assert abs(page.evaluate("scrollY") - before) < 60
        expect(page.locator(".flash")).to_be_in_viewport()


def test_pressed_twice_counts_once(world: World, opened: Opened) -> None:
    page = opened(world.alice, "/c/recife/")
    sent = list[str]()
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    button = page.locator("main form[method=post] button").first
    button.evaluate("button => { button.click(); button.click(); }")
    expect(page.locator(".flash")).to_have_count(1)
    assert len(sent) == 1


def test_lost_connection_keeps_what_was_typed(world: World, opened: Opened, complaints: list[str]) -> None:
    page = opened(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save activity").click()
    expect(page.get_by_role("status").filter(has_text="There is no connection")).to_be_visible()
    expect(page.get_by_label("Name it")).to_have_value("A talk at the market")
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in complaints)
    complaints.clear()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator("#lost")).to_be_empty()
    is_in_place(page, scripted=True)


def test_broken_server_keeps_what_was_typed(world: World, opened: Opened, complaints: list[str]) -> None:
    page = opened(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")

    def away(route: Route) -> None:
        route.fulfill(status=503, content_type="text/html", body="<html><body><h1>We are away for a moment</h1>")

    page.route("**/activities/new", away)
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator("#lost")).to_have_text("We are away for a moment. What you typed is still here.")
    expect(page.get_by_label("Name it")).to_have_value("A talk at the market")
    complaints.clear()


def test_signed_out_meanwhile_leads_to_sign_in(world: World, opened: Opened, complaints: list[str]) -> None:
    page = opened(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save activity").click()
    main = page.locator("main")
    expect(main.get_by_text("A talk at the market")).to_be_visible()
    is_in_place(page, scripted=True)
    complaints.clear()


def test_signed_out_meanwhile_filters_nothing(world: World, opened: Opened) -> None:
    page = opened(world.dana, "/desk/chapters")
    page.context.clear_cookies()
    page.get_by_label("Country").select_option("RW")
    page.wait_for_url(re.compile(r"/sign-in\?next="))
    expect(page.locator("input[type=password]")).to_be_visible()


def test_leaving_asks_only_when_something_was_typed(world: World, opened: Opened) -> None:
    page = opened(world.alice, "/c/recife/activities/new")
    asked = list[str]()
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/c/recife/plan")
    page.goto("/c/recife/activities/new")
    assert not asked
    page.get_by_label("Name it").press_sequentially("A talk")
    page.goto("/c/recife/plan")
    assert asked == ["beforeunload"]


def test_menus_close_as_people_expect(world: World, opened: Opened) -> None:
    page = opened(world.alice, "/c/recife/")
    page.set_viewport_size({"width": 1280, "height": 800})
    menu = page.locator("details.menu").first
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_saving_a_line_of_the_plan_leads_to_its_row(world: World, opened: Opened, scripted: bool) -> None:
    page = opened(world.alice, "/c/recife/plan", scripted=scripted)
    for title in ("More men share the care of children", "Schools talk about it"):
        page.get_by_role("link", name="Add an outcome").first.click()
        if scripted:
            page.evaluate(MARK)
        page.get_by_label("Name it").fill(title)
        page.locator("main form button[type=submit], .savebar button").first.click()
        expect(page.locator(".flash")).to_be_visible()
        is_in_place(page, scripted)
        row = page.locator(f"[id='{urlsplit(page.url).fragment}']")
        expect(row).to_contain_text(title)
        expect(row).to_be_in_viewport()


def test_language_changes_as_without_script(world: World, opened: Opened, scripted: bool) -> None:
    page = opened(None, "/sign-in", scripted=scripted)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".menu summary").first.click()
    page.get_by_role("link", name="العربية").first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert urlsplit(page.url).path == "/sign-in"


def test_no_page_holds_a_script_of_its_own(world: World, opened: Opened) -> None:
    """One deferred file, and nothing that a policy without `unsafe` would refuse."""
    page = opened(world.alice, "/c/recife/")
    assert page.locator("script").count() == 1
    assert page.locator("script[src*='/static/script.js?v='][defer]").count() == 1
    assert page.evaluate("document.querySelector('script').textContent") == ""
