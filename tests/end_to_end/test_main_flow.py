"""The main flow from end to end, with real processes and a real browser.

A focal point logs an activity on a phone, and sends the report that is filled from it. UN Women approves the report,
sees the world figure change within three seconds, and opens its sources down to the activity. A quiet chapter gets one
mail. Members of other chapters see none of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from harness.browser.contexts import Contexts, sign_in
from harness.deliveries import start_working_day
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import Person, Place, World
from harness.processes import Product, eventually, running_product
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.db import opened
from tenants.scope import NobodyScope

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
WITHIN_SECONDS = 3.0


@pytest.fixture
def product(world: World, mailbox: Mailbox, tmp_path: Path) -> Iterator[Product]:
    """Web, worker and beat over the world of the test."""
    settings = point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with running_product(settings, tmp_path) as product:
        yield product


def test_what_alice_logs_on_a_phone_moves_the_world_once_dana_approves(
    world: World, product: Product, contexts: Contexts
) -> None:
    eventually(product.is_well, description="all four parts are well")
    desk = signed_in(contexts, product, world.dana, DESKTOP)
    phone = signed_in(contexts, product, world.alice, PHONE)

    log_dialogue(phone, product, world.recife, women=12, men=30)
    send_report(phone, product, world.recife)
    approve_report(desk, product, world.recife)
    seconds = eventually(
        lambda: world_figure(desk, product) == "42", description="the world counts 42", seconds=WITHIN_SECONDS
    )

    print(f"the world figure moved {seconds:.2f} s after the desk had its answer")  # noqa: T201
    open_down_to_the_entry(desk)
    expect(desk.locator("main")).to_contain_text("Roda de conversa")


def test_charlie_of_another_chapter_sees_nothing_of_it(world: World, product: Product, contexts: Contexts) -> None:
    phone = signed_in(contexts, product, world.alice, PHONE)
    log_dialogue(phone, product, world.recife, women=12, men=30)
    address_of_the_entry = phone.url

    stranger = signed_in(contexts, product, world.charlie, PHONE)

    for address in (address_of_the_entry, f"{product.address}/c/recife/", f"{product.address}/desk/"):
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 404
        assert "Roda" not in stranger.content()


def test_a_quiet_chapter_gets_one_mail(world: World, product: Product, mailbox: Mailbox) -> None:
    the_morning_has_come(world)

    eventually(lambda: len(mailbox.mails(world.charlie.email)) > 0, description="the mail to charlie")
    the_morning_has_come(world)
    eventually(lambda: digest_states(world) == ["sent", "sent"], description="the ledger says sent")

    (mail,) = mailbox.mails(world.charlie.email)
    words = mail.get_body(("plain",))
    assert words is not None
    assert "HeForShe Huye" in mail["Subject"] + words.get_content()
    assert "Recife" not in mail.as_string()


def signed_in(contexts: Contexts, product: Product, person: Person, viewport: dict[str, int]) -> Page:
    """Open a page in which `person` has signed in through the form."""
    page = contexts.open(product.address, viewport=viewport, locale="en-GB").new_page()
    sign_in(page, product.address, person.email, person.password)
    return page


def log_dialogue(page: Page, product: Product, place: Place, *, women: int, men: int) -> None:
    """Log a dialogue through the form. All its participants are first-timers."""
    page.goto(f"{product.address}/c/{place.slug}/activities/new")
    page.get_by_label("School dialogue").check(force=True)
    page.locator("input[name=title]").fill("Roda de conversa")
    page.locator("input[name=held_on]").fill((last_quarter().ends_on - timedelta(days=9)).isoformat())
    page.locator("input[name=people_women_25_59]").fill(str(women))
    page.locator("input[name=people_men_25_59]").fill(str(men))
    page.locator("input[name=first_time]").fill(str(women + men))
    page.get_by_role("button", name="Save activity").click()
    expect(page.locator("main")).to_contain_text("Saved")


def last_quarter() -> Period:
    """Return the previous quarter, whose report can be sent."""
    return Period.of(clock.now().date()).previous


def send_report(page: Page, product: Product, place: Place) -> None:
    """Begin the report of the quarter, check that it is filled in, and send it."""
    page.goto(f"{product.address}/c/{place.slug}/reports")
    page.locator(f"form:has(input[value='{last_quarter().code}']) button").click()
    expect(page.locator("main")).to_contain_text("42")
    page.get_by_role("button", name="Send to UN Women").click()
    expect(page.locator("main")).to_contain_text("Sent. Waiting for UN Women.")


def approve_report(page: Page, product: Product, place: Place) -> None:
    """Open the report from the list of approvals, and approve it."""
    page.goto(f"{product.address}/desk/approvals")
    page.get_by_role("link", name=place.name).click()
    page.locator("summary", has_text="Approve").click()
    page.get_by_role("button", name="Yes, approve").click()
    expect(page.locator("main")).to_contain_text("Approved and locked.")


def world_figure(page: Page, product: Product) -> str:
    """Return the participations on the desk's first page, or an empty text."""
    page.goto(f"{product.address}/desk/")
    value = page.locator(".fig", has_text="head counts").locator(".fig-value").first
    return value.inner_text().strip() if value.count() else ""


def open_down_to_the_entry(page: Page) -> None:
    """Follow "Where does this number come from?" from the world to the chapter's activities."""
    page.get_by_role("link", name="Where does this number come from? Participations").click()
    for place in ("Americas", "Brazil", "ElesPorElas Recife"):
        page.locator("main").get_by_role("link", name=place).first.click()


def the_morning_has_come(world: World) -> None:
    """Make it noon of a working day in both chapters, and make their clocks due."""
    with world.app.app_context():
        start_working_day(world.recife, world.huye)


def digest_states(world: World) -> list[str]:
    """Return the states of all digests in the ledger."""
    with world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        return list(session.scalars(text("select state from deliveries where kind = 'digest'")))
