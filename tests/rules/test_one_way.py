"""Patterns that all code follows: refused forms, pages of long lists, modules of views."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

import pytest
from rules.sources import calls, python_files, tree

from solidarity import accounts, chapter, desk, public

FORM_ERRORS = {"Refused", "VersionConflict"}
# The helper itself, and a page that needs no sign-in and has no form to show again.
CATCHING = {
    "platform/solidarity/forms/base.py",
    "platform/solidarity/forms/submission.py",
    "platform/solidarity/public/mail_link.py",
}


def test_views_leave_what_is_refused_to_one_helper() -> None:
    catching = {
        str(path)
        for path in python_files("platform")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and node.type and FORM_ERRORS & _names(node.type)
    }
    assert catching == CATCHING


def test_a_long_list_goes_on_from_a_row_and_not_from_a_number() -> None:
    offsets = [f"{path}:{line}" for path in python_files() for line, name, call in calls(path) if _skips(name, call)]
    cursors = [str(path) for path in python_files() for node in tree(path).body if _defines(node, "Cursor")]
    assert (offsets, cursors) == ([], ["tenants/keyset.py"])


def test_a_blueprint_is_called_blueprint() -> None:
    assignments = [
        (str(path), ast.unparse(node.targets[0]))
        for path in python_files("platform")
        for node in tree(path).body
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Blueprint(")
    ]
    assert len(assignments) > 15
    assert [pair for pair in assignments if pair[1] != "blueprint"] == []


@pytest.mark.parametrize("audience", [accounts, chapter, desk, public])
def test_an_audience_lists_every_module_of_views(audience: ModuleType) -> None:
    folder = Path("platform", *audience.__name__.split("."))
    with_views = {
        ".".join(path.with_suffix("").parts[1:])
        for path in python_files("platform")
        if folder in path.parents and any(_is_view(node) for node in tree(path).body)
    }
    assert {module.__name__ for module in audience.VIEWS} == with_views


def _names(node: ast.expr) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


def _skips(name: str, call: ast.Call) -> bool:
    return name.endswith(".offset") and ast.unparse(call.args[0]) != "0"  # OFFSET 0 only fences the planner


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name


def _is_view(node: ast.stmt) -> bool:
    routes = ("blueprint.get(", "blueprint.post(", "blueprint.route(")
    return isinstance(node, ast.FunctionDef) and any(
        ast.unparse(decorator).startswith(routes) for decorator in node.decorator_list
    )
