"""Send text compressed: with Brotli where the browser takes it, else with gzip.

The line is the dearest thing a chapter has: a page of 40 kB travels as 6. Flask-Compress was weighed and left: it sends
refused forms (422) and conflicts (409) as they are, which is when somebody on a poor line gets the same page twice.

BREACH: compressed size tells how much two parts of a page have in common. Whoever can make a browser ask for our page
with a text of his choice in it, and can watch the line, guesses a secret of the page, such as the token of its forms,
sign by sign. Two things stand against it. Another site can put a text of its own into our page by the query only, so a
page asked for from another site, with a query, goes uncompressed (`Sec-Fetch-Site` tells; our cookies are SameSite=Lax,
so nothing but such a navigation could see the secret at all). And for browsers that do not tell, every compressed page
ends with padding of a random length, so that one sign more or less drowns unless the page is asked for very often.
"""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache

import brotli
from flask import Flask, request
from werkzeug.wrappers import Response

ENCODINGS = ["br", "gzip"]
SMALLEST = 500  # bytes; below, the headers weigh more than what is won
PAGE_LEVEL = {"br": 5, "gzip": 6}  # about a millisecond for a page
ONCE_LEVEL = {"br": 11, "gzip": 9}  # for files, which are compressed once a process
PADDING = 96  # bytes at most, half of it on average; several times what a guessed sign changes
TEXTS = frozenset({"application/json", "application/javascript", "application/manifest+json", "image/svg+xml"})
OWN_SITES = frozenset({"same-origin", "none", ""})  # `none`: typed, a bookmark, a link of a mail program


def init_compression(app: Flask) -> None:
    """Compress the text of every answer; register it first, so that it sees answers as they leave."""
    app.after_request(_compress)


def compress_once(response: Response, content: bytes) -> Response:
    """Give `response` the content of a file, compressed; the work is done once a process."""
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
    """Whether this is text, whole in memory, and not compressed yet."""
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
