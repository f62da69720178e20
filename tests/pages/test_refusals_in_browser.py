"""Pages of refusals, checked like all others: forms with errors, conflicts, and error pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from harness.browser.contexts import Contexts, serving
from harness.browser.page_checks import PageChecker, view_of
from harness.browser.page_walk import READERS, Walk, first_pages, reader
from harness.people import Person, World
from harness.reporting import Reporting
from pages.samples import LAST_SENT, fill
from playwright.sync_api import Response

from solidarity.http.error_pages import PAGES
from solidarity.i18n import catalogues
from tenants.action_kit.cells import AgeBand, Sex
from tenants.chapters.models import ChapterState

Opening = Callable[[Person | None], PageChecker]
MINIMUM_FORMS = {"nobody": 1, "Alice": 6, "Dana": 2}
# The forms of a page that have fields, and not only a button.
FORMS = """() => [...document.querySelectorAll("main form[method=post]")]
    .filter(form => form.querySelector("input:not([type=hidden]), select, textarea")).length"""
# All fields empty, and text instead of a number; submitted as without a script.
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
def opening(world: World, contexts: Contexts, address: str, language: str) -> Opening:
    """Return a function that opens a window as a person."""
    return lambda person: PageChecker.open(contexts, address, world=world, person=person, language=language)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_forms_filled_in_wrongly_hold_their_form(world: World, opening: Opening, name: str) -> None:
    fill(Reporting(world))
    checker, faults = opening(reader(world, name)), list[str]()
    for path, index in forms_of(checker, Walk(world.app, first_pages(world.app, world.recife.slug)[name])):
        checker.page.goto(path)
        answer = sent(checker, SPOIL, index)
        if answer.status >= 400:  # some forms accept empty fields
            faults += checker.check(answer, f"{path}, form {index + 1}", view_of(checker.language), status=422)
    assert not faults, "\n".join(faults)
    assert checker.checked >= MINIMUM_FORMS[name], "no form is refused any more"


def forms_of(checker: PageChecker, way: Walk) -> list[tuple[str, int]]:
    """Return all forms of a reader: the address of the page, and the index of the form on it."""
    forms = list[tuple[str, int]]()
    while way.todo:
        path = way.todo.pop(0)
        answer = checker.page.goto(path)
        if answer is not None and "text/html" in answer.headers.get("content-type", ""):
            forms += [(path, index) for index in range(checker.page.evaluate(FORMS))]
            way.follow(checker.page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"))
    checker.complaints.clear()
    return forms


def sent(checker: PageChecker, script: str, argument: object = None) -> Response:
    """Submit a form without the script, and return the response."""
    with checker.page.expect_navigation() as navigation:
        checker.page.evaluate(script, argument)
    answer = navigation.value
    assert answer is not None
    return answer


@pytest.mark.parametrize("language", catalogues.languages())
def test_conflicts_hold_their_form(world: World, opening: Opening) -> None:
    reporting, counts = Reporting(world), {(Sex.WOMEN, AgeBand.UNDER_18): 12}
    activity = reporting.log(world.recife, counts)
    reporting.send(world.huye)
    alice, dana = opening(world.alice), opening(world.dana)

    alice.page.goto(f"/c/recife/activities/{activity}/revision")
    reporting.revise(world.recife, activity, {(Sex.WOMEN, AgeBand.UNDER_18): 13})
    faults = alice.check(sent(alice, SUBMIT), "somebody was faster", status=409)

    dana.page.goto(f"/c/huye/reports/{LAST_SENT}")
    reporting.approve(world.huye)
    faults += dana.check(sent(dana, SUBMIT), "already decided", status=409)

    alice.page.goto("/c/recife/activities/new")
    reporting.put_into(world.recife, ChapterState.CLOSED)
    faults += alice.check(sent(alice, SUBMIT), "closed meanwhile", status=409)
    faults += alice.visit("/c/recife/") + alice.visit("/c/recife/nothing-here", status=404)

    visitor = opening(None)
    visitor.page.goto("/sign-in")
    visitor.page.context.clear_cookies()
    faults += visitor.check(sent(visitor, SUBMIT), "form has expired", status=400) if visitor.language == "en" else []
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", catalogues.languages())
def test_error_pages_hold_their_form(failing_app: Flask, contexts: Contexts, language: str) -> None:
    with serving(failing_app) as address:
        checker = PageChecker.open(contexts, address, language=language)
        faults = [fault for code in sorted(PAGES) for fault in checker.visit(f"/abort/{code}", status=code)]
        contexts.close()
    assert not faults, "\n".join(faults)
    assert checker.checked == len(PAGES)
