"""The page of a link, its responses, a message and the mail itself in a real browser, in both scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.browser.contexts import Contexts
from harness.browser.keyboard import Keyboard
from harness.browser.page_checks import PageChecker
from harness.mail_sink import Mailbox
from harness.people import World
from playwright.sync_api import expect
from reminders.links.digest_mail import MONDAY, DigestMail, first_item, link, morning, obligations_on, press
from reminders.links.test_messages import digest_of
from sqlalchemy import update

from solidarity.i18n import catalogues
from tenants.db import opened
from tenants.mail.delivery import MailSender
from tenants.people.models import Membership
from tenants.reminders.links import LinkAction
from tenants.scope import ChapterScope

# Rules of a mail: tables for layout only, links with text, no image, nothing wider than the window.
FAULTS = """() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    titles: document.querySelectorAll("h1").length !== 1,
    tables: document.querySelectorAll("table:not([role=presentation])").length,
    nameless: [...document.querySelectorAll("a")].filter(a => !a.textContent.trim()).length,
    loads: document.querySelectorAll("img, script, link, iframe").length,
    small: [...document.querySelectorAll(".acts a")].filter(a => a.getBoundingClientRect().height < 16).length,
})"""


@pytest.fixture
def checkers(world: World, contexts: Contexts, address: str, language: str) -> tuple[PageChecker, PageChecker]:
    """A window without a signed-in person, and one of Alice."""
    visitor, alice = (
        PageChecker.open(contexts, address, world=world, person=person, language=language)
        for person in (None, world.alice)
    )
    return visitor, alice


@pytest.mark.parametrize("language", catalogues.languages())
def test_link_and_message_hold_their_form(
    digest: DigestMail, world: World, checkers: tuple[PageChecker, PageChecker]
) -> None:
    visitor, alice = checkers
    today = next(due for due in obligations_on(world) if due.due_on == MONDAY.date())
    done_path, later = link(world, first_item(world), LinkAction.DONE), link(world, today, LinkAction.LATER)
    faults = visitor.visit(done_path) + visitor.visit(later)
    press(world.app.test_client(), done_path)
    press(world.app.test_client(), later)
    faults += visitor.visit(done_path)
    too_late, forged_path = link(world, first_item(world), LinkAction.LATER), done_path[:-3] + "AAA"
    faults += visitor.visit(too_late, status=410) + visitor.visit(forged_path, status=404)
    faults += alice.visit(f"/c/recife/messages/{digest_of(world, world.alice).id}")
    faults += alice.visit("/c/recife/messages?to=me") + alice.visit("/c/recife/")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["en"])
def test_alice_says_not_now_by_keyboard(
    digest: DigestMail, world: World, checkers: tuple[PageChecker, PageChecker]
) -> None:
    page = checkers[1].page
    page.goto(f"/c/recife/messages/{digest_of(world, world.alice).id}")
    button_count = page.get_by_role("button", name="Not now").count()
    keys = Keyboard(page)
    keys.tab_to("Not now")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Not now")).to_have_count(button_count - 1)


@pytest.mark.parametrize("language", catalogues.languages())
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "light"), (390, "dark")])
def test_the_mail_holds_its_form(
    world: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    contexts: Contexts,
    language: str,
    width: int,
    scheme: str,
    tmp_path: Path,
) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        statement = update(Membership).where(Membership.user_id == world.alice.user_id)
        session.execute(statement.values(language=language))
    digest = morning(world, mail_sender, mailbox, MONDAY)
    file = tmp_path / "mail.html"
    file.write_text(digest.html, encoding="utf-8")
    page = contexts.open(file.as_uri(), viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    page.goto(file.as_uri())
    assert not {fault: count for fault, count in page.evaluate(FAULTS).items() if count and count > 0}
