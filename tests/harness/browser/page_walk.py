"""All pages of the application, found in its URL map and its links, by reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask
from harness.people import Person, World
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from solidarity.access.declarations import declared_access
from tenants.people.permissions import OF_ROLE, Role

NOT_PAGES = {"static", "public.healthz"}
READERS = ("nobody", "Alice", "Dana")


def reader(world: World, name: str) -> Person | None:
    """Return the person for a name in READERS, or None for `nobody`."""
    return {"nobody": None, "Alice": world.alice, "Dana": world.dana}[name]


def first_pages(app: Flask, chapter: str) -> dict[str, list[str]]:
    """Return the paths of all pages that need at most the chapter's slug, by the reader who may see them."""
    paths: dict[str, list[str]] = {name: [] for name in READERS}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        needs = rule.arguments - set(rule.defaults or {})
        if "GET" not in (rule.methods or ()) or not needs <= {"chapter"} or rule.endpoint in NOT_PAGES:
            continue
        access = declared_access(app, rule.endpoint)
        assert access is not None, f"{rule.endpoint} declares no access"
        path = adapter.build(rule.endpoint, {"chapter": chapter} if needs else {})
        if access.kind == "public":
            paths["nobody"].append(path)
        elif access.kind in {"signed_in", "requires"}:
            is_alices = access.kind == "signed_in" or (needs and access.permission in OF_ROLE[Role.FOCAL_POINT])
            paths["Alice" if is_alices else "Dana"].append(path)
    return paths


@dataclass
class Walk:
    """A walk of one reader: the given pages, then one page of each other kind that they link to."""

    app: Flask
    todo: list[str]
    kinds: set[tuple[str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.todo = [path for path in sorted(self.todo) if self.is_new(path)]

    def is_new(self, path: str) -> bool:
        """Whether this is the first page of its kind; marks the kind as seen. Figures of each level are a kind."""
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(urlsplit(path).path)
        except (NotFound, MethodNotAllowed, RequestRedirect):
            return False
        kind = (str(endpoint), str(values.get("level", "")))
        is_page = endpoint not in NOT_PAGES and not str(endpoint).startswith("language.") and kind not in self.kinds
        self.kinds.add(kind)
        return is_page

    def follow(self, links: list[str]) -> None:
        """Add the pages of new kinds among the links of a page."""
        self.todo += [link for link in links if link.startswith("/") and self.is_new(link)]
