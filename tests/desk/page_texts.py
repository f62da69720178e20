"""Text of the desk's pages, and the number of statements that a page takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from harness.people import Place, World, onboard
from harness.statements import logged
from sqlalchemy import select

from tenants import clock
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import db, opened
from tenants.scope import ChapterScope


def page(client: FlaskClient, address: str) -> str:
    """Return the HTML of a page, which must answer 200."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    return answer.get_data(as_text=True)


def text_of(markup: str) -> str:
    """Return the text of some markup, including the labels of its drawings."""
    text = re.sub(r'<svg[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", markup)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def rows_of(markup: str, table: int = 0) -> list[str]:
    """Return the rows of a table of a page as text, one line each."""
    body = markup.split("<tbody>")[table + 1].partition("</tbody>")[0]
    return [text_of(row) for row in body.split("</tr>")[:-1]]


def next_address(markup: str, rel: str = "next") -> str:
    """Return the address of the next page of a list, or an empty string."""
    match = re.search(rf'rel="{rel}" href="([^"]+)"', markup)
    return match.group(1).replace("&amp;", "&") if match else ""


def enter(world: World, slug: str, zone: str = "UTC", *, country: str = "UG", since: datetime | None = None) -> Place:
    """Enter a chapter that is active since `since`, or since now, when nothing is overdue in it."""
    with world.app.app_context():
        place = onboard(slug, f"HeForShe {slug}", country, zone, ["en"])
        with opened(ChapterScope(place.id)) as session:
            chapter = session.scalars(select(Chapter)).one()
            chapter.state, chapter.active_since = ChapterState.ACTIVE, since or clock.now()
    return place


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """Yield the list of statements sent inside the block, on all logins."""
    with app.app_context():
        engines = list(db.engines.values())
    with logged(engines) as seen:
        yield seen


def statements_of(client: FlaskClient, address: str) -> int:
    """Return the number of statements that a page takes."""
    with watched(client.application) as seen:
        page(client, address)
    return len(seen)


def statements_in(app: Flask, act: Callable[[], object]) -> int:
    """Return the number of statements of an act, without those that bind the countries of the transaction."""
    with watched(app) as seen:
        act()
    return len([statement for statement in seen if "use_countries" not in statement])
