"""Press Undo as a browser does: find the button on the page, and send its form."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from harness.people import post
from werkzeug.test import TestResponse

from tenants.db import new_id

FORM = re.compile(r'<form method="post" action="(/c/[^"]+/undoing)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
FLASH = re.compile(r'<div class="flash[^"]*" role="(\w+)">(.*?)</div>', re.DOTALL)
WORDS = re.compile(r"<span>(.*?)</span>", re.DOTALL)


def undo_forms(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return every Undo form of a page: its address and its fields."""
    return [
        (address, {name: unescape(value) for name, value in HIDDEN.findall(body)})
        for address, body in FORM.findall(page)
    ]


def flashes(page: str) -> list[tuple[str, str]]:
    """Return the flashes of a page: role and words."""
    return [(role, unescape(WORDS.findall(body)[0])) for role, body in FLASH.findall(page)]


def after(client: FlaskClient, answer: TestResponse) -> str:
    """Follow the response to a form, and return the page it leads to."""
    assert answer.status_code in (302, 303), answer.get_data(as_text=True)
    return client.get(answer.location).get_data(as_text=True)


def press(client: FlaskClient, form: tuple[str, dict[str, str]]) -> tuple[str, str]:
    """Send an Undo form of a page, and return the one flash that follows."""
    address, fields = form
    (flash,) = flashes(after(client, client.post(address, data=fields)))
    return flash


def act(client: FlaskClient, address: str, **fields: Any) -> tuple[str, dict[str, str]]:
    """Send a form, follow the redirect, and return the one Undo form in the flash of the page."""
    body = {"form_key": str(new_id()), **fields}
    page = after(client, post(client, address, form=f"/c/{address.split('/')[2]}/", **body))
    flash = next(body for _role, body in FLASH.findall(page) if "undoing" in body)
    (form,) = undo_forms(flash)
    return form
