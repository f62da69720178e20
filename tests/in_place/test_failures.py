"""When a request fails, nothing that was typed is lost."""

from __future__ import annotations

from harness.people import World
from in_place.actions import OpenPage, answered_yes, fill_in, is_in_place
from playwright.sync_api import Route, expect


def test_lost_connection_keeps_what_was_typed(world: World, open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save activity").click()
    expect(page.get_by_role("status").filter(has_text="There is no connection")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A talk at the market")
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in complaints)
    complaints.clear()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator("#lost")).to_be_empty()
    is_in_place(page, has_script=True)


def test_broken_server_keeps_what_was_typed(world: World, open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")

    def away(route: Route) -> None:
        route.fulfill(
            status=503, content_type="text/html", body="<html><body><h1>The service is temporarily unavailable</h1>"
        )

    page.route("**/activities/new", away)
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator("#lost")).to_have_text("The service is temporarily unavailable. What you typed is still here.")
    expect(page.get_by_label("Title")).to_have_value("A talk at the market")
    complaints.clear()


def test_signed_out_meanwhile_leads_to_sign_in(world: World, open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save activity").click()
    main = page.locator("main")
    expect(main.locator("dd").get_by_text("A talk at the market")).to_be_visible()
    is_in_place(page, has_script=True)
    complaints.clear()


def test_back_from_a_refusal_leads_to_the_form(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice, "/c/recife/activities/new")
    fill_in(page, "A talk at the market", first_time="12")
    page.evaluate("document.querySelector('[name=csrf_token][id]').value = 'too old'")
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator("main dd").get_by_text("A talk at the market")).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.get_by_label("Title")).to_be_visible()
    is_in_place(page, has_script=True)


def test_leaving_asks_only_when_something_was_typed(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice, "/c/recife/activities/new")
    dialog_types = answered_yes(page)
    page.goto("/c/recife/plan")
    page.goto("/c/recife/activities/new")
    assert not dialog_types
    page.get_by_label("Title").press_sequentially("A talk")
    page.goto("/c/recife/plan")
    assert dialog_types == ["beforeunload"]
