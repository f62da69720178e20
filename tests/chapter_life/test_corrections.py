"""What a chapter was onboarded with is corrected later: names at any time, the rest until something builds on it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from desk.chapters.test_chapters import enter
from desk.page_texts import page
from flask.testing import FlaskClient
from harness.databases import owner_connection
from harness.people import Person, World, desk_person, post
from psycopg.errors import CheckViolation
from sqlalchemy import select

from tenants.audit import AuditEntry
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
NAMES = {"name": "هو لها ريسيفي", "campaign_name": "", "latin_name": "HeForShe Recife"}
SEEN = "ElesPorElas Recife / ElesPorElas Recife / "
SOURCE = {"name": "Cidade", "kind": "donor", "state": "pledged", "amount": "10", "currency": "BRL"}


def names_of_recife(world: World) -> tuple[str, str, str | None, str]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        return chapter.name, chapter.campaign_name, chapter.latin_name, chapter.sort_key


def test_alice_changes_the_names_and_takes_it_back(world: World, as_person: AsPerson) -> None:
    alice, before, name = as_person(world.alice), names_of_recife(world), NAMES["name"]
    assert post(alice, "/c/recife/names", seen=SEEN, **NAMES).status_code == 302
    assert names_of_recife(world) == (name, name, "HeForShe Recife", f"{name}\nheforshe recife")
    assert "Changed the chapter’s names" in page(alice, "/c/recife/trail")
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "chapter.renamed")).one()
        change_id, details = entry.id, entry.details
    assert details == {}
    assert post(alice, f"/c/recife/changes/{change_id}/undoing", form="/c/recife/names").status_code == 302
    assert names_of_recife(world) == before


def test_the_person_who_saves_names_second_sees_both(world: World, as_person: AsPerson) -> None:
    alice, dana = as_person(world.alice), as_person(world.dana)
    assert post(dana, "/c/recife/names", seen=SEEN, **NAMES).status_code == 302
    answer = post(alice, "/c/recife/names", seen=SEEN, name="ElesPorElas Olinda", campaign_name="", latin_name="")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="ElesPorElas Olinda"' in html
    assert NAMES["name"] in html
    assert names_of_recife(world)[0] == NAMES["name"]


def test_a_name_that_nobody_sees_is_refused_and_the_others_are_kept(world: World, as_person: AsPerson) -> None:
    answer = post(as_person(world.alice), "/c/recife/names", name=" ", campaign_name="ElesPorElas", latin_name="")
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.get_data(as_text=True)
    assert 'value="ElesPorElas"' in answer.get_data(as_text=True)


def test_dana_corrects_country_address_and_currency_until_someone_joins(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    enter(dana)
    assert "until the first person joins" in page(dana, "/c/cairo/place")
    answer = post(dana, "/c/cairo/place", country="JO", slug="amman", currency="jod")
    assert answer.status_code == 302
    assert "Jordan" in page(dana, answer.location)
    assert dana.get("/c/cairo/place").status_code == 404
    assert 'value="JOD"' in page(dana, "/c/amman/place")


@pytest.mark.parametrize(
    ("field", "value", "anchor", "sentence"),
    [
        ("slug", "olinda", "slug", "People have joined."),
        ("country", "RW", "slug", "People have joined."),
        ("slug", "X", "slug", "lowercase letters a to z"),
        ("currency", "XXL", "currency", "three-letter code"),
    ],
)
def test_what_others_build_on_is_not_corrected(
    world: World, as_person: AsPerson, field: str, value: str, anchor: str, sentence: str
) -> None:
    values = {"country": "BR", "slug": "recife", "currency": "BRL", field: value}
    answer = post(as_person(world.dana), "/c/recife/place", **values)
    assert answer.status_code == 422
    at_field = re.search(rf'<div id="{anchor}-error">.*?</div>', answer.get_data(as_text=True), re.DOTALL)
    assert at_field
    assert sentence in at_field.group(0)


def test_a_currency_is_corrected_until_an_amount_is_recorded(world: World, as_person: AsPerson) -> None:
    dana, place = as_person(world.dana), {"country": "BR", "slug": "recife"}
    assert post(dana, "/c/recife/place", **place, currency="USD").status_code == 302
    assert post(as_person(world.alice), "/c/recife/funding/sources/new", **SOURCE).status_code == 302
    answer = post(dana, "/c/recife/place", **place, currency="BRL")
    assert answer.status_code == 422
    assert "Amounts are recorded in this currency." in answer.get_data(as_text=True)


def test_a_country_desk_cannot_move_a_chapter_out_of_its_country(world: World, as_person: AsPerson) -> None:
    with world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("EG",))
    client = as_person(rosa)
    enter(client)
    assert post(client, "/c/cairo/place", country="JO", slug="cairo", currency="EGP").status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        "latin_name = 'HeForShe Recife'",  # the name is in Latin letters itself
        "name = 'القاهرة', latin_name = 'القاهرة'",
        "name = 'القاهرة', latin_name = '2026'",
        "name = 'القاهرة', latin_name = ''",
    ],
)
def test_no_chapter_stores_a_latin_name_that_is_none_or_is_not_needed(world: World, change: str) -> None:
    with owner_connection(world.settings) as owner, pytest.raises(CheckViolation):
        owner.execute(f"update chapters set {change}")
