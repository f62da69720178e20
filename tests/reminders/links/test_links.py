"""A link of a digest acts once, for its recipient, and only while the recipient is responsible for the obligation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from harness.people import Person, World, join, part, person
from reminders.links.digest_mail import (
    MONDAY,
    DigestMail,
    actions,
    first_item,
    link,
    membership_of,
    obligations_on,
    press,
    stored_counts,
    title_of,
    token_of,
)
from sqlalchemy import update
from time_machine import travel

from solidarity.i18n.locale import format_day
from tenants import clock
from tenants.action_kit.focal_point.obligations import CONFIRM_FOCAL_POINT
from tenants.action_kit.focal_point.queries import primary_on
from tenants.action_kit.focal_point.services import Choice, hand_over
from tenants.action_kit.launch.services import finish_item
from tenants.chapters.models import Chapter
from tenants.db import new_id, opened
from tenants.errors import Refused
from tenants.mail.models import DeliveryState, Notification
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.reminders.links import LinkAction
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]


def test_alice_says_done_in_her_mail_without_signing_in(digest: DigestMail, world: World, client: FlaskClient) -> None:
    item, before = first_item(world), stored_counts(world)
    path = digest.links("Mark as done")[0]
    page = client.get(path)
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert title_of(world, item) in html
    assert "The chapter will see that you confirmed it." in html
    assert html.count("<button") - html.count("/language/") <= 2
    assert stored_counts(world) == before, "looking changed something"
    answer = press(client, path)
    assert (answer.status_code, answer.location) == (302, page.request.path)
    html_after = client.get(path).get_data(as_text=True)
    assert "Done. Thank you." in html_after
    assert "<h1>You marked this as done</h1>" in html_after
    assert stored_counts(world).items_done == before.items_done + 1
    assert item not in obligations_on(world)
    assert actions(world)[-2:] == [
        ("launch.item_done", world.alice.user_id),
        ("mail.link_used", world.alice.user_id),
    ]


def test_alice_who_is_signed_in_presses_the_same(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    before = stored_counts(world)
    assert press(as_person(world.alice), digest.links("Mark as done")[0]).status_code == 302
    assert stored_counts(world).items_done == before.items_done + 1


def test_a_scanner_that_opens_every_link_changes_nothing(digest: DigestMail, world: World, client: FlaskClient) -> None:
    before = stored_counts(world)
    paths = [
        path for words in ("Mark as done", "Remind me in 3 days", "I know about it") for path in digest.links(words)
    ]
    assert len(paths) >= 6
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.open(path, method=method).status_code == 200
    assert stored_counts(world) == before


def test_a_press_from_elsewhere_without_a_token_is_refused(
    digest: DigestMail, world: World, client: FlaskClient
) -> None:
    before = stored_counts(world)
    assert client.post(digest.links("Mark as done")[0]).status_code == 400
    assert stored_counts(world) == before


def test_a_second_press_is_told_and_changes_nothing(digest: DigestMail, world: World, client: FlaskClient) -> None:
    path = digest.links("Mark as done")[0]
    press(client, path)
    after = stored_counts(world)
    answer = press(client, path)
    assert answer.status_code == 200
    assert "Opening the link again changes nothing." in answer.get_data(as_text=True)
    assert stored_counts(world) == after


def test_a_postponed_task_says_until_when(digest: DigestMail, world: World, client: FlaskClient) -> None:
    path = digest.links("Remind me in 3 days")[0]
    press(client, path)
    until_on = clock.local_day(clock.now(), "America/Recife") + timedelta(days=3)
    with world.app.test_request_context("/"):
        day = format_day(until_on, "BR")
    assert f"<h1>You will be reminded on {day}</h1>" in client.get(path).get_data(as_text=True)


def test_presses_at_the_same_moment_act_once(digest: DigestMail, world: World) -> None:
    path, before, ready = digest.links("Mark as done")[0], stored_counts(world), threading.Barrier(4)
    answers: list[int] = []

    def push() -> None:
        client = world.app.test_client()
        token = token_of(client)
        ready.wait()
        answers.append(client.post(path, data={"csrf_token": token}).status_code)

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 302}
    after = stored_counts(world)
    assert (after.items_done, after.uses) == (before.items_done + 1, before.uses + 1)
    assert after.entries == before.entries + 2


def test_what_somebody_else_did_meanwhile_is_not_done_twice(
    digest: DigestMail, world: World, client: FlaskClient
) -> None:
    item = first_item(world)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        finish_item(session, actor_id=world.alice.user_id, at=MONDAY, item_id=item.subject_id)
    before = stored_counts(world)
    answer = press(client, digest.links("Mark as done")[0])
    assert answer.status_code == 410
    assert "This is already done, or it changed" in answer.get_data(as_text=True)
    assert stored_counts(world) == before


def test_a_link_is_too_old_after_two_weeks(digest: DigestMail, world: World, client: FlaskClient) -> None:
    path, before = digest.links("Mark as done")[0], stored_counts(world)
    with travel(MONDAY + timedelta(days=14), tick=True):
        assert client.get(path).status_code == 200
    with travel(MONDAY + timedelta(days=15), tick=True):
        page = client.get(path)
        assert page.status_code == 410
        assert "This link has expired" in page.get_data(as_text=True)
        assert press(client, path).status_code == 410
    assert stored_counts(world) == before


def test_a_link_somebody_changed_is_none_of_ours(digest: DigestMail, world: World, client: FlaskClient) -> None:
    path, before, token = digest.links("Mark as done")[0], stored_counts(world), token_of(client)
    start = len("/reply/")
    for place in (*range(start, len(path), 9), len(path) - 3):
        character = "B" if path[place] != "B" else "C"
        forged_path = path[:place] + character + path[place + 1 :]
        assert client.get(forged_path).status_code == 404, place
        assert client.post(forged_path, data={"csrf_token": token}).status_code == 404, place
    for nonsense in ("x", "." * 30, "a" * 500, path[start:] + "A", path[start:-1]):
        assert client.get(f"/reply/{nonsense}").status_code == 404
    assert stored_counts(world) == before


def test_a_link_of_one_chapter_does_nothing_in_another(digest: DigestMail, world: World, client: FlaskClient) -> None:
    item, before = first_item(world), stored_counts(world)
    foreign_chapter_path = link(world, item, LinkAction.DONE, chapter_id=world.huye.id)  # Recife's mail, in Huye
    unknown = link(world, item, LinkAction.DONE, delivery_id=new_id())
    for path in (foreign_chapter_path, unknown):
        assert client.get(path).status_code == 404
        assert press(client, path).status_code == 404
    foreign_subject_path = link(world, item, LinkAction.DONE, subject_id=world.huye.id)
    assert press(client, foreign_subject_path).status_code == 410
    assert stored_counts(world) == before


def test_bob_cannot_use_what_was_sent_to_alice(digest: DigestMail, world: World, as_person: AsPerson) -> None:
    before, path = stored_counts(world), digest.links("Mark as done")[0]
    browser = as_person(world.bob)
    page = browser.get(path)
    assert page.status_code == 403
    html = page.get_data(as_text=True)
    assert "sent to someone else" in html
    assert title_of(world, first_item(world)) not in html
    assert press(browser, path).status_code == 403
    assert stored_counts(world) == before


def test_what_was_sent_to_bob_does_nothing_of_alices(digest: DigestMail, world: World, client: FlaskClient) -> None:
    before = stored_counts(world)
    delivery_id = new_id()
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.add(
            Notification(
                chapter_id=world.recife.id,
                membership_id=membership_of(world, world.bob.user_id),
                local_day=date(2026, 3, 2),
                items=[],
                state=DeliveryState.SENT,
                made_at=MONDAY,
                delivery_id=delivery_id,
            )
        )
    path = link(world, first_item(world), LinkAction.DONE, delivery_id=delivery_id)
    answer = press(client, path)
    assert answer.status_code == 403
    assert "This is no longer assigned to you" in answer.get_data(as_text=True)
    assert stored_counts(world) == before


def test_after_a_handover_the_old_link_is_refused(digest: DigestMail, world: World, client: FlaskClient) -> None:
    with world.app.app_context():
        second = person("Second")
        join(world.recife, second, Role.MEMBER)
        with opened(ChapterScope(world.recife.id, actor_id=world.alice.user_id)) as session:
            term = primary_on(session, MONDAY.date())
            assert term
            hand_over(
                session,
                actor_id=world.alice.user_id,
                at=MONDAY,
                term_id=term.id,
                choice=Choice(membership_of(world, second.user_id)),
                stays_as=Role.MEMBER,
            )
    before = stored_counts(world)
    answer = press(client, digest.links("Mark as done")[0])
    assert answer.status_code == 403
    assert "Someone else is responsible for this now" in answer.get_data(as_text=True)
    assert stored_counts(world) == before


def test_who_stays_as_a_deputy_may_still_say_done(digest: DigestMail, world: World, client: FlaskClient) -> None:
    with world.app.app_context():
        second = person("Second")
        join(world.recife, second, Role.MEMBER)
        with opened(ChapterScope(world.recife.id, actor_id=world.alice.user_id)) as session:
            term = primary_on(session, MONDAY.date())
            assert term
            taker = Choice(membership_of(world, second.user_id))
            hand_over(
                session,
                actor_id=world.alice.user_id,
                at=MONDAY,
                term_id=term.id,
                choice=taker,
                stays_as=Role.DEPUTY,
            )
    before = stored_counts(world)
    assert press(client, digest.links("Mark as done")[0]).status_code == 302
    assert stored_counts(world).items_done == before.items_done + 1


def test_who_has_left_is_told_so_and_reads_nothing(digest: DigestMail, world: World, client: FlaskClient) -> None:
    item = first_item(world)
    with world.app.app_context():
        part(world.recife, world.alice, MONDAY)
    before = stored_counts(world)
    answer = press(client, digest.links("Mark as done")[0])
    assert answer.status_code == 403
    html = answer.get_data(as_text=True)
    assert "You have left this chapter" in html
    assert title_of(world, item) not in html
    assert stored_counts(world) == before


def test_a_role_that_no_longer_lets_her_is_refused(digest: DigestMail, world: World, client: FlaskClient) -> None:
    """Alice is still the focal point, but an M&E officer may not finish a checklist."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(
            update(Membership).where(Membership.user_id == world.alice.user_id).values(role=Role.ME_OFFICER)
        )
    before = stored_counts(world)
    assert press(client, digest.links("Mark as done")[0]).status_code == 403
    assert stored_counts(world) == before


