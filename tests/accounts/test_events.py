"""Events for those who watch for attacks: refused sign-ins and refused access, without personal data."""

from __future__ import annotations

from typing import Any

import pytest
from harness.deliveries import letters
from harness.people import PASSWORD, World, post
from structlog.testing import capture_logs


def refused_sign_in(world: World, email: str, network: str) -> dict[str, Any]:
    client = world.app.test_client()
    client.environ_base["REMOTE_ADDR"] = network
    with capture_logs() as logs:
        assert post(client, "/sign-in", email=email, password="a wrong one").status_code == 422
    (event,) = (dict(entry) for entry in logs if entry["event"] == "sign_in.refused")
    assert email not in str(event)
    assert network not in str(event)
    return event


def test_refused_sign_ins_of_one_account_or_one_network_can_be_recognised(world: World) -> None:
    first = refused_sign_in(world, world.alice.email, "192.0.2.1")
    second = refused_sign_in(world, world.alice.email, "198.51.100.1")
    third = refused_sign_in(world, world.bob.email, "192.0.2.99")
    assert (first["account"], first["network"]) == (second["account"], third["network"])
    assert first["account"] != third["account"]
    assert first["network"] != second["network"]


@pytest.mark.parametrize(
    ("name", "path", "endpoint"),
    [("charlie", "/c/recife/", "chapter.home"), ("alice", "/desk/", "desk.overview")],
)
def test_refused_access_names_person_and_page(
    world: World, as_person: Any, name: str, path: str, endpoint: str
) -> None:
    person = getattr(world, name)
    browser = as_person(person)
    with capture_logs() as logs:
        assert browser.get(path).status_code == 404
    (event,) = (entry for entry in logs if entry["event"] == "access.refused")
    assert (event["user_id"], event["endpoint"], event["method"]) == (str(person.user_id), endpoint, "GET")


def test_alice_gets_a_letter_when_her_password_was_changed(world: World, as_person: Any) -> None:
    browser = as_person(world.alice)
    assert post(browser, "/me/password", current="not it", password="three green umbrellas").status_code == 422
    assert letters(world) == []
    assert post(browser, "/me/password", current=PASSWORD, password="three green umbrellas").status_code == 302
    (letter,) = letters(world)
    assert (letter.letter, letter.email) == ("password_changed", world.alice.email)
    assert letter.link == f"{world.settings.base_url}/me"
