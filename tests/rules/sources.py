"""The sources that the rules read: files in git, their syntax trees, and their strings other than docstrings."""

from __future__ import annotations

import ast
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT_FOLDERS = ("platform", "tenants", "workers", "migrations")


@cache
def committed() -> tuple[Path, ...]:
    """Return all files that git tracks, or does not ignore, relative to the root."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(Path(line) for line in listing.stdout.splitlines() if (ROOT / line).is_file())


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the Python files in `folders`, by default those of the product and the migrations."""
    for path in committed():
        if path.suffix == ".py" and path.parts[0] in (folders or PRODUCT_FOLDERS):
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings of a file except docstrings, with their lines. F-strings yield their fixed parts."""
    docstrings = {id(docstring) for docstring in _docstrings(path)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the docstrings and comments of a file with their first lines."""
    yield from ((docstring.lineno, str(docstring.value)) for docstring in _docstrings(path))
    for token in tokenize.generate_tokens(StringIO((ROOT / path).read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _docstrings(path: Path) -> Iterator[ast.Constant]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            match node.body[0]:
                case ast.Expr(value=ast.Constant() as docstring):
                    yield docstring


def calls(path: Path) -> Iterator[tuple[int, str, ast.Call]]:
    """Yield the calls in a file: line, dotted name as in the source, and the call."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func), node


def actions(path: Path) -> Iterator[tuple[str, ast.expr]]:
    """Yield the place and the value of each `action` argument in a file, for `record` and functions that call it."""
    for line, callee, call in calls(path):
        for keyword in call.keywords:
            if keyword.arg == "action":
                yield f"{path}:{line} {callee}", keyword.value


def codes(value: ast.expr) -> set[str]:
    """Return the strings in an expression."""
    return {node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
