"""Actions and assertions shared by the tests of in-place updates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Dialog, Page

from tenants import clock

MARK = "window.isFirstPage = true"  # lost as soon as a page is loaded again

OpenPage = Callable[..., Page]


def fill_in(page: Page, title: str, *, first_time: str) -> None:
    """Fill in an activity of 46 people."""
    page.get_by_label("School dialogue").check()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Date").fill((clock.now() - timedelta(days=3)).date().isoformat())
    page.locator("[name=people_women_under_18]").fill("40")
    page.locator("[name=people_men_under_18]").fill("6")
    page.get_by_label("First time").fill(first_time)
    page.get_by_label("Came before").fill("30")
    page.get_by_label("Not sure").fill("4")


def is_in_place(page: Page, has_script: bool) -> None:
    """Assert that no full page load took place, if the script runs."""
    if has_script:
        assert page.evaluate("window.isFirstPage === true")


def is_what_the_server_sends(page: Page) -> bool:
    """Whether the page that was updated in place has the same markup as a fresh response from its address."""
    return bool(
        page.evaluate(
            """async () => {
                const marks = root => root.querySelector("main").innerHTML
                    .replace(/ (data-htmx-powered|tabindex|value|class)="[^"]*"/g, "").replace(/\\s+/g, " ").trim();
                const text = await (await fetch(location.href)).text();
                return marks(document) === marks(new DOMParser().parseFromString(text, "text/html"));
            }"""
        )
    )


def answered_yes(page: Page) -> list[str]:
    """Accept every dialog of the browser from now on. Return the list of their types, which grows."""
    dialog_types = list[str]()

    def accept(dialog: Dialog) -> None:
        dialog_types.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    return dialog_types
