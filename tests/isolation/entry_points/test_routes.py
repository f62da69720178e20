"""The route matrix, and the mutations of access control that it must find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg
import pytest
from flask import Flask, request
from harness.databases import cloned, owner_connection, running_app
from harness.people import World, join
from harness.statements import logged
from isolation.entry_points import routes
from isolation.entry_points.cases import Case
from isolation.entry_points.matrix_world import MatrixWorld, Reader
from isolation.entry_points.routes import CASES, ask
from isolation.sessions.statements import unnamed

from solidarity.access import binding as access
from solidarity.settings import Settings
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import db
from tenants.people import principal
from tenants.people.links import sign_invitation
from tenants.people.permissions import DeskRole, Permission, Role
from tenants.people.principal import Principal


@pytest.fixture(scope="module")
def settings_of_matrix(matrix_world: MatrixWorld, superuser_url: str) -> Iterator[Settings]:
    with cloned(matrix_world.template, superuser_url) as settings:
        yield settings


@pytest.fixture(scope="module")
def app_of_matrix(settings_of_matrix: Settings) -> Iterator[Flask]:
    with running_app(settings_of_matrix) as app:
        yield app


@pytest.fixture(scope="module")
def owner(settings_of_matrix: Settings) -> Iterator[psycopg.Connection[Any]]:
    with owner_connection(settings_of_matrix, autocommit=True) as owner:
        yield owner


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_route_keeps_chapters_apart(
    matrix_world: MatrixWorld, app_of_matrix: Flask, owner: psycopg.Connection[Any], case: Case
) -> None:
    assert list(routes.violations(matrix_world, app_of_matrix, owner, case)) == []


@pytest.mark.parametrize("case", [case for case in CASES if case.writes], ids=lambda case: case.name)
def test_a_request_that_is_allowed_changes_its_own_chapter_alone(
    matrix_world: MatrixWorld, superuser_url: str, case: Case
) -> None:
    for visitor in case.allowed if "chapter" in case.path(matrix_world.ours, matrix_world.ours) else case.allowed[:1]:
        with (
            cloned(matrix_world.template, superuser_url) as settings,
            running_app(settings) as app,
            owner_connection(settings, autocommit=True) as owner,
        ):
            recife_rows, huye_rows = routes.rows_of(owner, matrix_world.ours), routes.rows_of(owner, matrix_world.other)
            answer = ask(matrix_world, app, case, visitor, at=matrix_world.ours, rows=matrix_world.ours, is_forged=True)
            assert answer.status_code == case.answer, f"{visitor}: {answer.status_code}"
            assert routes.shown_marks(matrix_world, case, visitor, answer, plain=False) == []
            assert routes.rows_of(owner, matrix_world.other) == huye_rows
            if "chapter" in case.path(matrix_world.ours, matrix_world.ours):
                assert routes.rows_of(owner, matrix_world.ours) != recife_rows


@pytest.mark.parametrize("address", ["/c/{}/", "/c/{}/activities", "/c/{}/people"])
def test_a_forbidden_chapter_looks_like_none(matrix_world: MatrixWorld, app_of_matrix: Flask, address: str) -> None:
    browser = matrix_world.browser(app_of_matrix, Reader.FOCAL_POINT)
    forbidden, unknown = (browser.get(address.format(slug)) for slug in ("huye", "nada"))
    assert forbidden.status_code == unknown.status_code == 404
    assert _bare(forbidden.get_data(as_text=True)) == _bare(unknown.get_data(as_text=True))


def test_an_address_that_no_row_can_hold_is_not_found(matrix_world: MatrixWorld, app_of_matrix: Flask) -> None:
    for visitor in (Reader.FOCAL_POINT, Reader.FACILITATOR):
        browser = matrix_world.browser(app_of_matrix, visitor)
        for slug in ("%00", "huye%00", "a" * 3000, "..", "%F0%9F%8C%8D", "%ff"):
            assert browser.get(f"/c/{slug}/").status_code == 404, (visitor, slug)


def test_the_sum_of_the_world_is_the_facilitators_alone(matrix_world: MatrixWorld, app_of_matrix: Flask) -> None:
    """Show that these numbers are in the pages of those who may see them. The matrix checks that others do not."""
    page = matrix_world.browser(app_of_matrix, Reader.FACILITATOR).get("/desk").get_data(as_text=True)
    assert any(number in page for number in routes.world_counted(matrix_world))
    brazil = matrix_world.browser(app_of_matrix, Reader.DESK_VIEWER).get(
        "/desk/figures/participations/2025-Q4/country/BR"
    )
    assert any(number in brazil.get_data(as_text=True) for number in matrix_world.ours.counted())


def test_a_link_signed_for_one_chapter_opens_no_invitation_of_another(
    matrix_world: MatrixWorld, app_of_matrix: Flask
) -> None:
    secret = app_of_matrix.extensions["settings"].secret_key.get_secret_value()
    token = sign_invitation(
        secret, chapter_id=matrix_world.ours.chapter_id, invitation_id=matrix_world.other.invitation
    )
    answer = matrix_world.browser(app_of_matrix, Reader.ANONYMOUS).get(f"/invitation/{token}")
    assert answer.status_code == 404
    assert matrix_world.other.private not in answer.get_data(as_text=True)


def test_a_chapter_reads_that_un_women_entered_though_the_page_was_not_there(
    matrix_world: MatrixWorld, app_of_matrix: Flask, owner: psycopg.Connection[Any]
) -> None:
    before = _entered(owner, matrix_world.ours.chapter_id)
    browser = matrix_world.browser(app_of_matrix, Reader.DESK_VIEWER)
    assert browser.get(f"/c/recife/activities/{matrix_world.other.activity}").status_code == 404
    assert browser.get("/c/recife/activities").status_code == 200
    assert _entered(owner, matrix_world.ours.chapter_id) == before + 1, (
        "once, and not lost with the request that failed"
    )


_real_binding = access._bind_permitted


def test_every_statement_of_the_web_names_the_chapter(
    matrix_world: MatrixWorld, superuser_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Only the query of a person's own memberships filters by the person instead of the chapter."""
    with cloned(matrix_world.template, superuser_url) as settings, running_app(settings) as app:
        with app.app_context():
            engines = [engine for login, engine in db.engines.items() if login in {"web", "worker"}]
        with logged(engines) as statements:
            for case in CASES:
                for visitor in case.allowed[:1]:
                    ask(matrix_world, app, case, visitor, at=matrix_world.ours, rows=matrix_world.ours)
    misplaced_rows = {statement: tables for statement in dict.fromkeys(statements) if (tables := unnamed(statement))}
    assert [statement for statement in misplaced_rows if "memberships.user_id = %(" not in statement] == []
    assert len(statements) > 200
    logs = "".join(capfd.readouterr())
    canaries = (
        matrix_world.ours.shared,
        matrix_world.ours.private,
        matrix_world.other.shared,
        matrix_world.other.private,
    )
    assert [mark for mark in canaries if mark in logs] == [], "what people wrote is in the logs"


