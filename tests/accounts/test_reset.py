"""Reset a password by mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import time_machine
from harness.deliveries import letters
from harness.people import PASSWORD, World, post
from sqlalchemy import update

from tenants.db import opened
from tenants.people.models import User
from tenants.scope import NobodyScope

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NEW = "three green umbrellas"


def ask_for_link(world: World, email: str) -> str:
    assert post(world.app.test_client(), "/forgot", email=email).status_code == 302
    return urlsplit(letters(world)[-1].link).path


def test_alice_resets_her_password_and_every_browser_is_signed_out(world, as_person, client):
    browser = as_person(world.alice)
    path = ask_for_link(world, world.alice.email)
    assert client.get(path).status_code == 200
    assert post(client, path, password=NEW).status_code == 302
    assert browser.get("/me").status_code == 302
    assert post(client, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 422
    assert post(client, "/sign-in", email=world.alice.email, password=NEW).status_code == 302
    assert (letters(world)[-1].letter, letters(world)[-1].email) == ("password_changed", world.alice.email)


def test_the_letter_goes_to_her_in_her_language_and_leads_to_our_own_address(world):
    ask_for_link(world, " ALICE@people.example")
    letter = letters(world)[-1]
    assert (letter.email, letter.name, letter.language) == (world.alice.email, "Alice", "en")
    assert letter.link.startswith(world.settings.base_url + "/reset/")


def test_the_link_leads_to_a_page_in_her_language_and_so_does_an_error_while_she_is_signed_in(world, as_person, client):
    browser = as_person(world.alice)
    post(browser, "/me/language", form="/me", language="ar")
    english = {"Accept-Language": "en"}
    assert '<html lang="ar"' in client.get(ask_for_link(world, world.alice.email), headers=english).get_data(
        as_text=True
    )
    assert '<html lang="ar"' in browser.get("/c/huye/", headers=english).get_data(as_text=True), "not hers: 404"
    assert '<html lang="en"' in client.get("/nowhere", headers=english).get_data(as_text=True)


def test_an_unknown_address_gets_the_same_answer_and_no_letter(world, client):
    unknown = post(client, "/forgot", email="nobody@people.example")
    assert letters(world) == []
    known_answer = post(world.app.test_client(), "/forgot", email=world.alice.email)
    assert (
        (unknown.status_code, unknown.location)
        == (known_answer.status_code, known_answer.location)
        == (302, "/sign-in")
    )
    assert "you will receive an email with a link" in client.get("/sign-in").get_data(as_text=True)
    assert len(letters(world)) == 1


def test_the_link_expires_after_three_hours(world, client):
    with time_machine.travel(START, tick=False) as person_abroad:
        path = ask_for_link(world, world.alice.email)
        person_abroad.shift(timedelta(hours=2, minutes=59))
        assert client.get(path).status_code == 200
        person_abroad.shift(timedelta(minutes=2))
        answer = client.get(path)
        assert answer.status_code == 410
        assert "no longer works" in answer.get_data(as_text=True)
        assert world.alice.email not in answer.get_data(as_text=True)
        assert post(client, path, form="/forgot", password=NEW).status_code == 410


def test_the_link_works_once_and_kills_its_sisters(world, client):
    first, second = ask_for_link(world, world.alice.email), ask_for_link(world, world.alice.email)
    assert post(client, first, password=NEW).status_code == 302
    for path in (first, second):
        assert client.get(path).status_code == 410
        assert post(client, path, form="/forgot", password="another one of these").status_code == 410
    assert post(client, "/sign-in", email=world.alice.email, password=NEW).status_code == 302


def test_opening_the_link_changes_nothing(world, client):
    path = ask_for_link(world, world.alice.email)
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert post(client, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 302


def test_a_forged_link_is_refused_like_an_old_one(world, client):
    path = ask_for_link(world, world.alice.email)
    for forged_path in (path[:-2], path + "x", "/reset/abc", "/reset/" + "A" * 4000, path.replace(".", "", 1)):
        assert client.get(forged_path).status_code == 410


def test_a_poor_password_is_refused_at_the_field_and_the_link_lives_on(world, client):
    path = ask_for_link(world, world.alice.email)
    for poor, words in (
        ("short", "at least 10"),
        ("password123", "too easy to guess"),
        ("alice in recife", "Do not use your name"),
    ):
        answer = post(client, path, password=poor)
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)
    assert post(client, path, password=NEW).status_code == 302


def test_a_person_made_inactive_gets_no_letter_and_her_link_dies(world, client):
    path = ask_for_link(world, world.bob.email)
    with world.app.app_context(), opened(NobodyScope()) as session:
        session.execute(update(User).where(User.id == world.bob.user_id).values(active=False))
    assert client.get(path).status_code == 410
    assert post(client, "/forgot", email=world.bob.email).status_code == 302
    assert len(letters(world)) == 1


def test_a_reset_lifts_the_brake(world, client):
    with time_machine.travel(START, tick=False):
        for _ in range(5):
            post(world.app.test_client(), "/sign-in", email=world.alice.email, password="a wrong guess")
        assert post(client, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 429
        path = ask_for_link(world, world.alice.email)
        assert post(client, path, password=NEW).status_code == 302
        assert post(client, "/sign-in", email=world.alice.email, password=NEW).status_code == 302


def test_asking_again_and_again_is_braked(world, client):
    with time_machine.travel(START, tick=False):
        answers = [post(client, "/forgot", email=world.alice.email).status_code for _ in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert len(letters(world)) == 5


def test_a_reset_form_without_its_token_is_refused(world, client):
    assert client.post(ask_for_link(world, world.alice.email), data={"password": NEW}).status_code == 400
