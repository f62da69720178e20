"""Checks of every request before its view. An odd request gets 400, 413 or 415, and never an error of ours.

The product has forms with text fields and nothing else, so a body is such a form or it is refused: no file parts, no
other content types, no broken multipart. Views and forms can rely on texts in `request.form`.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any, NoReturn
from urllib.parse import urlsplit

import structlog
from flask import Flask, Request, abort, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.utils import host_is_trusted

from solidarity.access.binding import principal
from solidarity.settings import Settings

MOST_FIELDS = 1000  # a report with every cell of every indicator has a quarter of them
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

log = structlog.get_logger(__name__)


class StrictFormParser(FormDataParser):
    """A parser that limits the fields in both encodings, and refuses a broken form instead of reading it as empty."""

    def parse(self, *args: Any, **options: Any) -> Any:
        """Parse a body. Raises BadRequest for one that is not a form of its content type."""
        self.silent = False
        try:
            return super().parse(*args, **options)
        except ValueError as error:
            raise BadRequest from error

    def _parse_urlencoded(self, stream: IO[bytes], *rest: Any) -> Any:
        body = stream.read()
        if body.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(BytesIO(body), *rest)


class CheckedRequest(Request):
    """A request whose form is parsed strictly."""

    form_data_parser_class = StrictFormParser


def init_request_checks(app: Flask, settings: Settings) -> None:
    """Check every request of `app`. Call it before `init_access`, whose refusals show the input of the form."""
    hosts = settings.hosts
    app.request_class = CheckedRequest
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS

    def check(endpoint: str | None, _values: object) -> None:
        try:
            _check_request(endpoint, hosts)
        except HTTPException as error:
            _refuse(error)

    app.url_value_preprocessor(check)


def _check_request(endpoint: str | None, hosts: frozenset[str]) -> None:
    if not host_is_trusted(request.host) or urlsplit(f"//{request.host}").hostname not in hosts:
        abort(400)
    if endpoint is None or request.method != "POST":
        return
    if request.mimetype and request.mimetype not in FORM_TYPES:
        abort(415)
    if request.files or None in request.form:  # a part that is a file, or without a name
        abort(400)


def _refuse(error: HTTPException) -> NoReturn:
    log.info("request.refused", endpoint=request.endpoint, status=error.code)
    principal()  # the error page is in the language of the signed-in person
    raise error
