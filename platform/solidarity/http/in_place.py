"""Redirects with a fragment, for the page's script, which saves forms in place.

A browser's fetch follows a redirect and drops its fragment. If the script asks, a redirect to a place on a page
(`/plan#s-...`) is therefore a 204 with the address in a header, and the script goes there. Other requests redirect.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response


def init_in_place(app: Flask) -> None:
    """Send redirects with a fragment to the script as the header X-Continue."""
    app.after_request(_tell_place)


def _tell_place(response: Response) -> Response:
    place = response.headers.get("Location", "")
    if response.status_code in {302, 303} and "#" in place and "HX-Request" in request.headers:
        response.status_code = 204
        response.set_data(b"")
        del response.headers["Location"]
        del response.headers["Content-Type"]
        response.headers["X-Continue"] = place
    return response
