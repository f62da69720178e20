"""A test client that opens mailed links as browsers do: their first answer stores the token and redirects."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from solidarity.access.link_tokens import COOKIE


class Browser(FlaskClient):
    """A client that follows the redirect of a mailed link, and no other. `follows_links = False` switches this off."""

    follows_links = True

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request, and return the answer or that of the page of a mailed link."""
        answer = super().open(*args, **options)
        if self.follows_links and answer.headers.get("Set-Cookie", "").startswith(f"{COOKIE}="):
            headers = {name: value for name, value in (options.get("headers") or {}).items() if name != "Cookie"}
            return super().open(answer.location, headers=headers)
        return answer
