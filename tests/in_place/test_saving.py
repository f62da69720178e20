"""Saving updates the page in place, and works the same without the script."""

from __future__ import annotations

from queue import Queue
from urllib.parse import urlsplit

from harness.people import World
from in_place.actions import MARK, OpenPage, answered_yes, fill_in, is_in_place
from playwright.sync_api import Page, Route, expect


def test_wrong_sum_is_put_right_and_saved(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(world.alice, "/c/recife/activities/new", has_script=has_script)
    fill_in(page, "A talk at the market", first_time="10")
    page.get_by_role("button", name="Save activity").click()
    problems = page.locator(".errsum")
    expect(problems).to_contain_text("10 + 30 + 4 adds up to 44, but you counted 46 people. Check the numbers.")
    is_in_place(page, has_script)
    if has_script:
        expect(problems).to_be_focused()
    assert urlsplit(page.url).path == "/c/recife/activities/new"
    expect(page.get_by_label("Title")).to_have_value("A talk at the market")
    expect(page.locator("[name=people_women_under_18]")).to_have_value("40")
    page.get_by_label("First time").fill("12")
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator("main")).to_contain_text("A talk at the market")
    is_in_place(page, has_script)
    path = urlsplit(page.url).path
    assert path != "/c/recife/activities/new"
    if has_script:
        expect(page.locator(".flash")).to_be_focused()
        assert page.evaluate("scrollY") == 0
    page.reload()
    assert urlsplit(page.url).path == path
    page.goto("/c/recife/activities")
    expect(page.locator("table.log tbody tr")).to_have_count(1)


def test_one_press_on_home_leaves_it_where_it_is(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(world.alice, "/c/recife/", has_script=has_script)
    button = page.locator("main form[method=post] button").first
    button.scroll_into_view_if_needed()
    before = page.evaluate("scrollY") if has_script else 0
    button.click()
    expect(page.locator(".flash")).to_be_visible()
    assert urlsplit(page.url).path == "/c/recife/"
    is_in_place(page, has_script)
    if has_script:
        assert abs(page.evaluate("scrollY") - before) < 60
        expect(page.locator(".flash")).to_be_in_viewport()


def test_pressed_twice_counts_once(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice, "/c/recife/")
    post_urls, answers = list[str](), Queue[Route]()
    page.on("request", lambda request: post_urls.append(request.url) if request.method == "POST" else None)
    page.route("**", lambda route: answers.put(route) if route.request.method == "POST" else route.fallback())
    button = page.locator("main form[method=post] button").first
    button.evaluate("button => { button.click(); button.click(); }")
    expect(page.locator("html")).to_have_class("waiting")
    expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    expect(button).to_have_attribute("aria-disabled", "true")
    answers.get(timeout=10).continue_()
    expect(page.locator(".flash")).to_have_count(1)
    expect(page.locator("html")).not_to_have_class("waiting")
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
    assert len(post_urls) == 1


def test_saving_a_line_of_the_plan_leads_to_its_row(world: World, open_page: OpenPage, has_script: bool) -> None:
    page = open_page(world.alice, "/c/recife/plan", has_script=has_script)
    for title in ("More men share the care of children", "Schools talk about it"):
        page.get_by_role("link", name="Add an outcome").first.click()
        if has_script:
            page.evaluate(MARK)
        page.get_by_label("Title").fill(title)
        page.locator("main form button[type=submit], .savebar button").first.click()
        expect(page.locator(".flash")).to_be_visible()
        is_in_place(page, has_script)
        row = page.locator(f"[id='{urlsplit(page.url).fragment}']")
        expect(row).to_contain_text(title)
        expect(row).to_be_in_viewport()


def test_a_press_leaves_what_is_typed_in_another_form(sample_page: Page) -> None:
    sample_page.get_by_label("Say").fill("half a sentence")
    with sample_page.expect_request(lambda request: request.method == "POST"):
        sample_page.get_by_role("button", name="Press").click()
    expect(sample_page.locator("main")).not_to_have_attribute("aria-busy", "true")
    expect(sample_page.get_by_label("Say")).to_have_value("half a sentence")
    expect(sample_page.get_by_role("button", name="Press")).to_be_focused()
    is_in_place(sample_page, has_script=True)
    dialog_types = answered_yes(sample_page)
    sample_page.goto("/sign-in")
    assert dialog_types == ["beforeunload"], "it is still not saved"
