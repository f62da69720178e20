"""Requests that no browser sends for our forms: file parts, other content types, broken bodies, too many fields.

Every route with a form gets them, signed in as a reader who may send it. None is an error of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from harness.databases import cloned, running_app
from harness.people import World
from isolation.entry_points.cases import Case
from isolation.entry_points.matrix_world import MatrixWorld, Reader
from isolation.entry_points.routes import CASES, case_address

from solidarity.http.request_checks import MOST_FIELDS

POST_CASES = tuple({case.endpoint: case for case in CASES if case.method == "POST"}.values())
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=limit"
PART = b'--limit\r\nContent-Disposition: form-data; name="email"\r\n\r\nx\r\n'

BODIES: dict[str, tuple[str, bytes, int]] = {
    "JSON": ("application/json", b'{"email": "x"}', 415),
    "plain text": ("text/plain", b"email=x", 415),
    "XML": ("application/xml", b"<email>x</email>", 415),
    "a content type that is none": ("\xff;;=", b"email=x", 415),
    "multipart without a boundary": ("multipart/form-data", PART + b"--limit--\r\n", 400),
    "multipart that ends early": (MULTIPART, PART[:-9], 400),
    "multipart with a boundary that is not ASCII": ("multipart/form-data; boundary=\xe9", PART, 400),
    "multipart with a broken header": (MULTIPART, b"--limit\r\nContent-Disposition\r\n\r\nx\r\n--limit--\r\n", 400),
    "bytes that are not UTF-8": (FORM, b"email=\xff\xfe", 400),
    "too many fields": (FORM, b"a=&" * MOST_FIELDS, 413),
    "too many parts": (MULTIPART, PART * (MOST_FIELDS + 1) + b"--limit--\r\n", 413),
    "too many bytes": (FORM, b"a=" + b"b" * 2 * 1024**2, 413),
}


@pytest.fixture(scope="module")
def app_of_matrix(matrix_world: MatrixWorld, superuser_url: str) -> Iterator[Flask]:
    with cloned(matrix_world.template, superuser_url) as settings, running_app(settings) as app:
        yield app


@pytest.fixture(scope="module")
def send(matrix_world: MatrixWorld, app_of_matrix: Flask) -> Callable[..., int]:
    """Return a function that posts to the route of a case, and returns the status."""
    browsers: dict[Reader, FlaskClient] = {}

    def send_to(case: Case, **request: Any) -> int:
        visitor = case.allowed[0] if case.allowed else Reader.FOCAL_POINT
        if visitor not in browsers:
            browsers[visitor] = matrix_world.browser(app_of_matrix, visitor)
        address = case_address(app_of_matrix, case, matrix_world.ours, matrix_world.ours)
        return browsers[visitor].post(address, **request).status_code

    return send_to


def fields_of(matrix_world: MatrixWorld, case: Case) -> dict[str, str]:
    visitor = case.allowed[0] if case.allowed else Reader.FOCAL_POINT
    return {**case.fields(matrix_world.ours), "csrf_token": matrix_world.tokens[visitor]}


def test_every_route_that_takes_a_form_has_a_case(app_of_matrix: Flask) -> None:
    routes = {rule.endpoint for rule in app_of_matrix.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert routes == {case.endpoint for case in POST_CASES}


@pytest.mark.parametrize("case", POST_CASES, ids=lambda case: case.endpoint)
def test_a_file_in_place_of_a_text_is_refused(matrix_world: MatrixWorld, send: Callable[..., int], case: Case) -> None:
    fields = fields_of(matrix_world, case)
    statuses = {
        name: send(case, data={**fields, name: (BytesIO(value.encode()), "file.txt")}) for name, value in fields.items()
    }
    assert statuses == dict.fromkeys(fields, 400)


@pytest.mark.parametrize("case", POST_CASES, ids=lambda case: case.endpoint)
def test_repeated_fields_and_parameters_are_no_error(
    matrix_world: MatrixWorld, send: Callable[..., int], case: Case
) -> None:
    fields = fields_of(matrix_world, case)
    query = "&".join(f"{name}=%00&{name}=%ff&{name}[]=" for name in ("next", "before", "chapter", *fields))
    repeated = {name: [value, "\0", value] for name, value in fields.items()}
    assert send(case, data=repeated, query_string=query) < 500
    backwards = {name: ["\ufffd", value] for name, value in fields.items() if name != "csrf_token"}
    assert send(case, data={**backwards, "csrf_token": fields["csrf_token"]}) < 500


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_form_is_refused_by_the_first_check(send: Callable[..., int], name: str) -> None:
    content_type, body, status = BODIES[name]
    by_route = {case.endpoint: send(case, data=body, content_type=content_type) for case in POST_CASES[:12]}
    assert by_route == dict.fromkeys(by_route, status)


@pytest.mark.parametrize("name", BODIES)
def test_who_is_not_signed_in_gets_the_same_answer(world: World, client: FlaskClient, name: str) -> None:
    content_type, body, status = BODIES[name]
    for address in ("/sign-in", "/forgot", "/c/recife/people/invitation", "/me/name"):
        assert client.post(address, data=body, content_type=content_type).status_code == status


def test_the_page_of_a_refusal_is_in_the_language_of_its_reader(world: World) -> None:
    browser = world.browser_of(world.alice)
    page = browser.get("/me").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    browser.post("/me/language", data={"csrf_token": token, "language": "ar"})
    answer = browser.post("/me/name", data=b"{}", content_type="application/json", headers={"Accept-Language": "en"})
    assert answer.status_code == 415
    assert '<html lang="ar" dir="rtl"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 100])
def test_other_methods_are_not_allowed(world: World, client: FlaskClient, method: str) -> None:
    for address in ("/sign-in", "/forgot", "/sign-out", "/c/recife/people/invitation"):
        assert client.open(address, method=method, data=b"{}", content_type="application/json").status_code == 405


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost@evil.example", "local host", "[::1", "localhost:99999", "\xe9"]
)
def test_an_unknown_host_is_refused(world: World, client: FlaskClient, host: str) -> None:
    for address in ("/sign-in", "/nowhere", "/healthz"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "<h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "kept", ['[["name", "\\ud800"]]', '[["name", "\\u0000"]]', "[[[]]]", "{}", "[" * 100_000, "9" * 9999]
)
def test_input_that_we_did_not_pack_is_no_error(world: World, client: FlaskClient, kept: str) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"csrf_token": token, "next": "/me/name", "kept": kept}
    assert client.post("/sign-in", data=fields).status_code == 200
    signing_in = {**fields, "email": world.alice.email, "password": world.alice.password}
    assert client.post("/sign-in", data=signing_in).status_code < 500
