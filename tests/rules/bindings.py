"""Bindings of variables and parameters, and those whose vague names are pronouns or participles.

A binding is a place that gives a value to a name: assignment, `for`, `with`, `except`, `case`, `:=`, comprehension or
parameter. Attributes of a class do not count, because code reads them with their object (`term.ended`).
Only whole names count, in any case and without outer underscores: `found` and `HELD`, not `found_rows`.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rules.sources import ROOT, tree

WORDS: dict[str, dict[str, str]] = tomllib.loads((ROOT / "tests/rules/words.toml").read_text(encoding="utf-8"))
PRONOUNS, PARTICIPLES, STANDARD = (
    frozenset(WORDS["bindings"][kind].split()) for kind in ("pronouns", "participles", "standard")
)


class Binding(NamedTuple):
    """A name that gets a value; `function` is its qualified name, empty at module level."""

    path: Path
    line: int
    function: str
    name: str


def is_vague(name: str) -> bool:
    """Whether a whole name is a pronoun or a participle."""
    word = name.strip("_").lower()
    is_participle = word in PARTICIPLES or re.fullmatch(r"[a-z]+ed", word) is not None
    is_dunder = name.startswith("__")
    return not is_dunder and word not in STANDARD and (word in PRONOUNS or is_participle)


@cache
def bindings(path: Path) -> tuple[Binding, ...]:
    """Return the bindings of a file, in no particular order."""
    result = []
    stack: list[tuple[ast.AST, tuple[str, ...]]] = [(tree(path), ())]
    while stack:
        node, scope = stack.pop()
        if name := _bound(node, scope):
            result.append(Binding(path, getattr(node, "lineno", 0), ".".join(scope), name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = (*scope, node.name)
        stack += [(child, scope) for child in _children(node)]
    return tuple(result)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children of a node, but only the values of class attributes."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.ClassDef) and isinstance(child, ast.Assign | ast.AnnAssign)):
            yield child
        elif child.value:
            yield child.value


def _bound(node: ast.AST, scope: tuple[str, ...]) -> str | None:
    """Return the name that a node binds, if any. `other` is allowed as the second operand of an operator."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.ExceptHandler(name=name):
            return name
        case ast.arg(arg=name):
            is_operand = name == "other" and scope[-1:] and scope[-1].startswith("__")
            return None if is_operand else name
    return None
