"""Responses are compressed, including refused forms, and their size discloses nothing of a page."""

from __future__ import annotations

import gzip
from itertools import pairwise

import brotli
import pytest
from flask import Flask, Response

from solidarity.http.compression import PADDING, init_compression

WORDS = "A page about people who take turns at the market stall. "
SENT_COMPRESSED = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("solidarity")
    init_compression(app)
    app.add_url_rule("/page", "page", view_func=lambda: WORDS * 100)
    app.add_url_rule("/refused", "refused", view_func=lambda: (WORDS * 100, 422), methods=["POST"])
    app.add_url_rule("/short", "short", view_func=lambda: "OK")
    app.add_url_rule("/photo", "photo", view_func=lambda: Response(b"\xff\xd8" * 1000, mimetype="image/jpeg"))
    return app


def sizes(app: Flask, times: int, **headers: str) -> set[int]:
    request_headers = SENT_COMPRESSED | {name.replace("_", "-"): value for name, value in headers.items()}
    return {len(app.test_client().get("/page?q=csrf_token", headers=request_headers).data) for _ in range(times)}


@pytest.mark.parametrize(
    ("accept_encoding", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip")],
)
def test_a_page_is_compressed_as_the_browser_takes_it(app: Flask, accept_encoding: str, encoding: str) -> None:
    answer = app.test_client().get("/page", headers={"Accept-Encoding": accept_encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.content_length == len(answer.data) < 500
    whole = brotli.decompress(answer.data) if encoding == "br" else gzip.decompress(answer.data)
    assert whole.decode().startswith(WORDS * 100)


def test_a_refused_form_is_compressed_too(app: Flask) -> None:
    answer = app.test_client().post("/refused", headers=SENT_COMPRESSED)
    assert answer.status_code == 422
    assert answer.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize(("path", "accept_encoding"), [("/page", "identity"), ("/short", "br"), ("/photo", "br, gzip")])
def test_nothing_is_compressed_in_vain(app: Flask, path: str, accept_encoding: str) -> None:
    answer = app.test_client().get(path, headers={"Accept-Encoding": accept_encoding})
    assert "Content-Encoding" not in answer.headers
    assert b"<!--" not in answer.data


def test_the_same_page_has_many_sizes(app: Flask) -> None:
    page_sizes = sorted(sizes(app, 200))
    assert len(page_sizes) > PADDING // 3
    assert all(later - earlier < 20 for earlier, later in pairwise(page_sizes)), "a gap would tell two pages apart"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_probe_a_page_with_a_text_of_its_own(app: Flask, site: str) -> None:
    assert sizes(app, 3, Sec_Fetch_Site=site) == {len(WORDS) * 100}
    assert max(sizes(app, 3, Sec_Fetch_Site="same-origin")) < 500
