"""A person's messages, and the actions on them and on the chapter's home page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from harness.mail_sink import Mailbox
from harness.people import Person, World, post
from reminders.links.digest_mail import (
    MONDAY,
    DigestMail,
    first_item,
    membership_of,
    obligations_on,
    press,
    stored_counts,
    title_of,
)
from sqlalchemy import event, select, update

from tenants.action_kit.launch.obligations import CHECKLIST_ITEM
from tenants.action_kit.launch.services import finish_item
from tenants.chapters.models import Chapter
from tenants.db import db, new_id, opened
from tenants.mail.models import DeliveryState, Notification, Reason
from tenants.obligations.models import Obligation
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
LIST = "/c/recife/messages"
LATER = "Remind me in 3 days"
ACKNOWLEDGEMENT = "I know about it"


def digest_of(world: World, user: Person) -> Notification:
    """Return the latest digest of a person."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        statement = select(Notification).where(Notification.membership_id == membership_of(world, user.user_id))
        return session.scalars(statement.order_by(Notification.made_at.desc()).limit(1)).one()


def write_to_bob(world: World, **values: object) -> Notification:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        copy_row = Notification(
            chapter_id=world.recife.id,
            membership_id=membership_of(world, world.bob.user_id),
            local_day=MONDAY.date(),
            made_at=MONDAY,
            delivery_id=new_id(),
            **{"state": DeliveryState.SENT, "items": [], **values},
        )
        session.add(copy_row)
        return copy_row


