"""Take screenshots of every page for each kind of reader: `make screenshots`.

They cover all languages, phone and computer, light and dark, in the running product with all invented chapters. They
are stored in the ignored folder screenshots/, with an index.html. `--only plan` takes only pages whose address contains
"plan". `--var FOLDER` (with `--address`) uses a Solidarity that is already running instead of a new one.
"""

from __future__ import annotations

import argparse
import html
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT / "tests")  # tests/ is a source root, this folder is not

from flask import Flask  # noqa: E402
from harness.browser.contexts import running_chromium  # noqa: E402
from harness.browser.page_checks import EVERY_VIEW  # noqa: E402
from harness.browser.page_walk import Walk, first_pages  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Page  # noqa: E402
from screenshots.readme_pictures import DESKTOP, running, sign_ins, signed_in  # noqa: E402

from solidarity.app import create_app  # noqa: E402
from solidarity.embedded.environment import adopt  # noqa: E402
from solidarity.i18n import catalogues  # noqa: E402
from solidarity.settings import Settings  # noqa: E402

PICTURES = ROOT / "screenshots"
AT_ONCE = 2
# Bars at the edge of the window would cover the middle of a full-page screenshot.
UNSTICK = "document.querySelectorAll('.bottombar, .savebar').forEach(bar => { bar.style.position = 'static' })"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Reader:
    """A reader: the name of an invented person, a chapter, and the reader of page_walk whose pages come first."""

    name: str
    person: str | None
    chapter: str
    pages: str


READERS = (
    Reader("nobody", None, "recife", "nobody"),
    Reader("focal-point", "Marina Albuquerque", "recife", "Alice"),
    Reader("member", "Thiago Nascimento", "recife", "Alice"),
    Reader("new-chapter", "أصيلة الهنائية", "nizwa", "Alice"),
    Reader("resting-chapter", "Gustavo Peralta", "rosario", "Alice"),
    Reader("desk", "Ingrid Solheim", "recife", "Dana"),
    Reader("country-desk", "Layla Haddad", "irbid", "Dana"),
)


@dataclass(frozen=True)
class Round:
    """A walk of one reader through all pages in one language."""

    reader: Reader
    language: str
    address: str
    var: Path
    only: str


def main() -> int:
    """Take all screenshots, and write the index page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--only", default="", help="only pages whose address has this in it")
    parser.add_argument("--var", type=Path, help="the data of a Solidarity that runs already; needs --address")
    parser.add_argument("--address", help="where that one answers")
    options = parser.parse_args()
    start = time.monotonic()
    PICTURES.mkdir(exist_ok=True)
    if not options.only:
        for old in PICTURES.glob("*.png"):
            old.unlink()
    with product(options.var, options.address) as (var, address):
        rounds = [
            Round(reader, code, address, var, options.only) for reader in READERS for code in catalogues.languages()
        ]
        picture_count = sum(taken_at_once(rounds))
    write_index()
    tell(f"{picture_count} pictures in {time.monotonic() - start:.0f} s: {(PICTURES / 'index.html').relative_to(ROOT)}")
    return 0


@contextmanager
def product(var: Path | None, address: str | None) -> Iterator[tuple[Path, str]]:
    """Yield the folder and the address of a running product."""
    if var and address:
        yield var, address
        return
    tell("Starting Solidarity with its invented chapters ...")
    with tempfile.TemporaryDirectory(prefix="solidarity-") as folder, running(Path(folder)) as new_address:
        yield Path(folder), new_address


def taken_at_once(rounds: list[Round]) -> Iterator[int]:
    """Walk AT_ONCE rounds at a time, and yield the number of screenshots of each round."""
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("spawn")) as pool:
        walks = {pool.submit(walk, round_): round_ for round_ in rounds}
        for number, future in enumerate(as_completed(walks), start=1):
            round_ = walks[future]
            tell(f"{number} of {len(rounds)}: {round_.reader.name}, {round_.language}, {future.result()} pictures")
            yield future.result()


def walk(round_: Round) -> int:
    """Take the screenshots of one round, and return their number."""
    adopt(round_.var)
    app = create_app(Settings())  # for its URL map; the pages come from the running product
    with running_chromium() as browser:
        return through(context_of(browser, round_).new_page(), app, round_)


def context_of(browser: Browser, round_: Round) -> BrowserContext:
    """Return a browser context of the reader, in the language of the round."""
    if round_.reader.person is None:
        context = browser.new_context(locale=round_.language)
    else:
        people = {name.split(",")[0]: (email, word) for name, email, word in sign_ins(round_.var)}
        context = signed_in(browser, round_.address, people[round_.reader.person], DESKTOP).context
    context.add_cookies([{"name": "language", "value": round_.language, "url": round_.address}])
    return context


def through(page: Page, app: Flask, round_: Round) -> int:
    """Visit all pages of a round, and return the number of screenshots."""
    way, count = Walk(app, first_pages(app, round_.reader.chapter)[round_.reader.pages]), 0
    while way.todo:
        path = way.todo.pop(0)
        answer = page.goto(round_.address + path)
        if answer is None or answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue  # not allowed for this reader, or not HTML
        way.follow(page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"))
        if round_.only in path:
            count += take(page, f"{page_name(path, round_)}--{round_.reader.name}--{round_.language}")
    return count


def page_name(path: str, round_: Round) -> str:
    """Return a file name for the path of a page that does not depend on the chapter and the ids."""
    plain = ID.sub("id", urlsplit(path).path).replace(f"/c/{round_.reader.chapter}", "/chapter")
    return plain.strip("/").replace("/", ".") or "front"


def take(page: Page, name: str) -> int:
    """Take a screenshot of a page in every view, and return their number."""
    page.evaluate(UNSTICK)
    for view in EVERY_VIEW:
        page.set_viewport_size({"width": view.width, "height": 844 if view.width < 700 else 860})
        page.emulate_media(color_scheme=view.scheme)
        page.screenshot(path=PICTURES / f"{name}--{view.width}-{view.scheme}.png", full_page=True)
    return len(EVERY_VIEW)


def write_index() -> None:
    """Write a plain page with all screenshots: a section for each page, a row for each reader."""
    parts: dict[str, dict[str, list[str]]] = {}
    for picture in sorted(PICTURES.glob("*--*.png")):
        page, reader, *_ = picture.stem.split("--")
        parts.setdefault(page, {}).setdefault(reader, []).append(picture.name)
    lines = ['<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><h1>Every page</h1><ul>']
    lines += [f'<li><a href="#{html.escape(page)}">{html.escape(page)}</a></li>' for page in parts]
    lines.append("</ul>")
    for page, readers in parts.items():
        lines.append(f'<h2 id="{html.escape(page)}">{html.escape(page)}</h2>')
        for reader, names in readers.items():
            links = (f'<a href="{html.escape(name)}">{image(name)}</a>' for name in names)
            lines.append(f"<h3>{html.escape(reader)}</h3><p>{' '.join(links)}</p>")
    (PICTURES / "index.html").write_text("\n".join(lines), encoding="utf-8")


def image(name: str) -> str:
    """Return the HTML of a small image."""
    view = name.removesuffix(".png").split("--", 2)[2].replace("--", " ")
    return f'<img src="{html.escape(name)}" alt="{view}" title="{view}" width="220" loading="lazy">'


def tell(sentence: str) -> None:
    """Print the progress to standard error."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
