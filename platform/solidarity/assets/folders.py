"""The folders of static files: sources, npm packages and build output."""

from __future__ import annotations

from pathlib import Path

import solidarity

PACKAGE = Path(solidarity.__file__).resolve().parent
SCRIPTS = PACKAGE / "scripts"
STYLES = PACKAGE / "styles"
BUILD_FOLDER = PACKAGE / "built"  # not in git
NPM = PACKAGE.parent / "front"  # package.json and its lock

SCRIPT = "script.js"
SHEET = "theme.css"