def test_nothing_is_done_in_a_chapter_that_is_no_longer_active(
    digest: DigestMail, world: World, client: FlaskClient
) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(update(Chapter).where(Chapter.id == world.recife.id).values(state="dormant"))
    before = stored_counts(world)
    assert press(client, digest.links("Mark as done")[0]).status_code == 410
    assert stored_counts(world) == before


@pytest.mark.parametrize("action", [LinkAction.LATER, LinkAction.KNOWN])
def test_a_link_never_silences_what_may_not_wait(
    digest: DigestMail, world: World, client: FlaskClient, action: LinkAction
) -> None:
    """Even with a valid signature, an overdue obligation is not put off, and one that is due today is not silenced."""
    before, today = stored_counts(world), MONDAY.date()
    conditions = {LinkAction.LATER: lambda due: due.due_on < today, LinkAction.KNOWN: lambda due: due.due_on >= today}
    due = next(due for due in obligations_on(world) if conditions[action](due))
    answer = press(client, link(world, due, action))
    assert answer.status_code == 410
    assert stored_counts(world) == before


def test_a_confirmation_is_pressed_in_its_own_words(digest: DigestMail, world: World, client: FlaskClient) -> None:
    day = MONDAY + timedelta(days=182)
    confirm = next(due for due in obligations_on(world, day) if due.kind is CONFIRM_FOCAL_POINT)
    with travel(day, tick=True):
        path = link(world, confirm, LinkAction.DONE, works_until=day.date())
        assert "Confirm focal point" in client.get(path).get_data(as_text=True)
        assert press(client, path).status_code == 302
    assert confirm not in obligations_on(world, day)
    assert ("term.confirmed", world.alice.user_id) in actions(world)


def test_what_the_page_would_refuse_is_refused_here_and_nothing_is_kept(
    digest: DigestMail, world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Refused({"item": "This is waiting for “The venue”. Complete that first."})

    path, before = digest.links("Mark as done")[0], stored_counts(world)
    with monkeypatch.context() as patched:
        patched.setattr("tenants.action_kit.launch.obligations.finish_item", refuse)
        answer = press(client, path)
    assert answer.status_code == 409
    assert "Complete that first." in answer.get_data(as_text=True)
    assert stored_counts(world) == before
    assert press(client, path).status_code == 302, "the link was spent on nothing"
