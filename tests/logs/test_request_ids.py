"""The id of a request is generated, or taken from a trusted proxy, and sent in the answer."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from harness.people import World
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from solidarity.app import create_app
from solidarity.http.request_log import HEADER

PROXY_ID = "proxy-0123456789"


def answered_id(app: Flask, request_id: str | None = None) -> str:
    headers = {HEADER: request_id} if request_id else {}
    return app.test_client().get("/nowhere", headers=headers).headers[HEADER]


def test_each_request_has_an_id_of_its_own_and_leaves_nothing_bound(app: Flask) -> None:
    first, second = answered_id(app), answered_id(app)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second
    assert get_contextvars() == {}


def test_an_id_is_taken_only_from_a_proxy_that_is_trusted(app: Flask) -> None:
    settings = app.extensions["settings"]
    behind_proxy = create_app(settings.model_copy(update={"trusted_proxies": 1}))
    assert answered_id(behind_proxy, PROXY_ID) == PROXY_ID
    assert answered_id(app, PROXY_ID) != PROXY_ID


@pytest.mark.parametrize("request_id", ["short", "x" * 65, "alice@people.example", "a b c d e f", '{"level":"error"}'])
def test_an_id_that_is_no_plain_token_is_replaced(app: Flask, request_id: str) -> None:
    behind_proxy = create_app(app.extensions["settings"].model_copy(update={"trusted_proxies": 1}))
    assert answered_id(behind_proxy, request_id) != request_id


def test_a_request_is_one_line_that_names_its_endpoint_and_its_chapter_by_id(world: World) -> None:
    browser = world.browser_of(world.alice)
    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = browser.get("/c/recife/?note=private")
    (line,) = [line for line in lines if line["event"] == "request.finished"]
    assert line.pop("duration_ms") > 0
    assert line == {
        "event": "request.finished",
        "log_level": "info",
        "method": "GET",
        "endpoint": "chapter.home",
        "status": 200,
        "request_id": answer.headers[HEADER],
        "chapter_id": str(world.recife.id),
    }