def message_page(browser: FlaskClient, message: Notification) -> str:
    answer = browser.get(f"{LIST}/{message.id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def fields(due: Obligation) -> dict[str, str]:
    return {"kind": due.kind.code, "due_on": due.due_on.isoformat()}


def test_alice_reads_one_message_with_what_it_told_of(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    page = message_page(as_person(world.alice), digest_of(world, world.alice))
    assert "Reminder of 2 Mar 2026" in page
    assert "alice@people.example" in page
    assert "Sent" in page
    for due in obligations_on(world):
        if due.title and due.kind is CHECKLIST_ITEM:
            assert title_of(world, due) in page
    assert page.count("Done since then") == 0
    assert "12 days overdue" in page


def test_what_is_done_since_says_so_and_offers_nothing(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    item = first_item(world)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        finish_item(session, actor_id=world.alice.user_id, at=MONDAY, item_id=item.subject_id)
    page = message_page(as_person(world.alice), digest_of(world, world.alice))
    assert page.count("Done since then") == 1
    assert f"/duties/{item.subject_id}/" not in page
    assert f"/items/{item.subject_id}/" not in page


def test_a_message_says_why_it_was_not_sent(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    message = write_to_bob(world, state=DeliveryState.HELD, reason=Reason.CHAPTER_NOT_ACTIVE)
    page = message_page(as_person(world.bob), message)
    assert "On hold" in page
    assert "The chapter was not active at the time." in page


def test_bob_sees_what_was_sent_to_him_and_nothing_else(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    message = write_to_bob(world)
    bob = as_person(world.bob)
    for address in (LIST, f"{LIST}?to=all", f"{LIST}?to=me"):
        page = bob.get(address).get_data(as_text=True)
        assert str(message.id) in page
        assert "alice@people.example" not in page
    assert bob.get(f"{LIST}/{digest_of(world, world.alice).id}").status_code == 404
    assert LIST in bob.get("/c/recife/").get_data(as_text=True)


def test_alice_chooses_between_hers_and_everybodys(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    message, alice = write_to_bob(world), as_person(world.alice)
    full_list, own_list = (alice.get(address).get_data(as_text=True) for address in (LIST, f"{LIST}?to=me"))
    assert str(message.id) in full_list
    assert "Only to me" in full_list
    assert str(message.id) not in own_list
    assert "To everyone" in own_list
    page = message_page(alice, message)
    assert "bob@people.example" in page


def test_un_women_reads_no_messages_of_a_chapter(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    dana, message = as_person(world.dana), digest_of(world, world.alice)
    for address in (LIST, f"{LIST}?to=me", f"{LIST}/{message.id}"):
        assert dana.get(address).status_code == 404


def test_what_somebody_else_owns_is_only_opened(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    """A message to Bob is about an obligation that is Alice's by now: Bob can open it, and do nothing else."""
    item = first_item(world)
    stored_item = {"kind": item.kind.code, "subject_id": str(item.subject_id), "due_on": item.due_on.isoformat()}
    page = message_page(as_person(world.bob), write_to_bob(world, items=[stored_item]))
    assert title_of(world, item) in page
    assert "/duties/" not in page
    assert "/completion" not in page


def test_alice_puts_off_on_the_message_and_takes_it_back(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    alice, message = as_person(world.alice), digest_of(world, world.alice)
    due = next(due for due in obligations_on(world) if due.due_on == MONDAY.date())
    address = f"{LIST}/{message.id}"
    assert LATER in message_page(alice, message)
    form_fields = {**fields(due), "back": str(message.id)}
    answer = post(alice, f"/c/recife/duties/{due.subject_id}/postponement", form=address, **form_fields)
    assert answer.location == address
    page = message_page(alice, message)
    assert "You will be reminded of this again on 5 Mar 2026" in page
    assert "No reminder before 5 Mar." in page
    assert "Remind me again" in page
    assert stored_counts(world).pauses == 1
    post(alice, f"/c/recife/duties/{due.subject_id}/resumption", form=address, **form_fields)
    assert stored_counts(world).pauses == 0
    assert "You will get reminders about this again." in message_page(alice, message)


def test_alice_silences_on_her_home_what_is_very_late(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    alice, due = as_person(world.alice), first_item(world)
    home = alice.get("/c/recife/").get_data(as_text=True)
    assert home.count(f"/duties/{due.subject_id}/acknowledgement") == 1
    answer = post(
        alice, f"/c/recife/duties/{due.subject_id}/acknowledgement", form="/c/recife/", **fields(due), back="home"
    )
    assert answer.location == "/c/recife/"
    home = alice.get("/c/recife/").get_data(as_text=True)
    assert home.count(f"/duties/{due.subject_id}/acknowledgement") == 0
    assert home.count(f"/duties/{due.subject_id}/resumption") == 1
    assert "No more emails until it is done." in home


def test_bob_is_offered_nothing_and_can_ask_for_nothing_of_alices(
    digest: DigestMail, world: World, as_person: AsPerson
) -> None:
    bob, due, before = as_person(world.bob), first_item(world), stored_counts(world)
    assert "/duties/" not in bob.get("/c/recife/").get_data(as_text=True)
    for act in ("postponement", "acknowledgement", "resumption"):
        answer = post(bob, f"/c/recife/duties/{due.subject_id}/{act}", form="/c/recife/", **fields(due))
        assert answer.status_code == 404
    assert stored_counts(world) == before


def test_what_may_not_wait_is_refused_in_words_on_the_page(
    digest: DigestMail, world: World, as_person: AsPerson
) -> None:
    alice, late, before = as_person(world.alice), first_item(world), stored_counts(world)
    answer = post(
        alice, f"/c/recife/duties/{late.subject_id}/postponement", form="/c/recife/", **fields(late), back="home"
    )
    assert answer.status_code == 302
    assert "This cannot be postponed" in alice.get("/c/recife/").get_data(as_text=True)
    assert stored_counts(world) == before


@pytest.mark.parametrize(
    "changed", [{"kind": "nonsense"}, {"due_on": "someday"}, {"due_on": "2026-02-19"}, {"kind": "vacancy"}]
)
def test_a_form_about_nothing_is_not_found(
    digest: DigestMail, world: World, as_person: AsPerson, changed: dict[str, str]
) -> None:
    alice, due = as_person(world.alice), first_item(world)
    form_fields = {**fields(due), **changed}
    answer = post(alice, f"/c/recife/duties/{due.subject_id}/acknowledgement", form="/c/recife/", **form_fields)
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["/c/recife/", LIST, f"{LIST}?to=me", "message"])
def test_a_page_takes_twelve_statements_at_most(
    digest: DigestMail, world: World, as_person: AsPerson, client: FlaskClient, address: str
) -> None:
    press(client, digest.links(LATER)[0])
    alice, statements = as_person(world.alice), []
    if address == "message":
        address = f"{LIST}/{digest_of(world, world.alice).id}"
    alice.get(address)

    def note(_c: object, _cursor: object, statement: str, *_args: object) -> None:
        if not re.match(r"(begin|select use_chapter)", statement, re.IGNORECASE):
            statements.append(statement)

    with world.app.app_context():
        engines = [*db.engines.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        assert alice.get(address).status_code == 200
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    assert 4 < len(statements) <= 12, "\n\n".join(statements)


def test_a_message_of_a_sleeping_chapter_claims_nothing_was_done(
    digest: DigestMail, world: World, as_person: AsPerson, mailbox: Mailbox
) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(update(Chapter).where(Chapter.id == world.recife.id).values(state="dormant"))
    page = message_page(as_person(world.alice), digest_of(world, world.alice))
    assert "Done since then" not in page
    assert "No longer due" in page
