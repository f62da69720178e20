"""The token of a mailed link is in the address of one request only. Then it is in a cookie for one page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from harness.databases import running_app
from harness.deliveries import letters
from harness.people import Browser, World, post
from harness.statements import logged
from membership.invitations import GOOD, link_to, names, send

from solidarity.access.link_tokens import COOKIE, KEPT_FOR, LONGEST_TOKEN
from tenants.db import db
from tenants.people.permissions import Role

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TOKEN = "IjEyMzQ1Njc4OTAi.Vb0Gf2l3mXgq9TyaT1nB0yC7Qkz6Jd8w"
RULES = ("/invitation/<token>", "/me/address/<token>", "/reply/<token>", "/reset/<token>")


@pytest.fixture
def browser(world: World) -> Browser:
    """A browser that shows the first answer to a link."""
    client = world.app.test_client()
    assert isinstance(client, Browser)
    client.follows_links = False
    return client


def page_of(client: FlaskClient, path: str) -> str:
    """Open a link, and return the address of its page."""
    answer = client.get(path)
    assert answer.status_code == 303
    return str(answer.location)


def test_these_are_all_addresses_with_a_token(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules() if "token" in rule.rule} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_token_becomes_a_cookie_for_one_page_without_a_statement(
    world: World, browser: Browser, rule: str, method: str
) -> None:
    with world.app.app_context():
        engines = list(db.engines.values())
    with logged(engines) as statements:
        answer = browser.open(rule.replace("<token>", TOKEN), method=method)
    assert statements == []
    assert answer.status_code == 303
    page = answer.location
    assert page.rpartition("/")[0] == rule.rpartition("/")[0]
    assert not any(part in page for part in TOKEN.split("."))
    (header,) = answer.headers.getlist("Set-Cookie")
    name, _value, options = parse_cookie(header)
    assert name == COOKIE
    expected = {"path": page, "httponly": None, "samesite": "Lax", "max-age": str(int(KEPT_FOR.total_seconds()))}
    assert expected.items() <= options.items()
    assert answer.headers["Cache-Control"] == "no-store"


def parse_cookie(header: str) -> tuple[str, str, dict[str, str | None]]:
    """Return the name, the value and the attributes of a cookie that an answer sets."""
    pair, *attributes = header.split("; ")
    name, _equals, value = pair.partition("=")
    pairs = [attribute.partition("=") for attribute in attributes]
    return name, value, {key.lower(): text if equals else None for key, equals, text in pairs}


def test_over_https_the_cookie_is_secure(world: World) -> None:
    with running_app(world.settings.model_copy(update={"base_url": "https://solidarity.example"})) as app:
        client = app.test_client()
        client.follows_links = False  # type: ignore[attr-defined]
        answer = client.get(f"/reset/{TOKEN}", base_url="https://solidarity.example")
        assert "; Secure" in answer.headers["Set-Cookie"]


def test_two_links_are_open_in_two_tabs(world: World, browser: Browser) -> None:
    send(world.browser_of(world.alice), email="eve@people.example", name="Eve")
    send(world.browser_of(world.alice), email="frank@people.example", name="Frank", role="member")
    eve_page, frank_page = (page_of(browser, link_to(world, f"{name}@people.example")) for name in ("eve", "frank"))
    assert eve_page != frank_page
    for page, name in ((eve_page, "eve"), (frank_page, "frank"), (eve_page, "eve")):
        assert f"{name}@people.example" in browser.get(page).get_data(as_text=True)
    assert post(browser, frank_page, name="Frank", password=GOOD).status_code == 302
    assert post(world.app.test_client(), link_to(world, "eve@people.example"), name="Eve", password=GOOD).location
    assert names(world, world.recife)["Frank"] == Role.MEMBER
    assert names(world, world.recife)["Eve"] == Role.COORDINATOR


def test_the_same_link_has_the_same_page_and_scanners_that_open_it_change_nothing(
    world: World, browser: Browser
) -> None:
    send(world.browser_of(world.alice))
    link = link_to(world)
    pages = set()
    for _ in range(3):
        scanner = world.app.test_client()
        assert scanner.get(link).status_code == 200
        pages.add(scanner.get(link).request.path)
    assert pages == {page_of(browser, link)}
    assert post(browser, link, form=page_of(browser, link), name="Eve", password=GOOD).status_code == 302


def test_the_address_of_the_page_is_no_secret(world: World, browser: Browser) -> None:
    send(world.browser_of(world.alice))
    page = page_of(browser, link_to(world))
    assert browser.get(page).status_code == 200
    stranger = world.app.test_client()
    assert stranger.get(page).status_code == 404
    assert post(stranger, page, form="/sign-in", name="Mallory", password=GOOD).status_code == 404


def test_a_cookie_serves_its_own_page_only_and_not_for_ever(world: World, browser: Browser) -> None:
    with time_machine.travel(START, tick=False) as clock:
        send(world.browser_of(world.alice), email="eve@people.example", name="Eve")
        send(world.browser_of(world.alice), email="frank@people.example", name="Frank")
        eve_link, frank_link = (link_to(world, f"{name}@people.example") for name in ("eve", "frank"))
        value = parse_set_cookie(browser, eve_link)
        eve_page, frank_page = page_of(browser, eve_link), page_of(browser, frank_link)
        assert status(world, eve_page, value) == 200
        assert status(world, frank_page, value) == 404
        assert status(world, eve_page, value[:-2]) == status(world, eve_page, eve_link.rpartition("/")[2]) == 404
        clock.shift(KEPT_FOR + timedelta(seconds=1))
        assert status(world, eve_page, value) == 404


def parse_set_cookie(client: FlaskClient, path: str) -> str:
    """Open a link, and return the value of the cookie that it sets."""
    return parse_cookie(client.get(path).headers["Set-Cookie"])[1]


def status(world: World, page: str, value: str) -> int:
    """Return the status of a page, requested with a value of the cookie."""
    client = world.app.test_client()
    client.set_cookie(COOKIE, value)
    return client.get(page).status_code


def test_what_is_no_token_of_ours_is_not_stored(world: World, browser: Browser) -> None:
    for path in ("/reset/abc", f"/reset/{'A' * LONGEST_TOKEN}.b"):
        answer = browser.get(path)
        assert answer.status_code == 410
        assert COOKIE not in answer.headers.get("Set-Cookie", "")


def test_who_must_sign_in_first_comes_back_by_an_address_without_the_token(world: World, browser: Browser) -> None:
    post(world.browser_of(world.alice), "/me/address", email="new@people.example", current=world.alice.password)
    path = urlsplit(letters(world)[-1].link).path
    page = page_of(browser, path)
    sign_in = browser.get(page)
    assert sign_in.status_code == 302
    assert path.rpartition("/")[2] not in sign_in.location
    answer = post(browser, "/sign-in", email=world.alice.email, password=world.alice.password, next=page)
    assert answer.location == page
    assert post(browser, page).location == "/me"
