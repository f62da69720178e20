"""Hostile values in every form and address: as somebody who may, as an outsider and signed out.

No answer is an error of ours, none shows markup that was sent, and none takes more than two seconds of CPU time. The
fast test combines fields and values pairwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest
from flask import Flask
from harness.databases import cloned, running_app
from hostile.values import MARKUP, VALUES, as_file, more_than_one
from isolation.entry_points import routes
from isolation.entry_points.cases import Case
from isolation.entry_points.matrix_world import MatrixWorld, Reader
from isolation.entry_points.routes import CASES

LONGEST = 2.0  # seconds of CPU time
QUERIES = ("before", "after", "q", "next", "country", "area", "state", "steps", "revision", "page")
LONGEST_QUERY = 3000  # characters
OUTSIDER = Reader.OTHER_FOCAL_POINT
BLUEPRINTS = sorted({case.endpoint.partition(".")[0] for case in CASES})


@dataclass(frozen=True)
class Attack:
    """One request."""

    case: Case
    visitor: Reader
    sent: dict[str, Any]

    @property
    def name(self) -> str:
        """Say what was sent, short enough for a report."""
        return f"{self.case.name} as {self.visitor}: {str(self.sent)[:200]}"


@pytest.fixture
def attack(
    matrix_world: MatrixWorld, superuser_url: str, record_property: Callable[[str, object], None]
) -> Iterator[Callable[[Iterator[Attack]], list[str]]]:
    """Return a function that sends attacks to a copy of the world and returns what went wrong."""
    with cloned(matrix_world.template, superuser_url) as settings, running_app(settings) as app:

        def send_all(attacks: Iterator[Attack]) -> list[str]:
            problems_by_attack = [(attack.name, list(send(matrix_world, app, attack))) for attack in attacks]
            problems = [f"{name}: {problem}" for name, problems in problems_by_attack for problem in problems]
            record_property("figure", f"hostile requests: {len(problems_by_attack)}, problems: {len(problems)}")
            return problems

        yield send_all


def send(matrix_world: MatrixWorld, app: Flask, attack: Attack) -> Iterator[str]:
    """Send one request, and yield what is wrong with the answer."""
    case = attack.case
    address = routes.case_address(app, case, matrix_world.ours, matrix_world.ours)
    browser = matrix_world.browser(app, attack.visitor)
    started_at = time.thread_time()
    if case.method == "GET":
        answer = browser.get(address, query_string=attack.sent)
    else:
        answer = browser.post(address, data={**attack.sent, "csrf_token": matrix_world.tokens[attack.visitor]})
    seconds = time.thread_time() - started_at
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if seconds > LONGEST:
        yield f"{seconds:.1f} s of CPU time"
    if MARKUP in answer.get_data(as_text=True):
        yield "markup is shown as it was sent"


def visitor_of(case: Case) -> Reader:
    """Return a visitor who may do what `case` does."""
    return case.allowed[0] if case.allowed else Reader.ANONYMOUS


def page_attack(case: Case, value: str) -> Attack:
    """Return a request for a page with `value` in all parameters."""
    return Attack(case, visitor_of(case), dict.fromkeys(QUERIES, value[:LONGEST_QUERY]))


def attacks_on(matrix_world: MatrixWorld, case: Case, values: tuple[str, ...]) -> Iterator[Attack]:
    """Yield each value in each field of a form, or in all parameters of a page, and all fields from an outsider."""
    visitor = visitor_of(case)
    sensible = dict(case.fields(matrix_world.ours)) if case.method != "GET" else {}
    for value in values:
        if case.method == "GET":
            yield page_attack(case, value)
            continue
        for name in sensible:
            yield Attack(case, visitor, sensible | {name: value})
        for stranger in (OUTSIDER, Reader.ANONYMOUS):
            yield Attack(case, stranger, dict.fromkeys(sensible, value))
    for change in (more_than_one, as_file) if sensible else ():
        for name, value in sensible.items():
            yield Attack(case, visitor, sensible | {name: change(str(value))})


def pairwise(matrix_world: MatrixWorld) -> Iterator[Attack]:
    """Yield each field of each form, and each page, with one value, and each value as often as the others."""
    values = cycle(VALUES)
    for case in CASES:
        if case.method == "GET":
            yield page_attack(case, next(values))
            continue
        sensible = dict(case.fields(matrix_world.ours))
        for name in sensible:
            yield Attack(case, visitor_of(case), sensible | {name: next(values)})
        yield Attack(case, OUTSIDER, dict.fromkeys(sensible, next(values)))


def test_every_field_and_page_answers_a_hostile_value(
    matrix_world: MatrixWorld, attack: Callable[[Iterator[Attack]], list[str]]
) -> None:
    assert attack(pairwise(matrix_world)) == []


@pytest.mark.slow
@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_every_field_and_page_answers_every_hostile_value(
    matrix_world: MatrixWorld, attack: Callable[[Iterator[Attack]], list[str]], blueprint: str
) -> None:
    cases = [case for case in CASES if case.endpoint.partition(".")[0] == blueprint]
    assert attack(one for case in cases for one in attacks_on(matrix_world, case, VALUES)) == []
