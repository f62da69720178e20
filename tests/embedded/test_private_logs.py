"""A whole run of the product: no log of any process has a token, a password, an email address or a name."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from typing import Any

import psycopg
import pytest
from embedded.whole_product import Running
from end_to_end.desk_client import DeskClient
from harness.people import Person

from tenants.db import new_id

MAILED_LINK = re.compile(r"https?://[^/\s\"]+(/(?:reset|invitation|reply)/[\w.=-]+)")
INVITED, ADDRESS, PASSWORD = "Nina Ferreira-Mbeki", "nina.ferreira@people.example", "seven quiet lanterns"
PROCESSES = ("beat", "postgres", "prepare", "valkey", "web", "worker")


def test_no_process_logs_secrets_or_personal_data(product: Running) -> None:
    product.start()
    product.until_well(30)
    settings = json.loads((product.var / "running.json").read_text())
    with psycopg.connect(settings["DATABASE_URL"], autocommit=True) as owner:
        focal_point = focal_point_of(product, owner)
        use(product, *focal_point)
        paths = mailed_paths(product)
        open_links(product, paths)
        break_rows(owner)
        personal = personal_data(owner)
    product.end(signal.SIGTERM)
    logs = {log.stem: log.read_text(errors="replace") for log in (product.var / "log").glob("*.log")}
    assert set(PROCESSES) < logs.keys(), "and the mail sink"
    assert all(text in logs["postgres"] for text in ("duplicate key value", "violates check constraint"))
    assert "request.finished" in logs["web"]
    tokens = {path.rpartition("/")[2] for path in paths}
    private = personal | tokens | {PASSWORD, focal_point[0].password}
    assert [(name, text) for name, log in logs.items() for text in private if text.lower() in log.lower()] == []


def focal_point_of(product: Running, owner: psycopg.Connection[Any]) -> tuple[Person, str]:
    """Return a focal point whom `up` prints with their password, and the slug of their chapter."""
    for email, password in re.findall(r"(\S+@\S+) / (.+)", product.output_text()):
        row = owner.execute(
            "select u.id, u.name, s.slug from users u join memberships m on m.user_id = u.id"
            " join chapter_slugs s on s.chapter_id = m.chapter_id where u.email = %s and m.role = 'focal_point'",
            [email],
        ).fetchone()
        if row:
            return Person(row[1], email, row[0], password.strip()), row[2]
    raise AssertionError(product.output_text())


def use(product: Running, person: Person, slug: str) -> None:
    """Sign in, invite a person, ask for new passwords, and fail to sign in."""
    address = f"http://127.0.0.1:{product.port}"
    browser = DeskClient.signed_in(person, address)
    page = f"/c/{slug}/people/invitation"
    fields = {"name": INVITED, "email": ADDRESS, "role": "member", "language": "en", "form_key": str(new_id())}
    assert browser.post(page, form=page, **fields).status == 302
    stranger = DeskClient(person, address)
    for email in (person.email, "nobody@people.example"):
        assert stranger.post("/forgot", form="/forgot", email=email).status == 302
        assert stranger.post("/sign-in", form="/sign-in", email=email, password=PASSWORD).status == 422
    assert stranger.get(f"/sign-in?next=/me&email={person.email}").status == 200
    stranger.get(f"/{person.name.replace(' ', '-')}")


def mailed_paths(product: Running) -> set[str]:
    """Wait for the invitation and the link for a new password, and return the paths of all mailed links."""
    deadline = time.monotonic() + 60
    while True:
        mails = [mail.read_text() for mail in (product.var / "mail").glob("*.eml")]
        paths = {path for mail in mails for path in MAILED_LINK.findall(mail.replace("=\n", "").replace("=3D", "="))}
        if all(any(path.startswith(start) for path in paths) for start in ("/reset/", "/invitation/")):
            return paths
        assert time.monotonic() < deadline, paths
        time.sleep(0.3)


def open_links(product: Running, paths: set[str]) -> None:
    """Open each link, use those for a password and an account, and send lines that gunicorn refuses."""
    address = f"http://127.0.0.1:{product.port}"
    for path in paths:
        person = Person(INVITED, ADDRESS, new_id(), PASSWORD)
        browser = DeskClient(person, address)
        page = browser.get(path)
        assert page.status == 303
        for line in (f"GET {path} HTTP/7.0", f"GET {path}", f"GET {path} HTTP/1.1\r\nHost: \0"):
            with socket.create_connection(("127.0.0.1", product.port), timeout=10) as connection:
                connection.sendall(f"{line}\r\n\r\n".encode())
                connection.recv(1000)


def break_rows(owner: psycopg.Connection[Any]) -> None:
    """Send statements with personal data that PostgreSQL refuses, with parameters and without."""
    columns = "insert into users (id, email, name, language, fs_uniquifier, active, created_at)"
    for statement, values in (
        (f"{columns} select gen_random_uuid(), email, name, language, id::text, true, now() from users limit 1", None),
        (f"{columns} values (%s, %s, %s, 'en', 'x', true, now())", [new_id(), f"{INVITED} <{ADDRESS}", INVITED]),
    ):
        with pytest.raises(psycopg.errors.IntegrityError):
            owner.execute(statement, values)


def personal_data(owner: psycopg.Connection[Any]) -> set[str]:
    """Return all names and addresses of people in the database."""
    rows = owner.execute(
        "select name, email from users union select name, email from memberships"
        " union select name, email from invitations"
    ).fetchall()
    assert (INVITED, ADDRESS) in rows
    return {text for row in rows for text in row} | {"nobody@people.example"}
