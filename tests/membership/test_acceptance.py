"""Accept an invitation: its page, the account and the membership."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from harness.people import PASSWORD, onboard, person, post
from membership.invitations import GOOD, START, invitation_id, link_to, mails, names, send, state_of
from sqlalchemy import select

from tenants.db import new_id, opened
from tenants.membership.services import create_user, invite
from tenants.people.links import BadLink, read_invitation_token, sign_invitation
from tenants.people.models import Membership, User
from tenants.people.permissions import Role
from tenants.people.queries import find_user
from tenants.scope import ChapterScope, NobodyScope


def test_alice_invites_eve_who_joins_and_is_signed_in(world, as_person, client):
    assert send(as_person(world.alice)).status_code == 302
    assert len(mails(world)) == 1
    link = link_to(world)
    page = client.get(link).get_data(as_text=True)
    assert "Alice" in page
    assert "ElesPorElas Recife" in page
    assert "Coordinator" in page
    answer = post(client, link, name="Eve Silva", password=GOOD)
    assert answer.location == "/c/recife/"
    assert client.get("/c/recife/").status_code == 200
    assert names(world, world.recife)["Eve Silva"] == Role.COORDINATOR
    fresh = world.app.test_client()
    assert post(fresh, "/sign-in", email="eve@people.example", password=GOOD).status_code == 302


@pytest.mark.parametrize(("slug", "day"), [("recife", "16 Mar 2026"), ("huye", "17 Mar 2026")])
def test_the_last_day_of_an_invitation_is_that_of_the_chapter(world, as_person, client, slug, day):
    with time_machine.travel(START.replace(hour=23), tick=False):
        place, inviter = (world.recife, world.alice) if slug == "recife" else (world.huye, world.charlie)
        send(as_person(inviter), slug=slug)
        pages = client.get(link_to(world, place=place)).text, as_person(inviter).get(f"/c/{slug}/people").text
    for page in pages:
        assert re.search(rf"Valid until(</dt><dd>| ){day}", " ".join(page.split()))


def test_eve_who_has_said_nothing_reads_the_invitation_in_the_language_it_was_written_in(world, as_person):
    send(as_person(world.alice), language="ar")
    link, phone = link_to(world), {"Accept-Language": "en"}
    assert '<html lang="ar" dir="rtl">' in world.app.test_client().get(link, headers=phone).get_data(as_text=True)
    english_client = world.app.test_client()
    english_client.set_cookie("language", "en")
    assert '<html lang="en" dir="ltr">' in english_client.get(link, headers=phone).get_data(as_text=True)
    fresh = world.app.test_client()
    post(fresh, link, name="Eve Silva", password=GOOD)
    with world.app.app_context(), opened(NobodyScope()) as session:
        eve = find_user(session, "eve@people.example")
        assert eve is not None
        assert eve.language == "ar"


@pytest.mark.parametrize(
    ("inviter", "affiliation", "address"),
    [("alice", "Alice (Focal point)", "alice@people.example"), ("dana", "Dana (UN Women)", "dana@desk.example")],
)
def test_the_invitation_names_who_invites_as_what_for_whom_and_whom_to_ask(
    world, as_person, client, inviter, affiliation, address
):
    send(as_person(getattr(world, inviter)), role="finance")
    page = client.get(link_to(world)).get_data(as_text=True)
    assert f"{affiliation} invites you to join this chapter." in page
    assert "Keeps the funding of the chapter and approves expenses." in page
    assert f'<a href="mailto:{address}">' in page
    assert "eve@people.example" in page


def test_opening_the_link_changes_nothing(world, as_person, client):
    send(as_person(world.alice))
    link = link_to(world)
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert "Eve" not in names(world, world.recife)
    with world.app.app_context(), opened(NobodyScope()) as session:
        assert find_user(session, "eve@people.example") is None


def test_a_form_sent_twice_joins_once_and_says_so(world, as_person, client):
    send(as_person(world.alice))
    link = link_to(world)
    assert post(client, link, name="Eve", password=GOOD).status_code == 302
    answer = post(client, link, form="/me", name="Eve", password=GOOD)
    assert answer.status_code == 410
    assert "/c/recife/" in answer.get_data(as_text=True)
    stranger = world.app.test_client().get(link)
    assert stranger.status_code == 410
    assert "An invitation can be used once" in stranger.get_data(as_text=True)
    assert "recife" not in stranger.get_data(as_text=True).lower().replace(link.lower(), "")
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert len(session.scalars(select(Membership).where(Membership.name == "Eve")).all()) == 1


def test_a_forged_link_is_no_page_and_tells_nothing(world, as_person, client):
    send(as_person(world.alice))
    link = link_to(world)
    key = world.settings.secret_key.get_secret_value()
    unknown_invitation_token = sign_invitation(key, chapter_id=world.recife.id, invitation_id=new_id())
    unknown_chapter_token = sign_invitation(key, chapter_id=new_id(), invitation_id=invitation_id(world))
    huye_token = sign_invitation(key, chapter_id=world.huye.id, invitation_id=invitation_id(world))
    pages = set()
    for forged_link in (link[:-1], link + "x", "/invitation/x", "/invitation/" + "x" * 5000):
        answer = client.get(forged_link)
        assert answer.status_code == 404
    for token in (unknown_invitation_token, unknown_chapter_token, huye_token):
        answer = client.get(f"/invitation/{token}")
        assert answer.status_code == 404
        pages.add(answer.get_data(as_text=True).replace(token, ""))
    assert len({len(page) for page in pages}) == 1
    assert post(client, f"/invitation/{huye_token}", form="/sign-in", name="E", password=GOOD).status_code == 404


def test_links_are_the_same_at_every_call_and_read_back():
    ids = {"chapter_id": new_id(), "invitation_id": new_id()}
    token = sign_invitation("k" * 40, **ids)
    assert token == sign_invitation("k" * 40, **ids)
    assert read_invitation_token("k" * 40, token) == (ids["chapter_id"], ids["invitation_id"])
    with pytest.raises(BadLink):
        read_invitation_token("j" * 40, token)


def test_charlie_signs_in_first_and_then_belongs_to_two_chapters(world, as_person, client):
    send(as_person(world.alice), email="CHARLIE@people.example", name="Charlie", role="finance")
    link = link_to(world, world.charlie.email)
    page = client.get(link).get_data(as_text=True)
    assert "You already have an account with this email address. Sign in" in page
    assert 'name="password"' not in page
    answer = post(client, "/sign-in", email=world.charlie.email, password=PASSWORD, next=link)
    assert answer.location == link
    assert post(client, link).location == "/c/recife/"
    for slug in ("recife", "huye"):
        assert client.get(f"/c/{slug}/").status_code == 200
    account_page = client.get("/me").get_data(as_text=True)
    assert "ElesPorElas Recife" in account_page
    assert "HeForShe Huye" in account_page
    assert client.get("/c/recife/people/invitation").status_code == 404
    assert client.get("/c/huye/people/invitation").status_code == 200


def test_a_form_for_newcomers_does_not_make_charlie_a_second_account(world, as_person, client):
    send(as_person(world.alice), email=world.charlie.email, name="Charlie")
    link = link_to(world, world.charlie.email)
    answer = post(client, link, form="/sign-in", name="Charlie", password=GOOD)
    assert answer.status_code == 422
    assert "Charlie" not in names(world, world.recife)


def test_bob_is_told_that_eves_invitation_is_not_his(world, as_person):
    send(as_person(world.alice))
    link, bob = link_to(world), as_person(world.bob)
    page = bob.get(link).get_data(as_text=True)
    assert "for someone else" in page
    assert post(bob, link).status_code == 422
    assert "Eve" not in names(world, world.recife)
    out = post(bob, "/sign-out", form=link, next=link)
    assert out.location == link
    assert post(bob, link, name="Eve", password=GOOD).status_code == 302


def test_hostile_names_are_shown_harmlessly(world, as_person, client):
    hostile = "<img src=x onerror=alert(1)> {{7*7}} %(email)s"
    alice = as_person(world.alice)
    assert send(alice, name=hostile).status_code == 302
    link = link_to(world)
    for page in (alice.get("/c/recife/people"), client.get(link)):
        html = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "<img src=x" not in html
        assert "{{7*7}}" in html
    assert post(client, link, name=hostile, password=GOOD).status_code == 302
    for address in ("/c/recife/people", "/me"):
        html = client.get(address).get_data(as_text=True)
        assert "<img src=x" not in html


def test_a_poor_password_is_refused_and_the_invitation_lives_on(world, as_person, client):
    send(as_person(world.alice))
    link = link_to(world)
    poor = post(client, link, name="Eve Kept", password="password123")
    assert poor.status_code == 422
    assert "This password is too easy to guess" in poor.get_data(as_text=True)
    assert "Eve Kept" in poor.get_data(as_text=True)
    assert post(client, link, name="Eve Kept", password=GOOD).status_code == 302


def test_the_first_focal_point_to_accept_makes_a_signed_chapter_active(world, client):
    with world.app.app_context():
        place = onboard("olinda", "ElesPorElas Olinda", "BR", "America/Recife", ["pt"])
    dana = world.browser_of(world.dana)
    assert send(dana, slug="olinda", role="focal_point").status_code == 302
    assert state_of(world, place) == "signed"
    assert post(client, link_to(world, place=place), name="Eve", password=GOOD).location == "/c/olinda/"
    assert state_of(world, place) == "active"


def test_a_member_who_joins_does_not_make_it_active(world, client):
    with world.app.app_context():
        place = onboard("olinda", "ElesPorElas Olinda", "BR", "America/Recife", ["pt"])
        with opened(ChapterScope(place.id)) as session:
            invite(
                session,
                actor_id=None,
                at=START,
                email="eve@people.example",
                name="Eve",
                role=Role.MEMBER,
                language="en",
            )
    with time_machine.travel(START + timedelta(days=1)):
        assert post(client, link_to(world, place=place), name="Eve", password=GOOD).status_code == 302
    assert state_of(world, place) == "signed"


def test_an_account_without_a_password_can_be_given_one_and_then_join(world, as_person):
    with world.app.app_context(), opened(NobodyScope()) as session:
        create_user(session, email="eve@people.example", name="Eve", language="en", password=None, at=START)
    assert post(world.app.test_client(), "/sign-in", email="eve@people.example", password="").status_code == 422
    assert post(world.app.test_client(), "/sign-in", email="eve@people.example", password=GOOD).status_code == 422
    with world.app.app_context(), opened(NobodyScope()) as session:
        assert session.scalars(select(User.password).where(User.email == "eve@people.example")).one() is None
        assert person("Frida").user_id
