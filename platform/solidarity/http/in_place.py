"""What the page's script needs of the server to save in place: where on the page a redirect leads.

A browser's fetch follows a redirect and forgets its fragment. So a redirect to a place on a page (`/plan#s-...`) is not
sent to the script as one: it is told the address, and goes there itself. Without script nothing is different.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response


def init_in_place(app: Flask) -> None:
    """Tell the script the whole address of a redirect that leads to a place on a page."""
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
