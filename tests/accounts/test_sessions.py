"""Sessions: their lifetime, and how a person lists and ends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import time_machine
from flask.testing import FlaskClient
from harness.people import PASSWORD, Person, World, post
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from tenants.db import db, opened
from tenants.people.models import User, UserSession
from tenants.people.queries import present_membership
from tenants.scope import ChapterScope, NobodyScope

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:138.0) Gecko/138.0 Firefox/138.0"


def rows_of(world: World, person: Person) -> Sequence[UserSession]:
    with world.app.app_context(), opened(NobodyScope()) as session:
        return session.scalars(
            select(UserSession).where(UserSession.user_id == person.user_id).order_by(UserSession.created_at)
        ).all()


def sign_in_as(client: FlaskClient, person: Person, *, agent: str) -> TestResponse:
    client.environ_base["HTTP_USER_AGENT"] = agent
    return post(client, "/sign-in", email=person.email, password=PASSWORD)


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/me").status_code == 200


def test_alice_stays_signed_in_for_a_week_unused_and_a_month_at_most(world):
    with time_machine.travel(START, tick=False) as person_abroad:
        idle, busy = world.browser_of(world.alice), world.browser_of(world.alice)
        for _ in range(29):
            person_abroad.shift(timedelta(days=1))
            assert is_in(busy)
        person_abroad.move_to(START + timedelta(days=30, seconds=1))
        assert not is_in(busy)
        assert not is_in(idle)


def test_alices_unused_session_ends_after_a_week(world):
    with time_machine.travel(START, tick=False) as person_abroad:
        browser, idle_browser = world.browser_of(world.alice), world.browser_of(world.alice)
        person_abroad.shift(timedelta(days=6, hours=23))
        assert is_in(browser)
        person_abroad.shift(timedelta(hours=1))
        assert not is_in(idle_browser)
        assert is_in(browser)


def test_dana_of_the_desk_is_signed_out_after_an_hour_unused_and_twelve_at_most(world):
    with time_machine.travel(START, tick=False) as person_abroad:
        idle_browser, busy_browser = world.browser_of(world.dana), world.browser_of(world.dana)
        for _ in range(23):
            person_abroad.shift(timedelta(minutes=31))
            assert is_in(busy_browser)
        assert not is_in(idle_browser)
        person_abroad.shift(timedelta(minutes=31))
        assert not is_in(busy_browser)


def test_last_use_is_written_once_a_minute_at_most(world):
    with time_machine.travel(START, tick=False) as person_abroad:
        browser = world.browser_of(world.alice)
        person_abroad.shift(timedelta(seconds=59))
        browser.get("/me")
        assert rows_of(world, world.alice)[0].last_seen_at == START
        person_abroad.shift(timedelta(seconds=1))
        browser.get("/me")
        assert rows_of(world, world.alice)[0].last_seen_at == START + timedelta(seconds=60)


def test_the_row_holds_no_token(world, as_person):
    browser = as_person(world.alice)
    row = rows_of(world, world.alice)[0]
    assert len(row.token_hash) == 32
    assert row.token_hash.hex() not in browser.get_cookie("session").value


def test_looking_somebody_up_takes_four_statements(world, as_person):
    browser = as_person(world.alice)
    statements = []
    with world.app.app_context():
        engine = db.engines["web"]
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    browser.get("/language/en")
    assert statements == []
    browser.get("/sign-in")
    assert len(statements) == 4, statements


def test_alice_sees_her_browsers_and_ends_one(world, client):
    answer = sign_in_as(client, world.alice, agent=FIREFOX)
    assert answer.status_code == 302
    browser = world.browser_of(world.alice)
    page = browser.get("/me").get_data(as_text=True)
    assert "Firefox, Android" in page
    phone = next(row for row in rows_of(world, world.alice) if row.agent == FIREFOX)
    assert post(browser, f"/me/sessions/{phone.id}/end", form="/me").status_code == 302
    assert not is_in(client)
    assert is_in(browser)
    assert post(browser, f"/me/sessions/{phone.id}/end", form="/me").status_code == 404


def test_alice_ends_all_others_at_once(world, as_person):
    browser, *other_browsers = [as_person(world.alice) for _ in range(3)]
    assert post(browser, "/me/sessions/end", form="/me").status_code == 302
    assert is_in(browser)
    assert not any(is_in(other_browser) for other_browser in other_browsers)


def test_bob_cannot_end_alices_session(world, as_person):
    alice, bob = as_person(world.alice), as_person(world.bob)
    row = rows_of(world, world.alice)[-1]
    assert post(bob, f"/me/sessions/{row.id}/end", form="/me").status_code == 404
    assert is_in(alice)


def test_a_person_made_inactive_is_out_at_once(world, as_person):
    browser = as_person(world.bob)
    with world.app.app_context(), opened(NobodyScope()) as session:
        session.execute(update(User).where(User.id == world.bob.user_id).values(active=False))
    assert not is_in(browser)


def test_a_browser_that_calls_itself_something_hostile_is_shown_harmlessly(world, client):
    sign_in_as(client, world.alice, agent="<script>alert(1)</script>" + "x" * 5000)
    page = client.get("/me").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_alice_changes_her_language_for_pages_and_mails(world, as_person):
    browser = as_person(world.alice)
    assert post(browser, "/me/language", form="/me", language="ar").status_code == 302
    assert 'dir="rtl"' in browser.get("/me").get_data(as_text=True)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        membership = present_membership(session, user_id=world.alice.user_id)
    assert membership is not None
    assert membership.language == "ar"


def test_a_language_we_do_not_have_is_refused_at_the_field(world, as_person):
    browser = as_person(world.alice)
    answer = post(browser, "/me/language", form="/me", language="tlh")
    assert answer.status_code == 422
    assert 'lang="en"' in browser.get("/me").get_data(as_text=True)


def test_alice_changes_her_password_and_every_other_browser_is_out(world, as_person):
    browser, other_browser = as_person(world.alice), as_person(world.alice)
    before = browser.get_cookie("session").value
    changed = post(browser, "/me/password", current=PASSWORD, password="three green umbrellas")
    assert changed.status_code == 302
    assert is_in(browser)
    assert not is_in(other_browser)
    assert browser.get_cookie("session").value != before
    assert post(world.app.test_client(), "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 422
    fresh = world.app.test_client()
    assert post(fresh, "/sign-in", email=world.alice.email, password="three green umbrellas").status_code == 302


def test_the_old_password_must_be_right_and_the_new_one_good(world, as_person):
    browser, other_browser = as_person(world.alice), as_person(world.alice)
    wrong = post(browser, "/me/password", current="something else", password="three green umbrellas")
    assert wrong.status_code == 422
    assert "not your current password" in wrong.get_data(as_text=True)
    poor = post(browser, "/me/password", current=PASSWORD, password="alice and the looking glass")
    assert poor.status_code == 422
    assert "easy to guess" in poor.get_data(as_text=True)
    assert is_in(other_browser)
