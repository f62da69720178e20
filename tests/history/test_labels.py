"""Action codes are literals at the place that records them. A test in tests/rules checks that each has a label."""

from __future__ import annotations

import ast
from pathlib import Path

from rules.sources import actions, calls, codes, python_files, tree

SOURCES = ("tenants", "platform", "workers")


def handed_on(path: Path) -> set[str]:
    """Return the functions of a file that take an action as a parameter."""
    return {
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and any(argument.arg == "action" for argument in node.args.kwonlyargs)
    }


def test_every_code_is_written_out_where_it_is_recorded() -> None:
    """tests/rules finds a code only if it is a literal, or a parameter of a function whose callers pass a literal."""
    hidden = [
        place
        for path in python_files(*SOURCES)
        for place, value in actions(path)
        if not codes(value) and not (isinstance(value, ast.Name) and value.id == "action" and handed_on(path))
    ]
    assert hidden == []
    silent = [
        f"{path}:{line}"
        for path in python_files(*SOURCES)
        for line, callee, call in calls(path)
        if callee.rpartition(".")[2] in {"record", "AuditEntry", *handed_on(path)}
        and not any(keyword.arg == "action" for keyword in call.keywords)
    ]
    assert silent == []
