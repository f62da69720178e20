"""Whatever the sources record has words on the page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from rules.sources import calls, python_files, tree

from solidarity.labels.history import ACT_WORDS

SOURCES = ("tenants", "platform", "workers")


def actions(path: Path) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a file gives as an action, with the function called: of `record`, and of what hands it on."""
    for line, called, call in calls(path):
        for keyword in call.keywords:
            if keyword.arg == "action":
                yield f"{path}:{line} {called}", keyword.value


def handed_on(path: Path) -> set[str]:
    """Return the functions of a file that take an action as a parameter."""
    return {
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and any(argument.arg == "action" for argument in node.args.kwonlyargs)
    }


def codes(value: ast.expr) -> set[str]:
    return {node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_code_that_is_recorded_has_words() -> None:
    recorded = {code for path in python_files(*SOURCES) for _, value in actions(path) for code in codes(value)}
    assert {"desk.entered", "activity.logged", "person.invited"} <= recorded
    assert recorded - set(ACT_WORDS) == set()
    assert set(ACT_WORDS) - recorded == set(), "words for what nothing records"


def test_every_code_is_written_out_where_it_is_recorded() -> None:
    """So that the test above sees it: a literal, or a parameter of a function whose callers write it out."""
    hidden = [
        where
        for path in python_files(*SOURCES)
        for where, value in actions(path)
        if not codes(value) and not (isinstance(value, ast.Name) and value.id == "action" and handed_on(path))
    ]
    assert hidden == []
    silent = [
        f"{path}:{line}"
        for path in python_files(*SOURCES)
        for line, called, call in calls(path)
        if called.rpartition(".")[2] in {"record", "AuditEntry", *handed_on(path)}
        and not any(keyword.arg == "action" for keyword in call.keywords)
    ]
    assert silent == []
