"""Every act of the pages can be undone, or asks first, or says why it needs neither."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from solidarity.chapter.history.views import WORDS
from tenants.people.permissions import Permission
from tenants.undoing.kinds import undoables

README = Path(__file__).parents[2] / "tenants" / "undo" / "README.md"
LINE = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| (undo|asks|neither) \| (.+) \|$", re.MULTILINE)
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
ON_A_MACHINE_OF_ONES_OWN = {"public.gallery"}


def _listed() -> dict[str, tuple[str, str]]:
    found = LINE.findall(README.read_text())
    routes = [route for route, _how, _what in found]
    assert len(routes) == len(set(routes)), "a route stands there twice"
    return {route: (how, what) for route, how, what in found}


def test_no_route_that_changes_something_is_left_out(app: Flask) -> None:
    changing = {rule.endpoint for rule in app.url_map.iter_rules() if CHANGING & set(rule.methods or ())}
    assert changing - set(_listed()) - ON_A_MACHINE_OF_ONES_OWN == set()
    assert set(_listed()) - changing == set(), "routes that are no more"


def test_what_is_said_to_be_undone_has_a_kind_and_every_kind_a_route() -> None:
    undone = {what for how, what in _listed().values() if how == "undo"}
    assert undone == set(undoables())


def test_every_kind_has_words_and_builds_only_on_kinds_there_are() -> None:
    for kind in undoables().values():
        assert kind.kind in WORDS
        assert kind.permission in set(Permission)
        assert kind.after_it <= set(WORDS), kind.kind
