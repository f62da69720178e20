"""The form that adds a chapter: sent twice, refused, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from desk.chapters.test_chapters import CAIRO, NEW, enter, names_of
from flask.testing import FlaskClient
from harness.people import Person, World

from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
LIST = "/desk/chapters?country=EG"


def opened_form(client: FlaskClient) -> dict[str, str]:
    page = client.get(f"{NEW}?country=EG").get_data(as_text=True)
    return dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]+)"', page))


def listed(client: FlaskClient) -> list[str]:
    return names_of(client.get(LIST).get_data(as_text=True))


def test_the_same_page_sent_again_leads_to_the_chapter_that_it_made(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    body = {**opened_form(dana), **CAIRO}
    first, second = dana.post(NEW, data=body), dana.post(NEW, data=body)
    assert (second.status_code, second.location) == (302, first.location)
    assert "This was already saved." in dana.get(second.location).get_data(as_text=True)
    assert listed(dana) == [CAIRO["name"]]


def test_requests_of_one_page_at_once_make_one_chapter(world: World) -> None:
    browsers = [world.browser_of(world.dana) for _ in range(3)]
    forms = [opened_form(browser) for browser in browsers]
    form_key = forms[0]["form_key"]

    def send(number: int) -> tuple[int, str]:
        answer = browsers[number].post(NEW, data={**forms[number], **CAIRO, "form_key": form_key})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(send, range(3))) == {(302, f"/desk/chapters/{form_key}")}


def test_other_values_under_a_used_key_are_kept_and_saved_only_on_request(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    body = {**opened_form(dana), **CAIRO}
    dana.post(NEW, data=body)
    answer = dana.post(NEW, data={**body, "name": "هو لها الجيزة", "slug": "giza"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "already saved, with other values" in page
    assert 'value="giza"' in page
    assert listed(dana) == [CAIRO["name"]]


def test_a_key_of_another_chapter_changes_nothing_in_it(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    body = {**opened_form(dana), **CAIRO, "form_key": str(world.recife.id)}
    assert dana.post(NEW, data=body).status_code == 422
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert session.get_one(Chapter, world.recife.id).name == "ElesPorElas Recife"


def test_a_missing_country_is_said_at_its_field(world: World, as_person: AsPerson) -> None:
    answer = as_person(world.dana).get(f"{NEW}?country=")
    assert answer.status_code == 422
    assert re.search(r'id="country-error">.*Choose a country from the list\.', answer.get_data(as_text=True))


def test_the_first_person_invited_is_offered_the_role_of_focal_point(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    enter(dana)
    page = dana.get("/c/cairo/people/invitation").get_data(as_text=True)
    assert re.findall(r'<input checked[^>]*name="role"[^>]*value="(\w+)"', page) == ["focal_point"]
    page = dana.get("/c/recife/people/invitation").get_data(as_text=True)
    assert not re.findall(r'<input checked[^>]*name="role"', page)


@pytest.mark.parametrize(
    ("name", "latin_name", "sentence"),
    [
        ("هو لها القاهرة", "القاهرة", "Use Latin letters only"),
        ("هو لها القاهرة", "x" * 121, "You entered 121."),
        ("هو لها القاهرة", "2026", "Use Latin letters only"),
        ("HeForShe Cairo", "Cairo", "in Latin letters already"),
    ],
)
def test_a_latin_name_is_refused_at_its_field(
    world: World, as_person: AsPerson, name: str, latin_name: str, sentence: str
) -> None:
    answer = enter(as_person(world.dana), name=name, latin_name=latin_name)
    at_field = re.search(r'<div id="latin_name-error">.*?</div>', answer.get_data(as_text=True), re.DOTALL)
    assert answer.status_code == 422
    assert at_field
    assert sentence in at_field.group(0)


def test_a_latin_name_stands_beside_the_name_for_readers_of_latin_letters_alone(
    world: World, as_person: AsPerson
) -> None:
    dana = as_person(world.dana)
    answer = enter(dana, latin_name="HeForShe Cairo", slug="")
    assert "/c/heforshe-cairo" in dana.get(answer.location).get_data(as_text=True)
    assert listed(dana) == ["هو لها القاهرة (HeForShe Cairo)"]
    dana.set_cookie("language", "ar")
    assert listed(dana) == ["هو لها القاهرة"]
