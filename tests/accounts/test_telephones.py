"""A telephone number is shown with the consent of its person, to those who may write to them, and hidden at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desk.page_texts import page
from flask.testing import FlaskClient
from harness.databases import owner_connection
from harness.people import Person, World, desk_person, post
from psycopg.errors import CheckViolation

from tenants.errors import Refused
from tenants.people.permissions import DeskRole
from tenants.people.telephones import clean_telephone

AsPerson = Callable[[Person], FlaskClient]
NUMBER = "+5581912345678"
PEOPLE = "/c/recife/people"
NO_NUMBERS = ["0788123456", "+0788123456", "+250", "call me", "+250788123456789012", "+25a0788123456"]


def show(client: FlaskClient, telephone: str = "+55 (81) 91234-5678", **consent: str) -> int:
    return post(client, "/me/telephone", telephone=telephone, **consent).status_code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        (" ", None),
        ("+250 788 123 456", "+250788123456"),
        ("00250-788-123-456", "+250788123456"),
        ("\u202a+250\u00a0788.123.456\u202c", "+250788123456"),
        ("+٢٥٠٧٨٨١٢٣٤٥٦", "+250788123456"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: str | None) -> None:
    assert clean_telephone(text) == number


@pytest.mark.parametrize(
    "text", ["0788123456", "+0788123456", "+250", "call me", "+250788123456789012", "+25a0788123456"]
)
def test_what_is_no_number_with_a_country_code_is_refused(text: str) -> None:
    with pytest.raises(Refused) as error:
        clean_telephone(text)
    assert list(error.value.errors) == ["telephone"]


def test_alice_shows_her_number_and_hides_it_at_once(world: World, as_person: AsPerson) -> None:
    alice, dana = as_person(world.alice), as_person(world.dana)
    assert show(alice) == 302
    assert NUMBER not in page(alice, PEOPLE), "a number without consent is shown to nobody"
    assert show(alice, shown="y") == 302
    for client in (alice, dana):
        html = page(client, PEOPLE)
        assert f'href="tel:{NUMBER}"' in html
        assert 'href="mailto:alice@people.example"' in html
        assert "Reads English" in html
    trail = page(alice, "/c/recife/trail")
    assert "Shows a telephone number" in trail
    assert NUMBER not in trail
    assert show(alice) == 302
    assert NUMBER not in page(dana, PEOPLE)
    assert "No longer shows a telephone number" in page(alice, "/c/recife/trail")


def test_members_viewers_and_other_chapters_see_no_contacts(world: World, as_person: AsPerson) -> None:
    show(as_person(world.alice), shown="y")
    with world.app.app_context():
        viewer = desk_person("Vera", DeskRole.VIEWER, ("BR",))
    for reader, address in (
        (world.bob, PEOPLE),
        (viewer, f"/desk/chapters/{world.recife.id}"),
        (world.charlie, "/c/huye/people"),
    ):
        html = page(as_person(reader), address)
        assert NUMBER not in html
        assert "alice@people.example" not in html


def test_the_desks_page_of_a_chapter_leads_to_its_contacts(world: World, as_person: AsPerson) -> None:
    html = page(as_person(world.dana), f"/desk/chapters/{world.recife.id}")
    assert f'href="{PEOPLE}#contacts-h">Contacts</a>' in html
    assert "alice@people.example" not in html, "UN Women reads names in the chapter, which can see it"


def test_consent_without_a_number_is_refused_and_not_stored(world: World, as_person: AsPerson) -> None:
    assert show(as_person(world.alice), "", shown="y") == 422
    with owner_connection(world.settings) as owner, pytest.raises(CheckViolation):
        owner.execute("update users set telephone_shown_since = now()")


@pytest.mark.parametrize("number", ["0788123456", "+0788123456", "", "+250 788 123 456"])
def test_no_other_notation_is_stored(world: World, number: str) -> None:
    with owner_connection(world.settings) as owner, pytest.raises(CheckViolation):
        owner.execute("update users set telephone = %s", [number])
