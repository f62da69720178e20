"""Every page of the application in a real browser: in every language, on a phone and on a computer, light and dark.

The pages are found from the application itself: whatever answers a GET without further knowledge is looked at, as the
person it is for, and one page of each further kind that it links to. `make screenshots` takes pictures of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from books import Books
from look.judging import EVERY_VIEW, Judge, View, open_context
from look.pages import READERS, Walk, first_pages, reader
from people import World
from playwright.sync_api import Browser

from solidarity.i18n import catalogues

FEWEST = {"nobody": 5, "Alice": 20, "Dana": 15}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_hold_their_form(
    books: Books,
    chromium: Browser,
    there: str,
    language: str,
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    count = walk(books.world, chromium, there, language, name)
    record_property("figure", f"pages judged: {count} of {name}, {language}")


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_hold_their_form_in_every_view(
    books: Books, chromium: Browser, there: str, language: str, name: str
) -> None:
    walk(books.world, chromium, there, language, name, EVERY_VIEW)


def walk(
    world: World, chromium: Browser, address: str, language: str, name: str, views: Sequence[View] | None = None
) -> int:
    """Go through all pages of one reader, fail with everything that is wrong with them, and return how many."""
    context = open_context(world, chromium, address, reader(world, name), language)
    judge, way, faults = (
        Judge(context.new_page(), address, language),
        Walk(world.app, first_pages(world.app, world.recife.slug)[name]),
        list[str](),
    )
    while way.todo:
        faults += judge.open(way.todo.pop(0), views)
        way.follow(judge.page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"))
    context.close()
    assert not faults, "\n".join(faults)
    assert judge.looked >= FEWEST[name], "the walk has lost its way"
    return judge.looked
