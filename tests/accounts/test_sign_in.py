"""Sign-in and sign-out: who may sign in, the properties of the cookie, and where the person is redirected."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import urlsplit

import flask_security
import pytest
from harness.databases import running_app
from harness.people import PASSWORD, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select, update

from solidarity.i18n.locale import own_path
from tenants import clock
from tenants.db import opened
from tenants.membership.services import create_user
from tenants.people.models import User, UserSession
from tenants.people.passwords import hash_password, verify_password
from tenants.scope import NobodyScope

NO_MATCH = "The email address or password is incorrect"


def test_alice_signs_in_and_reaches_her_chapter(world, client):
    answer = post(client, "/sign-in", email=" Alice@People.Example ", password=world.alice.password)
    assert answer.status_code == 302
    assert answer.location == "/c/recife/"
    assert client.get("/c/recife/").status_code == 200
    assert client.get("/me").status_code == 200


def test_dana_begins_at_the_desk_and_charlie_without_a_chapter_at_his_account(world, client):
    assert post(client, "/sign-in", email=world.dana.email, password=PASSWORD).location.startswith("/desk")
    with world.app.app_context(), opened(NobodyScope()) as session:
        create_user(session, email="eve@people.example", name="Eve", language="en", password=PASSWORD, at=clock.now())
    fresh = world.app.test_client()
    assert post(fresh, "/sign-in", email="eve@people.example", password=PASSWORD).location == "/me"


def test_alice_is_sent_where_she_wanted_to_go(world, client):
    redirect = client.get("/c/recife/people")
    assert redirect.status_code == 302
    answer = post(client, redirect.location, email=world.alice.email, password=PASSWORD, next="/c/recife/people")
    assert answer.location == "/c/recife/people"


def test_wrong_unknown_and_inactive_look_alike(world, client):
    with world.app.app_context(), opened(NobodyScope()) as session:
        session.execute(update(User).where(User.id == world.bob.user_id).values(active=False))
    tries = [
        (world.alice.email, "not her password"),
        ("nobody@people.example", PASSWORD),
        (world.bob.email, PASSWORD),
    ]
    seen = []
    for email, password in tries:
        browser = world.app.test_client()
        answer = post(browser, "/sign-in", email=email, password=password)
        page = answer.get_data(as_text=True)
        assert NO_MATCH in page
        assert browser.get("/me").status_code == 302
        seen.append((answer.status_code, len(page.replace(email, "")), sorted(answer.headers.keys())))
    assert seen[0][0] == 422
    assert all(outcome[0] == seen[0][0] and outcome[2] == seen[0][2] for outcome in seen)


def test_an_unknown_address_costs_the_same_hashing(world, client, monkeypatch):
    verifications: list[bool] = []

    def watched(password: str, password_hash: str | None) -> bool:
        verifications.append(password_hash is None)
        return verify_password(password, password_hash)

    monkeypatch.setattr("solidarity.accounts.sign_in.verify_password", watched)
    post(client, "/sign-in", email="nobody@people.example", password=PASSWORD)
    post(client, "/sign-in", email=world.alice.email, password="not her password")
    assert verifications == [True, False]


def test_alice_signs_out_and_the_stolen_cookie_is_worth_nothing(world, as_person):
    browser = as_person(world.alice)
    stolen_cookie = browser.get_cookie("session").value
    assert post(browser, "/sign-out", form="/me").status_code == 302
    assert browser.get("/me").status_code == 302
    thief = world.app.test_client()
    thief.set_cookie("session", stolen_cookie)
    assert thief.get("/me").status_code == 302


def test_signing_in_changes_the_token_and_ends_the_browsers_old_session(world, as_person):
    browser = as_person(world.alice)
    before = browser.get_cookie("session").value
    page = browser.get("/me").get_data(as_text=True)
    assert "this browser" in page
    assert browser.get("/sign-in").location == "/c/recife/"
    post(browser, "/sign-in", form="/me", email=world.bob.email, password=PASSWORD)
    assert browser.get_cookie("session").value != before
    with world.app.app_context(), opened(NobodyScope()) as session:
        end_times = session.scalars(
            select(UserSession.ended_at).where(UserSession.user_id == world.alice.user_id)
        ).all()
    assert end_times
    assert all(end_times)


@pytest.mark.parametrize("address", ["/sign-in", "/sign-out", "/forgot"])
def test_a_form_without_its_token_is_refused(world, client, address):
    assert client.post(address, data={"email": world.alice.email, "password": PASSWORD}).status_code == 400


@pytest.mark.parametrize("address", ["/me/language", "/me/password", "/me/sessions/end"])
def test_a_signed_in_form_without_its_token_is_refused(world, as_person, address):
    assert as_person(world.alice).post(address, data={"language": "ar"}).status_code == 400


def test_the_cookie_is_closed_to_scripts_and_other_sites(world, client):
    cookie = post(client, "/sign-in", email=world.alice.email, password=PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_never_travels_in_the_clear(world):
    https = world.settings.model_copy(update={"base_url": "https://solidarity.example"})
    with running_app(https) as app:
        client = app.test_client()
        page = client.get("/sign-in", base_url="https://solidarity.example")
        cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_cookie_signed_with_another_key_is_nobody(world, as_person):
    cookie = as_person(world.alice).get_cookie("session").value
    other_settings = world.settings.model_copy(update={"secret_key": SecretStr("z" * 48)})
    with running_app(other_settings) as app:
        client = app.test_client()
        client.set_cookie("session", cookie)
        assert client.get("/me").status_code == 302


def test_very_long_input_is_refused_at_the_field_and_the_rest_is_kept(world, client):
    answer = post(client, "/sign-in", email="a" * 100_000 + "@x.example", password=PASSWORD)
    assert answer.status_code == 422
    assert "This email address is too long" in answer.get_data(as_text=True)
    answer = post(client, "/sign-in", email=world.alice.email, password="p" * 100_000)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert world.alice.email in page
    assert "pppppppppp" not in page
    assert post(client, "/sign-in", email=world.alice.email, password="p" * 3_000_000).status_code == 413


@pytest.mark.parametrize("nasty", ["\x00", "'; drop table users; --", "<script>alert(1)</script>@x.example"])
def test_nasty_addresses_are_just_unknown(world, client, nasty):
    answer = post(client, "/sign-in", email=nasty, password=PASSWORD)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_the_page_speaks_arabic(client):
    client.set_cookie("language", "ar")
    page = client.get("/sign-in").get_data(as_text=True)
    assert 'dir="rtl"' in page


def test_flask_security_knows_our_hashes(app):
    with app.app_context():
        assert flask_security.verify_password(PASSWORD, hash_password(PASSWORD))
        assert not flask_security.verify_password("another", hash_password(PASSWORD))
        assert verify_password(PASSWORD, flask_security.hash_password(PASSWORD))


def test_passwords_cost_what_owasp_asks_though_the_tests_have_cheaper_ones():
    code = "from tenants.people.passwords import hash_password; print(hash_password('a calm river at dawn'))"
    answer = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_no_page_of_the_library_is_served(app):
    assert not [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security")]


@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(r"[/\\]{0,3}[a-z.@:/\\?#%\t\n ]{0,20}", fullmatch=True),
        st.builds(lambda a, b: a + b, st.sampled_from(["//", "/\\", "https:", "javascript:", "/\t/", " /"]), st.text()),
    )
)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_next_leads_to_another_site(target):
    path = own_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert "\\" not in path
    assert not any(sign <= " " for sign in path)
    assert not urlsplit(path).netloc


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"])
def test_the_sign_in_form_does_not_send_people_elsewhere(world, client, target):
    answer = post(client, "/sign-in", email=world.alice.email, password=PASSWORD, next=target)
    assert answer.location == "/c/recife/"


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("marina@", "The email address is missing the part after the @."),
        ("marina", "Enter an email address such as name@example.org."),
        ("@people.example", "Enter an email address such as name@example.org."),
    ],
)
@pytest.mark.parametrize("page", ["/sign-in", "/forgot"])
def test_an_address_that_nobody_can_have_is_told_what_it_lacks(world, client, page, email, message):
    answer = post(client, page, email=email, password=PASSWORD)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert text.count(message) == 2, "on top, and at the field"
    assert f'value="{email}"' in text


def test_what_alice_pressed_on_a_shared_phone_does_not_speak_for_bob(world, client):
    english = {"Accept-Language": "en"}
    assert post(client, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 302
    client.get("/language/ar")
    assert '<html lang="ar"' in client.get("/me", headers=english).get_data(as_text=True)
    post(client, "/sign-out", form="/me")
    assert '<html lang="ar"' in client.get("/sign-in", headers=english).get_data(as_text=True)
    assert post(client, "/sign-in", email=world.bob.email, password=world.bob.password).status_code == 302
    assert '<html lang="en"' in client.get("/me", headers=english).get_data(as_text=True)
