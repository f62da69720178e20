"""Measure the shape of the code: folders, imports, names and templates. `make measure` prints the table.

`python tests/rules/measure.py --list bindings` prints the places behind a row; so do `names`, `classes`, `cycles`,
`lines`, `terms`, `prose` and `modules`. `test_measures.py` holds the limits.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # tests/ is a source root, this folder is not

from rules.bindings import Binding, bindings, is_vague
from rules.imports import PRODUCT, children_graph, components, importers, module_name, packages_with_packages
from rules.sources import ROOT, committed, prose, python_files, tree
from rules.terms import STYLE_PAGE, Identifier, identifiers, page_terms, private_terms

CODE = (*PRODUCT, "tests")
TEMPLATE_FOLDERS = ("platform/solidarity/templates", "workers/emails")
LONGEST_LINE = 140
SMALL_MODULE = 50
VAGUE_PROSE = re.compile(r"\b(she|hers?|herself|who(m|so)?ever)\b", re.IGNORECASE)
MAX_ROOT_MODULES, MAX_MODULES, MAX_VAGUE, MAX_TERMS = 8, 15, 0.01, 12
# Modules that every package may have, even if they are short.
STRUCTURAL = frozenset({"__init__", "models", "undo", "obligations", "forms"})


class LongLine(NamedTuple):
    """A line of a template that is too long, in characters."""

    path: Path
    line: int
    length: int


class SmallModule(NamedTuple):
    """A module under 50 lines, and the only one that imports it."""

    name: str
    importer: str
    lines: int


def root_modules() -> list[str]:
    """Return the modules at the root of the web package."""
    return sorted(path.name for path in _modules("platform") if path.parent == Path("platform/solidarity"))


def cycles(root: str = "tenants") -> list[list[str]]:
    """Return the groups of packages and modules below `root` that import each other in a cycle."""
    return [cycle for package in packages_with_packages(root) for cycle in components(children_graph(package))]


def modules_by_folder() -> Counter[str]:
    """Return the number of modules in each folder of code, without subfolders and `__init__.py`."""
    return Counter(str(path.parent) for path in _modules(*CODE))


def template_lines() -> list[LongLine]:
    """Return all lines of the templates of pages and mails with their lengths."""
    return [
        LongLine(path, number, len(text))
        for path in committed()
        if path.suffix in {".html", ".txt"} and str(path).startswith(TEMPLATE_FOLDERS)
        for number, text in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
    ]


def long_lines() -> list[LongLine]:
    """Return the lines of templates that are too long, the longest first."""
    return sorted((line for line in template_lines() if line.length > LONGEST_LINE), key=lambda line: -line.length)


def all_bindings() -> list[Binding]:
    """Return all bindings of the code."""
    return [binding for path in python_files(*CODE) for binding in bindings(path)]


def vague_bindings() -> list[Binding]:
    """Return the bindings whose names are pronouns or participles."""
    return sorted(binding for binding in all_bindings() if is_vague(binding.name))


def terms_left() -> dict[str, list[Identifier]]:
    """Return the private terms in identifiers of the code that are not on the style page."""
    places = private_terms(name for path in python_files(*CODE) for name in identifiers(path))
    return {term: names for term, names in places.items() if term not in page_terms()}


def repeated_classes() -> list[str]:
    """Return the class names that the product uses more than once."""
    names = Counter(
        node.name for path in python_files(*PRODUCT) for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)
    )
    return sorted(name for name, count in names.items() if count > 1)


def vague_prose() -> list[tuple[Path, int]]:
    """Return where a docstring or comment assumes a gender, or names a person by a clause."""
    return [(path, line) for path in python_files(*CODE) for line, text in prose(path) if VAGUE_PROSE.search(text)]


def small_modules() -> list[SmallModule]:
    """Return the modules of the product that are short and have exactly one importer, the shortest first."""
    result = []
    by_module = importers()
    for path in python_files(*PRODUCT):
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        sources = by_module.get(module_name(path), set())
        if path.stem not in STRUCTURAL and lines < SMALL_MODULE and len(sources) == 1:
            result.append(SmallModule(module_name(path), min(sources), lines))
    return sorted(result, key=lambda module: module.lines)


def _modules(*folders: str) -> list[Path]:
    return [path for path in python_files(*folders) if path.stem != "__init__"]


def rows() -> list[tuple[str, str, str]]:
    """Return the table: point, goal, measured."""
    folders = ", ".join(f"{folder} {count}" for folder, count in modules_by_folder().most_common(5))
    return [
        ("loose modules at the root of platform/solidarity", f"<= {MAX_ROOT_MODULES}", str(len(root_modules()))),
        ("packages of tenants in an import cycle", "0", str(sum(map(len, cycles())))),
        ("modules in the largest folders", f"<= {MAX_MODULES}", folders),
        (f"template lines over {LONGEST_LINE} characters", "0", _lines_row()),
        ("bindings that are pronouns or participles", f"< {MAX_VAGUE:.0%}", _bindings_row()),
        (f"private terms on {STYLE_PAGE}", f"<= {MAX_TERMS}", str(len(page_terms()))),
        ("other private terms", "0", f"{len(terms_left())} in {sum(map(len, terms_left().values()))} names"),
        ("class names used twice in the product", "0", str(len(repeated_classes()))),
        ("docstrings and comments with she, her or whoever", "0", str(len(vague_prose()))),
        (f"modules with one importer and under {SMALL_MODULE} lines", "-", str(len(small_modules()))),
    ]


def _lines_row() -> str:
    lines = template_lines()
    longest = max(line.length for line in lines)
    return f"{len(long_lines()) / len(lines):.1%} of {len(lines)} (longest {longest})"


def _bindings_row() -> str:
    total = len(all_bindings())
    most_frequent = ", ".join(_names()[:8])
    return f"{len(vague_bindings()) / total:.1%} of {total} ({most_frequent})"


def _names() -> list[str]:
    counts = Counter(binding.name for binding in vague_bindings())
    return [f"{name} {count}" for name, count in counts.most_common()]


LISTS: dict[str, Callable[[], list[str]]] = {
    "cycles": lambda: [" <-> ".join(cycle) for cycle in cycles()],
    "lines": lambda: [f"{line.path}:{line.line}: {line.length}" for line in long_lines()],
    "bindings": lambda: [f"{binding.path}:{binding.line}: {binding.name}" for binding in vague_bindings()],
    "names": _names,
    "classes": repeated_classes,
    "terms": lambda: [
        f"{term}: {name.path}:{name.line}: {name.name}" for term, names in terms_left().items() for name in names
    ],
    "prose": lambda: [f"{path}:{line}" for path, line in vague_prose()],
    "modules": lambda: [f"{module.name} ({module.lines} lines) <- {module.importer}" for module in small_modules()],
}


def main() -> None:
    """Print the table, or the places behind one row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", choices=LISTS, help="print the places behind a row")
    choice = parser.parse_args().list
    table = LISTS[choice]() if choice else [f"{point:50} {goal:8} {value}" for point, goal, value in rows()]
    sys.stdout.writelines(f"{line}\n" for line in table)


if __name__ == "__main__":
    main()
