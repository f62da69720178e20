"""Email addresses in every notation: at the invitation, at sign-in, for a new password and for the throttle."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from harness.deliveries import letters
from harness.people import PASSWORD, Person, World, post
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tenants import clock
from tenants.db import opened
from tenants.membership.services import create_user
from tenants.people.details import normalized_address
from tenants.people.models import Invitation
from tenants.people.throttle import keys_for
from tenants.scope import ChapterScope, NobodyScope

STORED_ADDRESS = "gudrun@xn--bcher-kva.example"
NOTATIONS = (
    STORED_ADDRESS,
    "gudrun@bücher.example",
    "Gudrun@BÜCHER.example",
    "gudrun@bu\u0308cher.example",
    "\u200f gudrun@bücher.example\u200e\u00a0",
    "gudrun@bü\u00adcher\u3002example\u200b",
    "gudrun\uff20bücher.example",
)


def add_person(world: World, email: str) -> Person:
    with world.app.app_context(), opened(NobodyScope()) as session:
        user = create_user(session, email=email, name="Gudrun", language="en", password=PASSWORD, at=clock.now())
        return Person(user.name, user.email, user.id)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_gudrun_signs_in_and_gets_a_reset_link_in_every_notation(world, client, notation):
    assert add_person(world, "gudrun@bücher.example").email == STORED_ADDRESS
    assert post(client, "/sign-in", email=notation, password=PASSWORD).status_code == 302
    assert post(world.app.test_client(), "/forgot", email=notation).status_code == 302
    assert [letter.email for letter in letters(world)] == [STORED_ADDRESS]
    assert urlsplit(letters(world)[0].link).path.startswith("/reset/")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_an_invitation_is_for_the_same_person_in_every_notation(world, as_person, notation):
    answer = post(
        as_person(world.alice),
        "/c/recife/people/invitation",
        name="Gudrun",
        email=notation,
        role="member",
        language="en",
    )
    assert answer.status_code == 302
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert STORED_ADDRESS in session.scalars(select(Invitation.email)).all()


def test_every_notation_is_counted_as_one_account():
    keys = {keys_for("k" * 40, purpose="sign-in", account=text, address="192.0.2.7").account for text in NOTATIONS}
    assert len(keys) == 1


@pytest.mark.parametrize("text", ["", "@", "gudrun", "gudrun@", "gudrun@localhost", "josé@people.example"])
def test_an_invalid_address_finds_nobody(text):
    assert normalized_address(text) is None


@given(st.emails())
def test_a_normalized_address_stays_the_same(email):
    address = normalized_address(email)
    assert address is None or (normalized_address(address) == address == address.lower() and address.isascii())
