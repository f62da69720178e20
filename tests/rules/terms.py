"""The private terms of `words.toml` in identifiers, and those that `docs/style.md` allows."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rules.bindings import WORDS, bindings, is_vague
from rules.sources import ROOT, tree

TERMS = WORDS["terms"]
STYLE_PAGE = "docs/style.md"


class Identifier(NamedTuple):
    """A name and its place; `defines` is false for variables, parameters and attributes."""

    path: Path
    line: int
    name: str
    defines: bool


def page_terms() -> list[str]:
    """Return the first column of the table of private terms on the style page."""
    section = (ROOT / STYLE_PAGE).read_text(encoding="utf-8").partition("\n## Private terms")[2].partition("\n## ")[0]
    return re.findall(r"^\| \*\*(\w+)\*\* \|", section, re.MULTILINE)


def identifiers(path: Path) -> Iterator[Identifier]:
    """Yield the names of a file, its folders, classes, functions, variables and attributes, but not of its tests."""
    yield Identifier(path, 1, path.stem, defines=True)
    yield from (Identifier(folder, 0, folder.name, defines=True) for folder in list(path.parents)[:-1])
    for binding in bindings(path):
        yield Identifier(path, binding.line, binding.name, defines=False)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("test_"):
            yield Identifier(path, node.lineno, node.name, defines=True)
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    yield Identifier(path, line.lineno, line.target.id, defines=False)


def private_terms(names: Iterator[Identifier]) -> dict[str, list[Identifier]]:
    """Return the private terms in `names`, each with the names that contain it.

    Pronouns and participles count in definitions only, because `bindings.py` has the rule for variables.
    """
    result: dict[str, list[Identifier]] = defaultdict(list)
    for identifier in dict.fromkeys(names):
        for term in _terms_in(identifier.name):
            if identifier.defines or not is_vague(term):
                result[term].append(identifier)
    return dict(result)


@cache
def _terms_in(name: str) -> list[str]:
    spelling = f"_{'_'.join(words(name))}_"
    return [term for term in TERMS if f"_{term}_" in spelling or f"_{_plural(term)}_" in spelling]


def _plural(term: str) -> str:
    return f"{term[:-1]}ies" if term.endswith("y") else f"{term}s"


@cache
def words(name: str) -> list[str]:
    """Return the words of a name in snake case or camel case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
