"""Every page of the application in a real browser: in each language, on a phone and on a computer, light and dark.

The pages are found from the application: each address that answers a GET without parameters is visited as the person it
is for, and one page of each further kind that it links to. `make screenshots` takes pictures of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from harness.browser.contexts import Contexts
from harness.browser.page_checks import EVERY_VIEW, PageChecker, View
from harness.browser.page_walk import READERS, Walk, first_pages, reader
from harness.people import World
from harness.reporting import Reporting

from solidarity.i18n import catalogues

MINIMUM_PAGES = {"nobody": 5, "Alice": 20, "Dana": 15}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_hold_their_form(
    reporting: Reporting,
    contexts: Contexts,
    reporting_address: str,
    language: str,
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    count = walk(reporting.world, contexts, reporting_address, language, name)
    record_property("figure", f"pages checked: {count} of {name}, {language}")


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_pages_hold_their_form_in_every_view(
    reporting: Reporting, contexts: Contexts, reporting_address: str, language: str, name: str
) -> None:
    walk(reporting.world, contexts, reporting_address, language, name, EVERY_VIEW)


def walk(
    world: World, contexts: Contexts, address: str, language: str, name: str, views: Sequence[View] | None = None
) -> int:
    """Visit all pages of one reader and return how many. Fail with the list of their faults."""
    checker = PageChecker.open(contexts, address, world=world, person=reader(world, name), language=language)
    way, faults = Walk(world.app, first_pages(world.app, world.recife.slug)[name]), list[str]()
    while way.todo:
        faults += checker.visit(way.todo.pop(0), views)
        way.follow(checker.page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"))
    assert not faults, "\n".join(faults)
    assert checker.checked >= MINIMUM_PAGES[name], "the walk has lost its way"
    return checker.checked
