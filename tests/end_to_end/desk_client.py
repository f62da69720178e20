"""A person at UN Women who is signed in over real sockets, and decides at the same time as another."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from threading import Barrier

from harness.people import Person

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """An answer of the web."""

    status: int
    text: str


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follow no redirect, because tests check the redirect itself."""

    def redirect_request(self, *_args: object) -> None:
        """Return no request."""


@dataclass(frozen=True)
class DeskClient:
    """A person signed in at the web that listens at `address`."""

    person: Person
    address: str
    _cookies: CookieJar = field(default_factory=CookieJar)

    @classmethod
    def signed_in(cls, person: Person, address: str) -> DeskClient:
        """Sign in through the page."""
        client = cls(person, address)
        answer = client.post("/sign-in", form="/sign-in", email=person.email, password=person.password)
        assert answer.status == 302, answer.text
        return client

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(urllib.request.Request(f"{self.address}{path}"))

    def post(self, path: str, *, form: str, **fields: str) -> Answer:
        """Send a form found on the page `form`."""
        return self.prepared(path, form=form, **fields)()

    def prepared(self, path: str, *, form: str, **fields: str) -> Callable[[], Answer]:
        """Open the page `form` now, and return a function that sends its form without further requests."""
        page = self.get(form)
        token = TOKEN.search(page.text)
        assert token is not None, f"no form on {form}: {page}"
        data = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
        request = urllib.request.Request(f"{self.address}{path}", data=data, method="POST")
        request.add_header("Referer", f"{self.address}{form}")
        return lambda: self._ask(request)

    def _ask(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(_NoRedirects, urllib.request.HTTPCookieProcessor(self._cookies))
        try:
            with opener.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Run all acts at the same moment, each in its own thread, and return their answers."""
    barrier = Barrier(len(acts))

    def act_with_the_others(act: Callable[[], Answer]) -> Answer:
        barrier.wait(20)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act_with_the_others, acts))
