"""What the script does on a page without a request: sums and menus."""

from __future__ import annotations

from urllib.parse import urlsplit

from harness.people import World
from in_place.actions import OpenPage, fill_in
from playwright.sync_api import expect


def test_sums_are_shown_while_one_counts(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice, "/c/recife/activities/new")
    differs, adds = page.locator("[data-differs]"), page.locator("[data-adds]")
    expect(differs).to_be_hidden()
    fill_in(page, "A talk at the market", first_time="10")
    foot = page.locator("table.cells tfoot")
    assert foot.inner_text().split() == ["Total", "46", "40", "6", "0", "0"]
    expect(differs).to_have_text("10 + 30 + 4 adds up to 44, but you counted 46 people. Check the numbers.")
    expect(adds).to_be_hidden()
    page.get_by_label("First time").fill("١٢")
    expect(adds).to_have_text("12 + 30 + 4 = 46")
    expect(differs).to_be_hidden()
    page.locator("[name=people_women_under_18]").fill("1,040")
    expect(foot.locator("td").first).to_have_text("1,040")
    page.locator("[name=people_women_under_18]").fill("many")
    expect(foot.locator("td").first).to_have_text("–")
    expect(adds).to_be_hidden()


def test_menus_close_as_people_expect(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice, "/c/recife/")
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


def test_language_changes_as_without_script(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(None, "/sign-in", has_script=has_script)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".menu summary").first.click()
    page.get_by_role("link", name="العربية").first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert urlsplit(page.url).path == "/sign-in"


def test_no_page_holds_a_script_of_its_own(world: World, open_page: OpenPage) -> None:
    """A page has one deferred file, and nothing that a policy without `unsafe` would refuse."""
    page = open_page(world.alice, "/c/recife/")
    assert page.locator("script").count() == 1
    assert page.locator("script[src*='/static/script.js?v='][defer]").count() == 1
    assert page.evaluate("document.querySelector('script').textContent") == ""
