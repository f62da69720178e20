"""Send, resend and withdraw invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from harness.people import post
from membership.invitations import GOOD, START, invitation_id, link_to, mails, send
from sqlalchemy import select

from tenants import clock
from tenants.audit import AuditEntry
from tenants.db import opened
from tenants.membership import limits
from tenants.scope import ChapterScope


def test_bob_the_member_and_charlie_of_elsewhere_cannot_invite(world, as_person):
    for member in (world.bob, world.charlie):
        browser = as_person(member)
        assert browser.get("/c/recife/people/invitation").status_code == 404
        assert (
            post(browser, "/c/recife/people/invitation", form="/me", name="E", email="e@x.example").status_code == 404
        )
    assert mails(world) == []


def test_dana_of_the_desk_invites_and_the_chapter_can_read_that_it_was_the_desk(world, as_person):
    assert send(as_person(world.dana), role="focal_point").status_code == 302
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "person.invited").order_by(AuditEntry.at.desc()).limit(1)
        ).one()
    assert entry.is_desk
    assert entry.actor_id == world.dana.user_id
    assert "eve" not in str(entry.details)


def test_an_expired_link_says_so_and_sending_again_revives_it(world, client):
    with time_machine.travel(START, tick=False) as person_abroad:
        send(world.browser_of(world.alice))
        link = link_to(world)
        person_abroad.shift(timedelta(days=14))
        answer = client.get(link)
        assert answer.status_code == 410
        assert "has expired" in answer.get_data(as_text=True)
        assert "Recife" not in answer.get_data(as_text=True)
        assert post(client, link, form="/sign-in", name="Eve", password=GOOD).status_code == 410
        dispatch_address = f"/c/recife/people/invitations/{invitation_id(world)}/dispatch"
        assert post(world.browser_of(world.alice), dispatch_address, form="/c/recife/people").status_code == 302
        assert len(mails(world)) == 2
        assert post(client, link, name="Eve", password=GOOD).status_code == 302


def test_a_withdrawn_invitation_says_so_and_cannot_be_sent_again(world, as_person, client):
    alice = as_person(world.alice)
    send(alice)
    link, pending_id = link_to(world), invitation_id(world)
    assert (
        post(alice, f"/c/recife/people/invitations/{pending_id}/withdrawal", form="/c/recife/people").status_code == 302
    )
    answer = client.get(link)
    assert answer.status_code == 410
    assert "withdrawn" in answer.get_data(as_text=True)
    assert post(client, link, form="/sign-in", name="Eve", password=GOOD).status_code == 410
    post(alice, f"/c/recife/people/invitations/{pending_id}/dispatch", form="/c/recife/people")
    assert "was withdrawn" in alice.get("/c/recife/people").get_data(as_text=True)
    assert len(mails(world)) == 1
    assert send(alice).status_code == 302


def test_a_stranger_gets_at_most_three_invitations_in_a_day(world):
    with time_machine.travel(START, tick=False) as now:
        alice = world.browser_of(world.alice)
        send(alice)
        address = f"/c/recife/people/invitations/{invitation_id(world)}/{{}}"
        for _ in range(3):
            post(alice, address.format("dispatch"), form="/c/recife/people")
        assert len(mails(world)) == 3
        assert "3 invitations were sent to this address" in alice.get("/c/recife/people").get_data(as_text=True)
        post(alice, address.format("withdrawal"), form="/c/recife/people")
        again = send(alice)
        assert again.status_code == 422
        assert "3 invitations were sent to this address" in again.get_data(as_text=True)
        now.shift(timedelta(hours=25))
        assert send(world.browser_of(world.alice)).status_code == 302


def test_a_chapter_sends_so_many_invitations_in_a_day_and_no_more(world, as_person, monkeypatch):
    monkeypatch.setattr(limits, "MOST_OF_CHAPTER", 2)
    alice = as_person(world.alice)
    assert [send(alice, email=f"guest{number}@people.example").status_code for number in range(3)] == [302, 302, 422]


@pytest.mark.parametrize("name", ["Win at pills.example", "www.win", "https://win", "Eve <eve@win.example>"])
def test_a_name_that_a_mail_program_would_make_a_link_of_is_refused(world, as_person, name):
    refused = send(as_person(world.alice), name=name)
    assert refused.status_code == 422
    assert "without an address or a link" in refused.get_data(as_text=True)


@pytest.mark.parametrize("name", ["Dr.Smith", "J.R. Silva", "María-José O’Neill", "St. John", "رنا الخطيب"])
def test_names_with_dots_are_names(world, as_person, name):
    assert send(as_person(world.alice), name=name).status_code == 302


def test_nobody_is_invited_twice(world, as_person):
    alice = as_person(world.alice)
    assert send(alice, email=world.bob.email).status_code == 422
    assert send(alice).status_code == 302
    answer = send(alice, email=" Eve@People.example ")
    assert answer.status_code == 422
    assert "There is already an open invitation to this address" in answer.get_data(as_text=True)
    assert len(mails(world)) == 1


def test_an_expired_invitation_gives_way_to_a_new_one(world, client):
    with time_machine.travel(START, tick=False) as person_abroad:
        send(world.browser_of(world.alice))
        old = link_to(world)
        person_abroad.shift(timedelta(days=15))
        assert send(world.browser_of(world.alice)).status_code == 302
        new = link_to(world)
        assert new != old
        assert client.get(old).status_code == 410
        assert post(client, new, name="Eve", password=GOOD).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "not an address", "name@example.org"),
        ("email", "a" * 100_000 + "@people.example", "too long"),
        ("email", "eve@people.example\r\nBcc: all@people.example", "name@example.org"),
        ("email", "", "Enter your email address"),
        ("name", "E" * 100_000, "at most"),
        ("name", "\u200b\u2067", "hidden character: U+200B ZERO WIDTH SPACE"),
        ("name", "\u3164", "hidden character: U+3164 HANGUL FILLER"),
        ("role", "queen", "choice"),
        ("language", "tlh", "choice"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_the_rest_is_kept(world, as_person, field, value, words):
    answer = send(as_person(world.alice), **{"email": "kept@people.example", "name": "Kept Name", field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert ("kept@people.example" if field != "email" else "Kept Name") in page
    assert mails(world) == []


def test_forms_without_their_token_are_refused(world, as_person, client):
    alice = as_person(world.alice)
    send(alice)
    pending_id = invitation_id(world)
    for browser, address in (
        (client, link_to(world)),
        (alice, "/c/recife/people/invitation"),
        (alice, f"/c/recife/people/invitations/{pending_id}/dispatch"),
        (alice, f"/c/recife/people/invitations/{pending_id}/withdrawal"),
    ):
        assert browser.post(address, data={"name": "Eve", "password": GOOD}).status_code == 400


def test_charlie_cannot_touch_recifes_invitations_through_his_own_chapter(world, as_person, client):
    send(as_person(world.alice))
    pending_id, charlie = invitation_id(world), as_person(world.charlie)
    for act in ("dispatch", "withdrawal"):
        for slug in ("recife", "huye"):
            post(charlie, f"/c/{slug}/people/invitations/{pending_id}/{act}", form="/c/huye/people")
    assert len(mails(world)) == 1
    assert client.get(link_to(world)).status_code == 200


def test_the_form_says_that_another_focal_point_does_not_replace_the_present_one(world, as_person):
    sentence = "is the focal point. Another focal point you invite stands in for them, like a deputy."
    assert f"Alice {sentence}" in as_person(world.alice).get("/c/recife/people/invitation").text
    with time_machine.travel(clock.now() + timedelta(days=1_200)):  # the term of two years is over
        assert sentence not in as_person(world.alice).get("/c/recife/people/invitation").text
