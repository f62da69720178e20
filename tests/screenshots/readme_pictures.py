"""Take the screenshots of the README: `python tests/screenshots/readme_pictures.py`, or `make pictures`.

The script starts the whole product in a temporary folder, with all invented chapters, and takes four pages as their
readers see them. The digest is among them only on a day on which a chapter works.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT / "tests")  # tests/ is a source root, this folder is not

from harness.browser.contexts import Contexts, running_chromium, sign_in  # noqa: E402
from harness.processes import PYTHON, ProcessGroup, is_well  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from solidarity.embedded.processes import free_port  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
START_SECONDS = 900.0
MAIL_SECONDS = 90.0
DESKTOP, PHONE, LETTER = {"width": 1280, "height": 860}, {"width": 390, "height": 844}, {"width": 720, "height": 900}
DESK, CHAPTER = "Ingrid Solheim", "Marina Albuquerque"


def main() -> None:
    """Take all screenshots, and print their paths."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="solidarity-") as folder, running(Path(folder)) as address:
        people = {name.split(",")[0]: (email, word) for name, email, word in sign_ins(Path(folder))}
        with running_chromium() as browser:
            desk = signed_in(browser, address, people[DESK], DESKTOP)
            take(desk, f"{address}/desk/", "desk")
            take(desk, figure_of_the_world(desk), "figure")
            take(signed_in(browser, address, people[CHAPTER], PHONE), f"{address}/c/recife/", "chapter")
            digest = address_of_a_digest(browser.new_page(viewport=LETTER), address)  # type: ignore[arg-type]
            if digest:
                take(browser.new_page(viewport=LETTER), digest, "digest")  # type: ignore[arg-type]
            else:
                sys.stdout.write("No chapter works at this hour, so no digest went out: its picture is as before.\n")


@dataclass
class Demonstration(ProcessGroup):
    """`solidarity up` in the folder `folder`, with its invented chapters."""

    port: int = field(default_factory=free_port)

    def command(self, name: str) -> Sequence[str | Path]:
        """Return the command of `solidarity up`."""
        return [*PYTHON, "-m", "solidarity.cli.main", "--var", self.folder, "up", "--port", str(self.port)]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the product in `folder`, and yield its address when all parts are well."""
    with Demonstration(folder, os.environ) as demonstration:
        address = f"http://127.0.0.1:{demonstration.port}"
        demonstration.start("up")
        demonstration.eventually(lambda: is_well(address), description="Solidarity is well", seconds=START_SECONDS)
        yield address
        demonstration.stop("up", seconds=40.0)


def sign_ins(folder: Path) -> list[list[str]]:
    """Return the accounts of the invented people: name, email address, password."""
    return list(json.loads((folder / "sign-ins.json").read_text(encoding="utf-8")))


def signed_in(browser: Browser, address: str, account: tuple[str, str], size: dict[str, int]) -> Page:
    """Return a page in English in which a person has signed in."""
    page = Contexts(browser).open(address, viewport=size, locale="en-GB").new_page()
    sign_in(page, address, *account)
    return page


def figure_of_the_world(page: Page) -> str:
    """Return the address of the sources of the first figure on the desk's first page."""
    link = page.get_by_role("link", name=re.compile("Where does this number come from")).first
    return str(page.evaluate("(link) => link.href", link.element_handle()))


def address_of_a_digest(page: Page, address: str) -> str | None:
    """Wait for an English digest of several obligations in the outbox, and return its address, or None."""
    until = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < until:
        page.goto(f"{address}/outbox")
        link = page.locator("main a", has_text=re.compile(r"and \d+ more")).first
        if link.count():
            return str(page.evaluate("(link) => link.href", link.element_handle())) + "/html"
        time.sleep(2)
    return None


def take(page: Page, address: str, name: str) -> None:
    """Open `address` in `page`, and take a screenshot of the window."""
    page.goto(address)
    page.screenshot(path=PICTURES / f"{name}.png")
    sys.stdout.write(f"{(PICTURES / name).relative_to(ROOT)}.png\n")


if __name__ == "__main__":
    main()
