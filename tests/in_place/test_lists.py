"""Lists update without a jump, and the address names the part that is shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from harness.people import World
from in_place.actions import OpenPage, is_in_place, is_what_the_server_sends
from playwright.sync_api import Page, expect


def test_desk_filters_chapters(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(world.dana, "/desk/chapters", has_script=has_script)
    rows = page.locator("table.chapters tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("Country").focus()
    page.get_by_label("Country").select_option("RW")
    if not has_script:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("HeForShe Huye")
    is_in_place(page, has_script)
    assert "country=RW" in page.url
    if has_script:
        assert page.url.endswith("?country=RW"), "fields left empty say nothing"
        expect(page.get_by_label("Country")).to_be_focused()
        expect(page.locator("#said")).not_to_be_empty()
        assert is_what_the_server_sends(page)
    page.go_back()
    expect(rows).to_have_count(2)
    assert "country=RW" not in page.url
    if has_script:  # without the script the browser restores the form itself
        expect(page.get_by_label("Country")).to_have_value("")
    page.go_forward()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Country")).to_have_value("RW")
    page.get_by_role("link", name="Show all").first.click()
    expect(rows).to_have_count(2)
    expect(page.get_by_label("Country")).to_have_value("")


def test_trail_shows_another_part_without_a_jump(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(world.alice, "/c/recife/trail", has_script=has_script)
    link = page.get_by_role("link", name="UN Women actions only")
    link.focus()
    page.keyboard.press("Enter")
    all_link = page.get_by_role("link", name="All", exact=True)
    expect(all_link).to_be_visible()
    assert urlsplit(page.url).query == "by=desk"
    is_in_place(page, has_script)
    if has_script:
        expect(all_link).to_be_focused()
        assert is_what_the_server_sends(page)
    page.go_back()
    expect(link).to_be_visible()
    assert urlsplit(page.url).query == ""


def test_a_list_follows_the_typing(sample_page: Page) -> None:
    before = sample_page.evaluate("history.length")
    box = sample_page.get_by_label("Look for")
    for word in ("rec", "ife"):
        box.press_sequentially(word)
        expect(sample_page.locator("#found")).to_have_text(box.input_value())
    expect(box).to_be_focused()
    assert sample_page.url.endswith("/own?q=recife")
    assert sample_page.evaluate("history.length") == before + 1, "one step back for one search"
    sample_page.go_back()
    expect(sample_page.locator("#found")).to_have_text("")
    expect(box).to_have_value("")
    is_in_place(sample_page, has_script=True)


def test_signed_out_meanwhile_filters_nothing(world: World, open_page: OpenPage) -> None:
    page = open_page(world.dana, "/desk/chapters")
    page.context.clear_cookies()
    page.get_by_label("Country").select_option("RW")
    page.wait_for_url(re.compile(r"/sign-in\?next="))
    expect(page.locator("input[type=password]")).to_be_visible()


def test_desk_changes_period_and_area_without_a_jump(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(world.dana, "/desk", has_script=has_script)
    menu = page.locator("details.period")
    menu.locator("summary").click()
    choice = menu.get_by_role("link").first
    period = urlsplit(choice.get_attribute("href") or "").query
    choice.click()
    page.wait_for_url(f"**/desk?{period}")
    expect(menu).not_to_have_attribute("open", "")
    is_in_place(page, has_script)
    if has_script:
        expect(menu.locator("summary")).to_be_focused()
    page.locator("nav.scope a").nth(1).click()
    page.wait_for_url(re.compile("area="))
    expect(page.locator("nav.scope a").nth(1)).to_have_attribute("aria-current", "true")
    is_in_place(page, has_script)
    if has_script:
        assert is_what_the_server_sends(page)
        expect(page.locator("nav.scope a").nth(1)).to_be_focused()
    page.go_back()
    page.wait_for_url(f"**/desk?{period}")
    expect(page.locator("nav.scope a").nth(0)).to_have_attribute("aria-current", "true")
