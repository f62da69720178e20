"""The imports between modules of the product, including those inside functions."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from rules.sources import python_files, tree

PRODUCT = ("platform", "tenants", "workers")
Graph = dict[str, set[str]]


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the product."""
    parts = path.with_suffix("").parts
    return ".".join(parts[parts[0] == "platform" :]).removesuffix(".__init__")


@cache
def imported() -> dict[str, frozenset[str]]:
    """Return the modules of the product that each module imports."""
    files = {module_name(path): path for path in python_files(*PRODUCT)}
    return {
        name: frozenset(target for target in _targets(path, files) if target != name) for name, path in files.items()
    }


def _targets(path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                if submodule in files:
                    yield submodule
                elif node.module and node.module in files:
                    yield node.module


def importers() -> Graph:
    """Return the modules of the product that import each module."""
    result: Graph = defaultdict(set)
    for name, targets in imported().items():
        for target in targets:
            result[target].add(name)
    return result


def children_graph(package: str) -> Graph:
    """Return the imports between the children of a package. A child is a module, or a package with all its modules."""
    result: Graph = defaultdict(set)
    for name, targets in imported().items():
        for target in targets:
            source, destination = _child(name, package), _child(target, package)
            if source and destination and source != destination:
                result[source].add(destination)
    return result


def _child(name: str, package: str) -> str | None:
    inside, _, rest = name.partition(f"{package}.")
    return f"{package}.{rest.partition('.')[0]}" if rest and not inside else None


def packages_with_packages(root: str) -> list[str]:
    """Return the packages at and below `root` that contain packages."""
    packages = {name.rpartition(".")[0] for name in imported()}
    parents = {name.rpartition(".")[0] for name in packages}
    return sorted(name for name in parents if name == root or name.startswith(f"{root}."))


def components(graph: Graph) -> list[list[str]]:
    """Return the strongly connected components of more than one node."""
    target_sets = {node: _reachable(graph, node) for node in graph}
    groups = {
        tuple(sorted(target for target in targets if node in target_sets.get(target, ())))
        for node, targets in target_sets.items()
        if node in targets
    }
    return sorted(list(group) for group in groups)


def _reachable(graph: Graph, start: str) -> set[str]:
    """Return the nodes that can be reached from `start` over at least one edge."""
    result: set[str] = set()
    queue = [*graph.get(start, ())]
    while queue:
        node = queue.pop()
        if node not in result:
            result.add(node)
            queue += graph.get(node, ())
    return result