def test_a_member_who_acts_as_un_women_has_entered(world: World) -> None:
    """Dana reads as a member, which is not audited. A page that only the desk may use records that the desk entered."""
    with world.app.app_context():
        join(world.recife, world.dana, Role.MEMBER)
    browser = world.browser_of(world.dana)
    with owner_connection(world.settings, autocommit=True) as owner:
        assert browser.get("/c/recife/activities").status_code == 200
        assert _entered(owner, world.recife.id) == 0
        assert browser.get("/c/recife/people/invitation").status_code == 200
        assert _entered(owner, world.recife.id) == 1


def _by_query(permission: Permission, values: dict[str, Any]) -> None:
    if "chapter" in values and "chapter" in request.args:
        values["chapter"] = request.args["chapter"]
    _real_binding(permission, values)


MUTATIONS = {
    "everybody may do everything in a chapter": (Principal, "may_in_chapter", lambda *_, **__: True),
    "a desk user sees the world": (
        Principal,
        "desk_countries",
        lambda self, _: ALL_COUNTRIES if self.desk_roles else (),
    ),
    "members do what focal points do": (
        principal,
        "OF_ROLE",
        {role: frozenset(Permission) for role in Role},
    ),
    "UN Women does everything in a chapter": (
        principal,
        "OF_DESK_ROLE",
        {role: frozenset(Permission) for role in DeskRole},
    ),
    "the chapter is taken from the query": (
        access,
        "_bind_permitted",
        _by_query,
    ),
    "who is not signed in is let through": (access, "_ask_to_sign_in", lambda: None),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_hole_in_the_access_is_found(matrix_world: MatrixWorld, superuser_url: str, name: str) -> None:
    target, attribute, instead = MUTATIONS[name]
    with (
        cloned(matrix_world.template, superuser_url) as settings,
        running_app(settings) as app,
        owner_connection(settings, autocommit=True) as owner,
        patch.object(target, attribute, instead),
    ):
        assert any(violation for case in CASES for violation in routes.violations(matrix_world, app, owner, case))


def _bare(page: str) -> str:
    return re.sub(r'huye|nada|nonce="[^"]*"|value="[^"]*"', "", page)


def _entered(owner: psycopg.Connection[Any], chapter_id: UUID) -> int:
    row = owner.execute(
        "select count(*) from audit_entries where action = 'desk.entered' and chapter_id = %s", [chapter_id]
    ).fetchone()
    assert row
    return int(row[0])
