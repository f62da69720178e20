"""Headers: the security policy on each response, no caching of personal pages, long caching of fingerprinted files."""

from __future__ import annotations

import pytest
from flask import Flask, Response, url_for

from solidarity.http.headers import CONTENT_SECURITY_POLICY, init_headers


def test_policy_allows_nothing_inline() -> None:
    directives = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["base-uri"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["object-src"] == "'none'"
    assert all("unsafe" not in value and "*" not in value for value in directives.values())


@pytest.mark.parametrize("path", ["/nowhere", "/language/ar", "/static/theme.css"])
def test_every_answer_is_guarded(bare_app: Flask, path: str) -> None:
    with bare_app.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_https_is_remembered(bare_app: Flask) -> None:
    answer = bare_app.test_client().get("/nowhere", base_url="https://localhost")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_pages_are_never_kept(bare_app: Flask) -> None:
    assert bare_app.test_client().get("/nowhere").headers["Cache-Control"] == "no-store"


def test_style_sheet_is_kept_only_under_its_own_fingerprint(bare_app: Flask) -> None:
    client = bare_app.test_client()
    with bare_app.test_request_context("/"):
        address = bare_app.jinja_env.globals["static_url"]("theme.css")  # type: ignore[operator]
        bare = url_for("static", filename="theme.css")
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    for wrong_address in (bare, f"{bare}?v=000000000000"):
        with client.get(wrong_address) as answer:
            assert "immutable" not in answer.headers.get("Cache-Control", "")
    assert address in client.get("/nowhere").text


@pytest.mark.parametrize(("header_value", "saves"), [("on", True), ("On ", True), ("off", False), (None, False)])
def test_whoever_saves_data_is_known(bare_app: Flask, header_value: str | None, saves: bool) -> None:
    headers = {"Save-Data": header_value} if header_value else {}
    with bare_app.test_request_context("/", headers=headers):
        assert bare_app.jinja_env.from_string("{{ saves_data() }}").render() == str(saves)
    assert "Save-Data" in bare_app.test_client().get("/nowhere", headers=headers).headers["Vary"]


def test_a_view_may_set_its_own_policy() -> None:
    app = Flask("solidarity")
    init_headers(app)
    app.add_url_rule("/mail", view_func=lambda: Response("x", headers={"Content-Security-Policy": "sandbox"}))
    assert app.test_client().get("/mail").headers["Content-Security-Policy"] == "sandbox"
