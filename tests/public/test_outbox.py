"""The outbox shows every mail, only on the machine itself."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from harness.people import World

from solidarity.settings import Settings

NAME = "20260302T090000.000000Z-1-000001.eml"
HOSTILE = "<script>alert(1)</script>"
ADDRESSES = ["/outbox", f"/outbox/{NAME}", f"/outbox/{NAME}/html"]


@pytest.fixture
def outbox(world: World, tmp_path: Path) -> Path:
    """An outbox with one mail, served by the world's application."""
    serve(world, outbox_dir=tmp_path)
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = f"Hello {HOSTILE}", "alice@people.example", "us@solidarity.example"
    mail.set_content(f"Go to http://127.0.0.1:8000/c/recife/ {HOSTILE}")
    mail.add_alternative(f"<html><head></head><body>{HOSTILE}<a href='/x'>there</a></body></html>", subtype="html")
    (tmp_path / NAME).write_bytes(mail.as_bytes())
    (tmp_path / f".{NAME}").write_bytes(b"half a mail")
    return tmp_path


def serve(world: World, **changes: object) -> None:
    settings: Settings = world.app.extensions["settings"]
    world.app.extensions["settings"] = settings.model_copy(update=changes)


def test_a_mail_is_listed_and_shown(outbox: Path, client: FlaskClient) -> None:
    index_page = client.get("/outbox").get_data(as_text=True)
    assert f'href="/outbox/{NAME}"' in index_page
    assert index_page.count(".eml") == 1
    mail_page = client.get(f"/outbox/{NAME}").get_data(as_text=True)
    assert 'href="http://127.0.0.1:8000/c/recife/"' in mail_page
    assert f'src="/outbox/{NAME}/html"' in mail_page
    assert "allow-scripts" not in mail_page
    for page in (index_page, mail_page):
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


def test_the_mails_own_page_can_do_nothing_but_be_looked_at(outbox: Path, client: FlaskClient) -> None:
    answer = client.get(f"/outbox/{NAME}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert HOSTILE in answer.get_data(as_text=True)
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy


def test_an_empty_outbox_says_so(world: World, client: FlaskClient, tmp_path: Path) -> None:
    serve(world, outbox_dir=tmp_path)
    assert "No emails yet" in client.get("/outbox").get_data(as_text=True)


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_our_own_sink_there_is_no_outbox(outbox: Path, world: World, client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200
    serve(world, outbox_dir=None)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_site_served_to_others_has_no_outbox(outbox: Path, world: World, client: FlaskClient, address: str) -> None:
    serve(world, base_url="https://solidarity.example")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_from_elsewhere_sees_it(outbox: Path, client: FlaskClient, address: str) -> None:
    assert client.get(address, environ_base={"REMOTE_ADDR": "::1"}).status_code == 200
    assert client.get(address, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_that_was_turned_to_this_machine_does_not_see_it(
    outbox: Path, client: FlaskClient, address: str
) -> None:
    for host in ("127.0.0.1:8000", "[::1]:8000", "localhost"):
        assert client.get(address, headers={"Host": host}).status_code == 200
    assert client.get(address, headers={"Host": "elsewhere.example:8000"}).status_code == 400


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", f".{NAME}", "no.eml", "x.txt", "%00.eml", "a" * 300 + ".eml"]
)
def test_only_mails_can_be_asked_for(outbox: Path, client: FlaskClient, name: str) -> None:
    assert client.get(f"/outbox/{name}").status_code == 404


def test_the_front_page_leads_people_to_their_work(world: World, client: FlaskClient) -> None:
    assert "Sign in" in client.get("/").get_data(as_text=True)
    locations = {
        person.name: world.browser_of(person).get("/").headers.get("Location") for person in (world.alice, world.dana)
    }
    assert locations == {"Alice": "/c/recife/", "Dana": "/desk"}
