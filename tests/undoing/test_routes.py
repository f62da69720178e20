"""Every route of the pages that changes something can be undone, or asks first, or says why it needs neither."""

from __future__ import annotations

from flask import Flask
from undoing.route_tables import ASKS_FIRST, NEEDS_NEITHER, UNDONE

from solidarity.labels.history import ACT_WORDS
from tenants.people.permissions import Permission
from tenants.undoing.kinds import undoables

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
ON_A_LOCAL_MACHINE = {"public.gallery"}


def test_every_route_that_changes_something_is_in_one_table(app: Flask) -> None:
    changing = {rule.endpoint for rule in app.url_map.iter_rules() if CHANGING & set(rule.methods or ())}
    listed = [*UNDONE, *ASKS_FIRST, *NEEDS_NEITHER]
    assert sorted(changing - ON_A_LOCAL_MACHINE) == sorted(listed)


def test_what_is_said_to_be_undone_has_a_kind_and_every_kind_a_route() -> None:
    assert set(UNDONE.values()) == set(undoables())


def test_every_kind_has_words_and_builds_only_on_kinds_there_are() -> None:
    for kind in undoables().values():
        assert kind.kind in ACT_WORDS
        assert kind.permission in set(Permission)
        assert kind.after_it <= set(ACT_WORDS), kind.kind
