"""Error pages: in plain words and both languages, without the database, and with everything that was typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from solidarity.i18n import catalogues

TITLE = "Roda de conversa <b>& more</b>"


def signed_in_client(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "someone"
        session["_fresh"] = True
    return client


@pytest.mark.parametrize("language", catalogues.languages())
@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 413, 418, 429, 500, 501, 503])
def test_each_error_has_its_page(failing_app: Flask, code: int, language: str) -> None:
    answer = signed_in_client(failing_app).get(f"/abort/{code}", headers={"Accept-Language": language})
    assert answer.status_code == code
    assert f'lang="{language}"' in answer.text
    assert answer.text.count("<h1>") == 1
    assert "Traceback" not in answer.text
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("path", "code"), [("/broken", 500), ("/away", 503), ("/nowhere", 404)])
def test_what_goes_wrong_is_answered(failing_app: Flask, path: str, code: int) -> None:
    answer = signed_in_client(failing_app).get(path)
    assert answer.status_code == code
    assert "<h1>" in answer.text


def test_database_away_says_when_to_come_back(failing_app: Flask) -> None:
    assert failing_app.test_client().get("/away").headers["Retry-After"] == "30"


def test_unknown_and_forbidden_look_the_same(failing_app: Flask) -> None:
    client = failing_app.test_client()
    forbidden_page, unknown_page = (client.get(path).text.replace(path, "") for path in ("/abort/404", "/nowhere"))
    assert re.sub(r"next=[^\"]*", "", forbidden_page) == re.sub(r"next=[^\"]*", "", unknown_page)


def test_method_not_allowed_says_what_is(failing_app: Flask) -> None:
    answer = failing_app.test_client().get("/abort/404", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 404
    assert "Allow" in failing_app.test_client().delete("/broken").headers


def test_form_open_too_long_gives_back_what_was_typed(failing_app: Flask) -> None:
    fields = {
        "title": TITLE,
        "csrf_token": "old",
        "password": "hunter2",
        "girls": "12",
        "empty": " ",
        "form_key": "k-7",
    }
    answer = failing_app.test_client().post("/form", data=fields)
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert "Roda de conversa &lt;b&gt;&amp; more&lt;/b&gt;" in answer.text
    assert "<dd>12</dd>" in answer.text
    assert "hunter2" not in answer.text
    assert ">old<" not in answer.text
    assert "<dd>k-7</dd>" not in answer.text
    assert "<bdi>Empty</bdi>" not in answer.text
    assert 'action="/form"' in answer.text


def test_signed_out_while_writing_gives_back_what_was_typed(failing_app: Flask) -> None:
    answer = failing_app.test_client().post("/signed-out", data={"title": TITLE})
    assert answer.status_code == 401
    assert "Roda de conversa &lt;b&gt;&amp; more&lt;/b&gt;" in answer.text


def test_form_without_anything_typed_does_not_promise_it(failing_app: Flask) -> None:
    assert 'class="kept"' not in failing_app.test_client().post("/form", data={"csrf_token": "old"}).text
