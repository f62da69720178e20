"""Pages nobody wants to see, judged as all others: forms that were filled in wrongly, conflicts, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from books import Books
from browser import serving
from flask import Flask
from look.judging import Judge, open_context, view_of
from look.pages import READERS, Walk, first_pages, reader
from look.shelf import LAST_SENT, fill
from look.test_error_pages import failing_app
from people import Person, World
from playwright.sync_api import Browser, Response

from solidarity.http.error_pages import PAGES
from solidarity.i18n import catalogues
from tenants.action_kit.cells import AgeBand, Sex
from tenants.chapters.models import ChapterState

__all__ = ["failing_app"]

Judging = Callable[[Person | None], Judge]
FEWEST = {"nobody": 1, "Alice": 6, "Dana": 2}
# The forms of a page that are filled in, not only pressed.
FORMS = """() => [...document.querySelectorAll("main form[method=post]")]
    .filter(form => form.querySelector("input:not([type=hidden]), select, textarea")).length"""
# Everything left out, and no number where one is wanted; sent as it would be without script.
SPOIL = """(index) => {
    const form = [...document.querySelectorAll("main form[method=post]")]
        .filter(form => form.querySelector("input:not([type=hidden]), select, textarea"))[index];
    for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        if (field.matches("[type=checkbox], [type=radio]")) field.checked = false;
        else field.value = field.inputMode === "numeric" || field.inputMode === "decimal" ? "some" : "";
    }
    HTMLFormElement.prototype.submit.call(form);
}"""
SUBMIT = """() => HTMLFormElement.prototype.submit.call(document.querySelector("main form[method=post]"))"""


@pytest.fixture
def judging(world: World, chromium: Browser, address: str, language: str) -> Iterator[Judging]:
    """Return what opens a window of somebody."""
    contexts = []

    def open_window(person: Person | None) -> Judge:
        contexts.append(open_context(world, chromium, address, person, language))
        return Judge(contexts[-1].new_page(), address, language)

    yield open_window
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_forms_filled_in_wrongly_hold_their_form(world: World, judging: Judging, name: str) -> None:
    fill(Books(world))
    judge, faults = judging(reader(world, name)), list[str]()
    for path, index in forms_of(judge, Walk(world.app, first_pages(world.app, world.recife.slug)[name])):
        judge.page.goto(path)
        answer = sent(judge, SPOIL, index)
        if answer.status >= 400:  # some take nothing for an answer
            faults += judge.judge(answer, f"{path}, form {index + 1}", view_of(judge.language), status=422)
    assert not faults, "\n".join(faults)
    assert judge.looked >= FEWEST[name], "no form is refused any more"


def forms_of(judge: Judge, way: Walk) -> list[tuple[str, int]]:
    """Return the address of every form of a reader, with which of the page it is."""
    found = list[tuple[str, int]]()
    while way.todo:
        path = way.todo.pop(0)
        answer = judge.page.goto(path)
        if answer is not None and "text/html" in answer.headers.get("content-type", ""):
            found += [(path, index) for index in range(judge.page.evaluate(FORMS))]
            way.follow(judge.page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"))
    judge.complaints.clear()
    return found


def sent(judge: Judge, script: str, argument: object = None) -> Response:
    """Send a form without script, and return the answer."""
    with judge.page.expect_navigation() as navigation:
        judge.page.evaluate(script, argument)
    answer = navigation.value
    assert answer is not None
    return answer


@pytest.mark.parametrize("language", catalogues.languages())
def test_conflicts_hold_their_form(world: World, judging: Judging) -> None:
    books, counts = Books(world), {(Sex.WOMEN, AgeBand.UNDER_18): 12}
    activity = books.log(world.recife, counts)
    books.send(world.huye)
    alice, dana = judging(world.alice), judging(world.dana)

    alice.page.goto(f"/c/recife/activities/{activity}/revision")
    books.revise(world.recife, activity, {(Sex.WOMEN, AgeBand.UNDER_18): 13})
    faults = alice.judge(sent(alice, SUBMIT), "somebody was faster", status=409)

    dana.page.goto(f"/c/huye/reports/{LAST_SENT}")
    books.approve(world.huye)
    faults += dana.judge(sent(dana, SUBMIT), "decided already", status=409)

    alice.page.goto("/c/recife/activities/new")
    books.put_into(world.recife, ChapterState.CLOSED)
    faults += alice.judge(sent(alice, SUBMIT), "closed meanwhile", status=409)
    faults += alice.open("/c/recife/") + alice.open("/c/recife/nothing-here", status=404)

    nobody = judging(None)
    nobody.page.goto("/sign-in")
    nobody.page.context.clear_cookies()
    faults += nobody.judge(sent(nobody, SUBMIT), "open too long", status=400) if nobody.language == "en" else []
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", catalogues.languages())
def test_error_pages_hold_their_form(failing_app: Flask, chromium: Browser, language: str) -> None:
    with serving(failing_app) as address:
        context = open_context(None, chromium, address, None, language)
        judge = Judge(context.new_page(), address, language)
        faults = [fault for code in sorted(PAGES) for fault in judge.open(f"/abort/{code}", status=code)]
        context.close()
    assert not faults, "\n".join(faults)
    assert judge.looked == len(PAGES)
