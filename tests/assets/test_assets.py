"""The script and the style sheet, with and without a build."""

from __future__ import annotations

import pytest
from flask import Flask
from structlog.testing import capture_logs

from solidarity.assets.folders import SCRIPT, SHEET
from solidarity.assets.style_sheet import style_sheet

SCRIPT_TAG = f'src="/static/{SCRIPT}?v='


def test_pages_have_the_script_and_the_minified_sheet(bare_app: Flask) -> None:
    client = bare_app.test_client()
    assert SCRIPT_TAG in client.get("/nowhere").text
    assert client.get(f"/static/{SCRIPT}").status_code == 200
    assert len(client.get(f"/static/{SHEET}").data) < len(style_sheet().encode())


def test_without_a_build_pages_have_no_script_and_the_sheet_as_it_was_written(bare_app_without_build: Flask) -> None:
    client = bare_app_without_build.test_client()
    page = client.get("/nowhere").text
    assert "</html>" in page
    assert "<script" not in page
    assert client.get(f"/static/{SCRIPT}").status_code == 404
    assert f"/static/{SHEET}?v=" in page
    assert client.get(f"/static/{SHEET}").text == style_sheet()


def test_the_log_says_that_there_is_no_script(request: pytest.FixtureRequest) -> None:
    with capture_logs() as logs:
        request.getfixturevalue("bare_app_without_build")
    assert [log["event"] for log in logs] == ["script.not_built"]
