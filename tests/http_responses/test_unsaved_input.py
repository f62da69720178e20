"""A form that outlived its session comes back filled after sign-in, in this tab or in another one."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from harness.people import PASSWORD, World, post
from sqlalchemy import select

from solidarity.http.unsaved_input import unpacked_input
from tenants.db import opened
from tenants.people.models import Invitation
from tenants.scope import ChapterScope

PAGE = "/c/recife/people/invitation"
TYPED_VALUES = {"name": "Eve <b>Silva</b>", "email": "eve@people.example", "role": "coordinator", "language": "en"}


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page that fills in the refused one again."""
    end = page.index("Fill in the form again</button>")
    form = page[page.rindex("<form", 0, end) : end]
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    areas = re.findall(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in [*inputs, *areas]}


def invitations(world: World) -> list[str]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return list(session.scalars(select(Invitation.email).where(Invitation.email == TYPED_VALUES["email"])))


def assert_filled_and_unsaved(world: World, browser: FlaskClient, fields: dict[str, str]) -> None:
    answer = browser.post(PAGE, data=fields)
    assert answer.status_code == 200
    assert 'value="Eve &lt;b&gt;Silva&lt;/b&gt;"' in answer.text
    assert 'value="eve@people.example"' in answer.text
    assert invitations(world) == []
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    assert token is not None
    assert browser.post(PAGE, data={**TYPED_VALUES, "csrf_token": token[1]}).status_code == 302
    assert invitations(world) == [TYPED_VALUES["email"]]


def test_alice_signs_in_on_the_page_that_kept_her_form_and_finds_it_filled(world: World) -> None:
    browser = world.app.test_client()
    answer = browser.post(PAGE, data={**TYPED_VALUES, "csrf_token": "of the session that ended"})
    assert answer.status_code == 401
    assert "<dt><bdi>Email address</bdi></dt>" in answer.text, "with the label of the form"
    packed = re.search(r'name="kept" value="([^"]+)"', answer.text)
    assert packed is not None
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert token is not None
    hidden = {"csrf_token": token[1], "next": PAGE, "kept": unescape(packed[1])}
    sign_in = browser.post("/sign-in", data=hidden)
    assert sign_in.status_code == 200
    second_answer = browser.post("/sign-in", data={**hidden, "email": world.alice.email, "password": "a wrong one"})
    assert second_answer.status_code == 422
    assert unescape(packed[1]) in unescape(second_answer.text), "a wrong password does not lose it"
    offer = browser.post("/sign-in", data={**hidden, "email": world.alice.email, "password": PASSWORD})
    assert offer.status_code == 200
    assert "not saved yet" in offer.text
    assert_filled_and_unsaved(world, browser, hidden_fields(offer.text))


def test_alice_who_signed_in_in_another_tab_fills_in_her_form_again(world: World) -> None:
    browser = world.app.test_client()
    answer = browser.post(PAGE, data=TYPED_VALUES)
    assert "in another tab?" in answer.text
    post(browser, "/sign-in", email=world.alice.email, password=PASSWORD)
    expired_page = browser.post(PAGE, data=hidden_fields(answer.text))
    assert expired_page.status_code == 400, "the token is of the other session"
    assert invitations(world) == []
    assert_filled_and_unsaved(world, browser, hidden_fields(expired_page.text))


def test_secrets_and_buttons_are_not_kept(world: World) -> None:
    browser = world.app.test_client()
    answer = browser.post("/me/password", data={"current": "the old secret", "password": "the new secret"})
    assert answer.status_code == 401
    assert "secret" not in answer.text
    button = browser.post("/me/sessions/end", data={"reason": "typed"})
    assert 'name="kept"' not in button.text
    assert "typed" in button.text


def test_an_input_that_we_did_not_pack_fills_in_nothing() -> None:
    assert unpacked_input("{") == unpacked_input("[1]") == unpacked_input(None) == []
    assert unpacked_input('[["a", "b"], ["password", "c"]]') == [("a", "b")]
