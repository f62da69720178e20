"""Send text compressed: with Brotli if the browser accepts it, else with gzip.

Many chapters have slow connections, and a page of 40 kB is sent as 6 kB. Flask-Compress was rejected: it does not
compress refused forms (422) and conflicts (409), which send the same page a second time.

BREACH: the compressed size shows how much two parts of a page have in common. An attacker who can insert text into a
page that a browser requests, and who can watch the connection, can guess a secret of the page, such as its CSRF token,
character by character. There are two defences. Another site can insert text only by the query, so a page requested from
another site with a query is not compressed (`Sec-Fetch-Site` shows this; because our cookies are SameSite=Lax, no other
request from there could see the secret). For browsers without that header, every compressed page ends with padding of
random length, which hides the difference of one character unless the page is requested very often.
"""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache

import brotli
from flask import Flask, request
from werkzeug.wrappers import Response

ENCODINGS = ["br", "gzip"]
SMALLEST = 500  # bytes; for less, compression saves less than its headers cost
PAGE_LEVEL = {"br": 5, "gzip": 6}  # about a millisecond for a page
ONCE_LEVEL = {"br": 11, "gzip": 9}  # for files, which are compressed once per process
PADDING = 96  # bytes at most, half of it on average: several times the effect of a guessed character
TEXTS = frozenset({"application/json", "application/javascript", "application/manifest+json", "image/svg+xml"})
OWN_SITES = frozenset({"same-origin", "none", ""})  # `none`: typed, a bookmark, a link in a mail program


def init_compression(app: Flask) -> None:
    """Compress the text of every answer. Register it first, so that it sees the final answers."""
    app.after_request(_compress)


def compress_once(response: Response, content: bytes) -> Response:
    """Give `response` the content of a file, compressed. Each file is compressed once per process."""
    encoding = _encoding()
    response.vary.add("Accept-Encoding")
    response.set_data(_file(content, encoding) if encoding else content)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _compress(response: Response) -> Response:
    if not _is_text(response) or _may_be_probed(response):
        return response
    response.vary.add("Accept-Encoding")
    encoding = _encoding()
    content = response.get_data()
    if encoding is None or len(content) < SMALLEST:
        return response
    if response.mimetype == "text/html":
        content += _padding()
    response.set_data(_squeezed(content, encoding, PAGE_LEVEL))
    response.headers["Content-Encoding"] = encoding
    return response


def _is_text(response: Response) -> bool:
    """Whether the response is text, complete in memory, and not compressed yet."""
    kind = response.mimetype or ""
    is_text = kind.startswith("text/") or kind in TEXTS
    return is_text and response.is_sequence and "Content-Encoding" not in response.headers


def _may_be_probed(response: Response) -> bool:
    asked_from = request.headers.get("Sec-Fetch-Site", "")
    return response.mimetype == "text/html" and asked_from not in OWN_SITES and bool(request.query_string)


def _encoding() -> str | None:
    return request.accept_encodings.best_match(ENCODINGS)


def _padding() -> bytes:
    return f"<!-- {secrets.token_urlsafe(secrets.randbelow(PADDING * 3 // 4))} -->".encode()


@lru_cache(maxsize=32)
def _file(content: bytes, encoding: str) -> bytes:
    return _squeezed(content, encoding, ONCE_LEVEL)


def _squeezed(content: bytes, encoding: str, level: dict[str, int]) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=level["br"]))
    return gzip.compress(content, level["gzip"], mtime=0)
