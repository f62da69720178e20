"""The activity form, filled in as by a browser without JavaScript."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

WELL_FILLED = {
    "kind": "dialogue",
    "title": "Roda de conversa",
    "held_on": "2025-11-20",
    "place": "Santo Amaro",
    "narrative": "Two boys asked how to support a classmate.",
    "people_women_under_18": "19",
    "people_men_under_18": "25",
    "first_time": "12",
    "came_before": "30",
    "not_sure": "2",
}
CONTROL = re.compile(r"<(input|textarea)\b([^>]*)>(?:([^<]*)</textarea>)?")
LIST = re.compile(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
CHOICE = re.compile(r'<option selected value="([^"]*)"')
ATTRIBUTE = re.compile(r'([a-z_-]+)(?:="([^"]*)")?')


def boxes(page: str) -> dict[str, str]:
    """Return the values that a browser would send of the activity form: inputs, text areas, lists and checked boxes."""
    form = page.partition('id="activity"')[2]
    fields = {
        name: html.unescape(choice.group(1)) if (choice := CHOICE.search(options)) else ""
        for name, options in LIST.findall(form)
    }
    for kind, attributes, text in CONTROL.findall(form):
        values = {name: html.unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        if values.get("type") in {"radio", "checkbox"} and "checked" not in values:
            continue
        fields[values["name"]] = (
            html.unescape(text).removeprefix("\r\n") if kind == "textarea" else values.get("value", "")
        )
    return fields


def fill(client: FlaskClient, address: str, **changes: str) -> dict[str, str]:
    """Open the form at `address` and return its values with valid entries and `changes` in them."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return {**boxes(answer.get_data(as_text=True)), **WELL_FILLED, **changes}


def send(client: FlaskClient, address: str, **changes: str) -> TestResponse:
    """Fill in the form at `address` and send it."""
    return client.post(address, data=fill(client, address, **changes))


def errors(answer: TestResponse) -> dict[str, Any]:
    """Return the field errors of a page by the name of the field."""
    page = answer.get_data(as_text=True)
    matches = re.findall(r'<div id="([a-z0-9_]+)-error">(.*?)</div>', page, re.DOTALL)
    return {name: html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", "", text, flags=re.DOTALL)) for name, text in matches}
