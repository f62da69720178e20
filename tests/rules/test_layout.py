"""The layout of the repository, and `platform/`, whose name must not hide the standard module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter

from rules.sources import PRODUCT_FOLDERS, ROOT, committed, python_files, tree

TOP = {
    "platform", "tenants", "workers", "migrations", "tests", "docs",
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "pyproject.toml",
    "requirements.lock", "requirements-dev.lock", "requirements-build.lock", "package.json", "package-lock.json",
    "docker-compose.yml", "Dockerfile",
}  # fmt: skip
LONGEST = 400
MOST_MODULES = 16
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base_utils"}


def test_the_top_folder_holds_what_the_architecture_names() -> None:
    present = {path.parts[0] for path in committed() if not path.parts[0].startswith(".")}
    assert sorted(present - TOP) == []
    assert set(PRODUCT_FOLDERS) | {"tests"} <= present


def test_platform_is_a_source_root_and_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    script = "import platform, solidarity, tenants, workers; print(platform.python_version(), platform.__file__)"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.startswith(sys.version.split()[0])
    assert str(ROOT / "platform") not in answer.stdout


def test_no_test_folder_is_a_package_or_hides_one() -> None:
    tests = [path for path in committed() if path.parts[0] == "tests"]
    assert [str(path) for path in tests if path.name == "__init__.py"] == []
    folders = {part for path in tests for part in path.parts[1:-1]}
    assert folders & {*PRODUCT_FOLDERS, "solidarity", *sys.stdlib_module_names} == set()


def test_a_folder_of_tests_holds_few_modules() -> None:
    modules = Counter(str(path.parent) for path in python_files("tests"))
    assert {folder: number for folder, number in modules.items() if number > MOST_MODULES} == {}


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in python_files("tenants", "workers")} | {
        path.parent for path in python_files("platform") if path.parts[1] == "solidarity"
    }
    assert [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_files_stay_short_and_are_named_for_what_they_hold() -> None:
    files = [*python_files(), *python_files("tests")]
    lines = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path: count for path, count in lines.items() if count > LONGEST} == {}
    assert [str(path) for path in files if path.stem in VAGUE or path.stem.endswith(("_utils", "_helpers"))] == []


def test_a_migration_imports_nothing_that_moves_on() -> None:
    allowed = {"alembic", "sqlalchemy", "sqlalchemy.dialects", "tenants"}
    imported = {
        (str(path), name)
        for path in python_files("migrations")
        if path.parts[1] == "versions"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node)
    }
    assert {pair for pair in imported if pair[1] not in allowed} == set()


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.module == "tenants":  # tenants.policies is written for migrations
        return ["tenants" if alias.name == "policies" else f"tenants.{alias.name}" for alias in node.names]
    return [str(node.module)]


def test_every_top_folder_says_what_it_is() -> None:
    assert [folder for folder in (*PRODUCT_FOLDERS, "tests") if not (ROOT / folder / "README.md").exists()] == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    banned_words = (
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "registry." + "npmjs",
        "/wo" + "rk/main",
        "/ho" + "me/",
        "/ro" + "ot/",
    )
    matches = []
    for path in committed():
        if path.suffix in {".woff2", ".png", ".jpg", ".ico", ".mo"}:
            continue
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        matches += [f"{path}: {word}" for word in banned_words if word in text]
    assert matches == []


def test_the_directions_of_imports_are_part_of_lint() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = makefile.partition("\nlint:")[2].partition("\n\n")[0]
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "djlint --lint"):
        assert tool in lint, tool
    assert "test: lint" in makefile
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'layers = ["workers", "solidarity", "tenants"]' in settings
